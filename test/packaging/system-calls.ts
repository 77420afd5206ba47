import { runCommand } from './run-command.js';

/** The calls that the SystemCallFilter lines of a unit allow. */
export async function allowedCalls(unit: string): Promise<ReadonlySet<string>> {
	// systemd always allows these.
	const allowed = new Set(await membersOf('@default'));
	for (const [, not, names = ''] of unit.matchAll(/^SystemCallFilter=(~?)(.*)$/gm)) {
		for (const name of names.split(' ')) {
			for (const call of await membersOf(name)) {
				if (not === '~') allowed.delete(call);
				else allowed.add(call);
			}
		}
	}
	return allowed;
}

/** A call, or those of a set such as @system-service. */
async function membersOf(name: string): Promise<string[]> {
	if (!name.startsWith('@')) return [name];
	const { code, output } = await runCommand('systemd-analyze', ['syscall-filter', name]);
	if (code !== 0) throw new Error(output);
	const members = output
		.split('\n')
		.slice(1)
		.map((line) => line.trim())
		.filter((line) => line !== '' && !line.startsWith('#'));
	return (await Promise.all(members.map(membersOf))).flat();
}

/** The calls in a summary of "strace -c". */
export function callsOf(summary: string): string[] {
	return summary
		.split('\n')
		.filter((line) => /^ *\d/.test(line))
		.map((line) => line.trim().split(/ +/).at(-1) ?? '')
		.filter((name) => name !== 'total');
}
