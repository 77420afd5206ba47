import type { ProbesOfKernel } from './record.js';

/** A test that failed. */
export interface TestFailure {
	readonly name: string;
	/** What TAP says of it, a line each, indented: the error, what was expected, where. */
	readonly details: readonly string[];
}

/** What the tests in a virtual machine said on its console. */
export interface ConsoleOutput {
	/** As uname -r gives it; undefined when the machine did not come that far. */
	readonly release: string | undefined;
	readonly passed: number;
	readonly failed: number;
	readonly skipped: readonly string[];
	readonly failures: readonly TestFailure[];
	/** What the kernel does with the probes. */
	readonly probes: ProbesOfKernel;
	/** Of the last command; undefined when the machine ended without saying so. */
	readonly exitStatus: number | undefined;
}

/** Reads the console: lines of TAP 13, of programs.ts, and of init, between those of the kernel. */
export function parseConsole(text: string): ConsoleOutput {
	const lines = text.replaceAll('\r', '').split('\n');
	const first = (pattern: RegExp) => lines.map((line) => pattern.exec(line)?.[1]).find(Boolean);
	const all = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
	const total = (name: string) => Number(first(new RegExp(`^# ${name} (\\d+)$`)) ?? 0);
	const status = first(/^sonde-exit=(\d+)$/);
	return {
		release: first(/^kernel (\S+)$/),
		passed: total('pass'),
		failed: total('fail') + total('cancelled'),
		skipped: all(/^ok \d+ - (.* # SKIP.*)$/),
		failures: failuresIn(lines),
		probes: probesIn(lines),
		exitStatus: status === undefined ? undefined : Number(status),
	};
}

function probesIn(lines: readonly string[]): ProbesOfKernel {
	const probes: Record<string, { attachment: string; verified: Record<string, number> }> = {};
	for (const line of lines) {
		const [, id = '', attachment] = /^probe (\S+) (.+)$/.exec(line) ?? [];
		if (attachment !== undefined) probes[id] = { attachment, verified: {} };
		const [, of = '', name = '', count] = /^program (\S+) (\S+) (\d+)$/.exec(line) ?? [];
		const { verified } = probes[of] ?? {};
		if (verified !== undefined) verified[name] = Number(count);
	}
	return probes;
}

/** Subtests are indented; the test that holds them fails too. */
function failuresIn(lines: readonly string[]): TestFailure[] {
	return lines.flatMap((line, i) => {
		const name = /^not ok \d+ - (.*)$/.exec(line)?.[1];
		if (name === undefined) return [];
		const end = lines.indexOf('  ...', i);
		return [{ name, details: lines[i + 1] === '  ---' && end > 0 ? lines.slice(i + 2, end) : [] }];
	});
}
