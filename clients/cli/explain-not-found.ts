import { Code, SondeError } from '../typescript/index.js';
import { CliError } from './cli-error.js';

/** The answer of a call; NOT_FOUND becomes the words of a user. @throws CliError. */
export async function explainNotFound<T>(answer: Promise<T>, traceId: string, node: string): Promise<T> {
	try {
		return await answer;
	} catch (error) {
		if (!(error instanceof SondeError) || error.code !== Code.NOT_FOUND) throw error;
		throw new CliError(`no trace ${traceId} on ${node}`, { cause: error });
	}
}
