/** A command failed: its message is all that the user sees, after "sonde: ". */
export class CliError extends Error {
	override readonly name = 'CliError';
}
