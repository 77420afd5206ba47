import { service } from 'grpc-health-check';
import { createChannel } from '../typescript/channel.js';
import { SondeError } from '../typescript/sonde-error.js';
import { callMetadata, tokenFromFile } from '../typescript/token.js';
import { CliError } from './cli-error.js';
import type { NodeOptions } from './node-options.js';
import { createOutput } from './output.js';

/** A node that answers nothing for this long, ms, is not healthy. */
const TIMEOUT_MS = 5_000;

/** `sonde health`. */
export async function runHealth(options: NodeOptions): Promise<void> {
	const status = await readStatus(options);
	if (status !== 'SERVING') throw new CliError(`the node at ${options.node} says ${status}`);
	await createOutput(process.stdout).write(`${status}\n`);
}

/** What the node says of itself as a whole. */
async function readStatus({ node, identity, tokenFile }: NodeOptions): Promise<string> {
	const { Check } = service;
	if (Check === undefined) throw new CliError('grpc-health-check has no Check');
	const deadline = Date.now() + TIMEOUT_MS;
	const token = tokenFile === undefined ? undefined : tokenFromFile(tokenFile);
	const metadata = await callMetadata(token, { signal: undefined, timeoutMs: TIMEOUT_MS });
	const channel = createChannel(node, identity);
	return new Promise<string>((resolve, reject) => {
		channel.makeUnaryRequest<object, object>(
			Check.path,
			Check.requestSerialize,
			Check.responseDeserialize,
			{ service: '' },
			metadata,
			{ deadline },
			(error, answer) => {
				if (error !== null) reject(SondeError.from(error, node));
				else resolve(answer !== undefined && 'status' in answer ? String(answer.status) : 'nothing');
			},
		);
	}).finally(() => channel.close());
}
