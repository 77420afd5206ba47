// The configuration file: any text is refused in one line that begins with the name of the file, or is a configuration.
import { readNodeConfig } from '../../../service/config/node-config.js';
import { createScratchFile } from './file.js';

const file = createScratchFile();

export function fuzz(data: Buffer): void {
	file.put(data);
	try {
		readNodeConfig(file.path);
	} catch (error) {
		if (!(error instanceof Error) || !error.message.startsWith(`${file.path}: `)) throw error;
		if (/[\n\r\u2028\u2029]/.test(error.message)) throw new Error('more than a line', { cause: error });
		if (error.message.length > 1_000) throw new Error('a long message', { cause: error });
	}
}
