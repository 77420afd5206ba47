import assert from 'node:assert/strict';
import { constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { z } from 'zod';
import {
	type Accounting,
	AccountingSchema,
	Code,
	EndReason,
	TraceState,
} from '../../clients/typescript/index.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { startChild } from '../e2e/child.js';
import { violations } from '../e2e/collect.js';
import { startNode, temporaryDirectory } from '../e2e/node.js';
import { type OpenCall, openScript, openThreads } from '../e2e/opens.js';

const { O_RDONLY, O_WRONLY, O_CREAT, O_TRUNC } = constants;

/** A program and what its command line begins with. */
export interface Program {
	readonly command: string;
	readonly args: readonly string[];
	readonly env: NodeJS.ProcessEnv;
}

/** The programs of one language. */
export interface StubPrograms {
	/** Reads a trace in three streams and prints a report. */
	readonly client: Program;
	/** What the README shows. */
	readonly example: Program;
	/** Its source and the README with the same text, below the package's root. */
	readonly exampleSource: string;
	readonly readme: string;
}

const Message = z.object({ stream: z.number(), first_sequence: z.number(), event_count: z.number() });

/** What a client saw. */
const Report = z.object({
	error: z.unknown(),
	messages: z.array(Message),
	opens: z.array(z.unknown()),
	stopped: z.object({ state: z.string(), accounting: z.json() }),
	ended: z.object({ reason: z.string(), accounting: z.json() }),
	last_accounting: z.json(),
});

const text = (path: string) => Buffer.from(path);

/** The calls that each language reads: strange names first and last, so that every stream has some of them. */
const STRANGE: readonly OpenCall[] = [
	{ call: 'openat', path: text('/etc/hostname'), flags: O_RDONLY },
	{ call: 'open', path: text('/sonde/ünïcode-✓-𝒳'), flags: O_WRONLY },
	{ call: 'openat2', path: Buffer.from('/sonde/\xff\xfe-latin-\xe9', 'latin1') },
	{ call: 'creat', path: text('/sonde/missing/created') },
	{ call: 'openat', path: text('/sonde/control\n\t\x1b[31m"\\') },
	{ call: 'openat', path: text('') },
];
const CALLS: readonly OpenCall[] = [
	...STRANGE,
	...Array.from({ length: 300 }, (_, i): OpenCall => ({ call: 'openat', path: text(`/sonde/sdk/${i}`) })),
	...STRANGE,
];
const SYSCALLS = {
	open: 'SYSCALL_OPEN',
	openat: 'SYSCALL_OPENAT',
	openat2: 'SYSCALL_OPENAT2',
	'openat2-badhow': 'SYSCALL_OPENAT2',
	creat: 'SYSCALL_CREAT',
};

/** Tests the stubs of one language, through programs that have nothing else. */
export function testStubs(language: string, programs: StubPrograms): void {
	test(`the ${language} stubs read a trace in three streams, exactly`, async (t) => {
		const node = await startNode(t);
		const opener = await openScript(t, CALLS);
		const { command, args, env } = programs.client;
		const rest = [node.address, node.identity, String(opener.pid), String(CALLS.length)];
		const client = startChild(t, command, [...args, ...rest], env);
		await client.untilStdout(/^started\n/);
		const results = (await opener.run()).trim().split('\n').map(Number);
		const { code, stdout, stderr } = await client.ended;
		assert.equal(code, 0, stderr);
		const report = Report.parse(JSON.parse(stdout.slice(stdout.indexOf('\n'))));

		assert.deepEqual(report.opens, expectedOpens(opener.pid, results));
		let next = 1;
		const events = [0, 0, 0, 0];
		for (const { stream, first_sequence, event_count } of report.messages) {
			assert.equal(first_sequence, next, 'no gap and nothing twice');
			next += event_count;
			events[stream] = (events[stream] ?? 0) + event_count;
		}
		const [, first = 0, second = 0, third = 0] = events;
		assert.ok(first > 0 && third > 0);
		assert.equal(second, 25);

		assert.equal(report.stopped.state, 'TRACE_STATE_ENDED');
		assert.equal(report.ended.reason, 'END_REASON_STOPPED');
		const final = accountingOf(report.ended.accounting);
		assert.deepEqual(violations(final, true), []);
		assert.equal(final.total?.encoded, BigInt(next - 1));
		assert.deepEqual(final.total, accountingOf(report.stopped.accounting).total);
		const last = accountingOf(report.last_accounting);
		assert.deepEqual(violations(last, true), []);
		const { beforeStart, sent, evicted } = last.subscription ?? {};
		assert.deepEqual([beforeStart, sent, evicted], [BigInt(first + second), BigInt(third), 0n]);

		assert.deepEqual(report.error, {
			code: Code.INVALID_ARGUMENT,
			message:
				'probes[0].probe is "file.opne", must be the id of a probe that ListProbes gives; did you mean "file.open"?',
			domain: 'sonde.v1',
			reason: 'UNKNOWN_PROBE',
			violations: [
				[
					'probes[0].probe',
					'is "file.opne", must be the id of a probe that ListProbes gives; did you mean "file.open"?',
				],
			],
		});
	});

	for (const way of ['TLS', 'a unix socket'] as const) {
		test(`the ${language} example prints ten opens over ${way} and stops its trace`, async (t) => {
			const socket = join(temporaryDirectory(t), 'sonde.sock');
			const node = await startNode(t, '--unix', socket);
			const where = way === 'TLS' ? [node.address, node.identity] : [`unix:${socket}`];
			const opener = await openThreads(t, { threads: 1, count: 1_000 });
			const { command, args, env } = programs.example;
			const example = startChild(t, command, [...args, ...where], env);
			const trace = async () => {
				for await (const found of node.client.listTraces()) return found;
				return undefined;
			};
			// On a busy machine it can have its ten opens before anybody sees it run.
			let hasEnded = false;
			example.process.once('exit', () => {
				hasEnded = true;
			});
			while ((await trace())?.state !== TraceState.RUNNING && !hasEnded) await sleep(20);
			await opener.run();
			const { code, stdout, stderr } = await example.ended;
			assert.equal(code, 0, stderr);
			assert.equal(stdout.match(/ -?\d+$/gm)?.length, 10, stdout);
			assert.equal((await trace())?.endReason, EndReason.STOPPED);
		});
	}

	test(`the ${language} README shows the example as it is`, () => {
		const read = (path: string) => readFileSync(join(PACKAGE_ROOT, path), 'utf8');
		assert.ok(read(programs.readme).includes(read(programs.exampleSource)));
	});
}

function expectedOpens(tgid: number, results: readonly number[]): unknown[] {
	return CALLS.map(({ call, path = Buffer.alloc(0), flags = 0 }, i) => {
		const decoded = path.toString();
		return {
			path: decoded,
			path_raw: decoded.includes('\ufffd') ? path.toString('hex') : null,
			syscall: SYSCALLS[call],
			flags: call === 'creat' ? O_CREAT | O_WRONLY | O_TRUNC : flags,
			ret: results[i],
			tgid,
			uid: process.getuid?.(),
			comm: 'opens',
		};
	});
}

function accountingOf(json: JsonValue): Accounting {
	return fromJson(AccountingSchema, json);
}
