import { Metadata } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import { parseAddress } from '../typescript/address.js';
import { createChannel } from '../typescript/channel.js';
import { loadIdentity } from '../typescript/identity.js';
import { SondeError } from '../typescript/sonde-error.js';
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
function readStatus({ node, identity }: NodeOptions): Promise<string> {
	const { Check } = service;
	if (Check === undefined) throw new CliError('grpc-health-check has no Check');
	const channel = createChannel(parseAddress(node), loadIdentity(identity));
	return new Promise<string>((resolve, reject) => {
		channel.makeUnaryRequest<object, object>(
			Check.path,
			Check.requestSerialize,
			Check.responseDeserialize,
			{ service: '' },
			new Metadata(),
			{ deadline: Date.now() + TIMEOUT_MS },
			(error, answer) => {
				if (error !== null) reject(SondeError.from(error, node));
				else resolve(answer !== undefined && 'status' in answer ? String(answer.status) : 'nothing');
			},
		);
	}).finally(() => channel.close());
}
