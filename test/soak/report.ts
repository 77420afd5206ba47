import { table } from '../bench/table.js';
import { kib } from './bounds.js';
import { CHECKS, type CheckResult } from './checks.js';
import type { Look } from './monitor.js';
import type { Findings } from './run.js';
import type { Tally } from './tally.js';

const MIB = 1024 * 1024;

const mib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;
const whole = (value: number | bigint) => value.toLocaleString('en-US');

/** A line on how it goes. */
export function progressLine(
	elapsedS: number,
	tally: Tally,
	{ facts, load }: Look,
	heapBytes?: number,
): string {
	const actions = [...tally.actions.values()].reduce((sum, count) => sum + count, 0);
	return [
		`${String(Math.round(elapsedS)).padStart(5)} s`,
		`${whole(actions)} actions`,
		`${whole(tally.started)} traces, ${load.traces} now`,
		`${tally.openStreams} streams`,
		`${mib(facts.residentBytes)} resident`,
		`${mib(Number(load.retainedBytes))} retained`,
		...(heapBytes === undefined ? [] : [`${mib(heapBytes)} heap`]),
		`${facts.fds} fds`,
		`${facts.threads} threads`,
		`${facts.programs.length} programs, ${facts.maps.length} maps of ${mib(Number(load.mapBytes))}`,
	].join(', ');
}

/** What was done and measured. */
export function findingsTable(findings: Findings): string {
	const { tally, churn, early, late, between, opens, monitor, fds, threads, warnings, idle, keptByUs } =
		findings;
	const list = (map: ReadonlyMap<string, number>) =>
		[...map].map(([name, count]) => `${name} ${whole(count)}`).join(', ') || 'none';
	const rows: [string, string][] = [
		['actions', list(tally.actions)],
		['traces ended', list(tally.endedBy)],
		['opens by the load', whole(opens)],
		['events', `${whole(tally.counts.fired)} fired, ${whole(tally.counts.encoded)} encoded`],
		[
			`left by each of ${churn.traces} traces`,
			`${kib(churn.heapBytes)} heap, ${kib(churn.residentBytes)} resident`,
		],
		['heap, early and late', `${mib(early.heapBytes)}, ${mib(late.heapBytes)}`],
		['resident, early and late', `${mib(early.residentBytes)}, ${mib(late.residentBytes)}`],
		['the same, garbage included', `${mib(early.beforeBytes)}, ${mib(late.beforeBytes)}`],
		['traces between and remembered more', `${whole(between)}, ${whole(late.remembered - early.remembered)}`],
		['heap when idle, before and after', idle.map(({ heapBytes }) => mib(heapBytes)).join(', ')],
		['resident when idle, before and after', idle.map(({ residentBytes }) => mib(residentBytes)).join(', ')],
		['most resident', mib(monitor.mostResidentBytes)],
		['fds before, at most, after', `${fds[0]}, ${monitor.most.fds}, ${fds[1]}`],
		["of these left open by the soak's own clients", whole(keptByUs)],
		['threads before, at most, after', `${threads[0]}, ${monitor.most.threads}, ${threads[1]}`],
		[
			'programs at most; programs, maps seen',
			`${monitor.most.programs}; ${whole(monitor.programs.size)}, ${whole(monitor.maps.size)}`,
		],
		['warnings in the log', list(warnings)],
	];
	return table(['', 'found'], rows);
}

/** All checks, and the verdict as the last line. */
export function verdict(results: readonly CheckResult[]): { text: string; failed: number } {
	const failed = results.filter(({ failures }) => failures > 0).length;
	const skipped = results.filter(({ looks, failures }) => looks === 0 && failures === 0).length;
	const rows = results.map(({ name, looks, failures }) => [CHECKS[name], whole(looks), whole(failures)]);
	const passed = results.length - failed - skipped;
	const line = `${passed} passed, ${failed} failed, ${skipped} skipped\n`;
	return { text: `${table(['check', 'looks', 'failures'], rows)}\n${line}`, failed };
}
