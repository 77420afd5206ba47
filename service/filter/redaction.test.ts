import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CatalogEntry, readCatalog } from '../catalog/entry.js';
import { NO_REDACTION, redactionOf, redactionProblem, withheldFacts } from './redaction.js';

const entries = readCatalog();

function entryOf(id: string): CatalogEntry {
	const entry = entries.find((each) => each.id === id);
	assert.ok(entry !== undefined);
	return entry;
}

function namesOf(id: string, ...names: string[]): string[] {
	return redactionOf(entryOf(id), names)
		.fields.map(({ name }) => name)
		.sort();
}

const PATH = ['path', 'path_truncated', 'path_unreadable'];
const FULL_PATH = ['full_path', 'full_path_deleted', 'full_path_truncated'];
const ARGS = ['args', 'args_bytes', 'args_truncated', 'args_unreadable'];

for (const [probe, names, wanted] of [
	['file.open', ['file.open.path'], PATH],
	['file.open', ['paths'], [...FULL_PATH, ...PATH]],
	['file.open', ['file.*.path'], PATH],
	['file.open', ['*path'], [...FULL_PATH, ...PATH]],
	['file.open', ['file.open.path_truncated'], ['path_truncated']],
	['file.open', ['file.stat.path', 'content', 'addresses', 'arguments'], []],
	// Patterns are of whole names, and only "*" is special in them.
	['file.open', ['open.path', 'file.open.pat', 'fileXopen.path', 'file.open.(path)', 'file.open.pat.'], []],
	['file.open', [], []],
	['process.exec', ['arguments'], ARGS],
	['process.exec', ['process.exec.args'], ARGS],
	['process.exec', ['process.comm'], ['process.comm']],
	['process.exec', ['paths'], PATH],
	['process.exec', ['process.*'], [...ARGS, ...PATH, 'ret'].sort()],
	['process.exit', ['arguments', 'paths', 'content', 'addresses'], []],
	['shell.readline', ['arguments'], ['line', 'line_truncated', 'line_unreadable']],
	['shell.readline', ['content'], ['line', 'line_truncated', 'line_unreadable']],
	['tls.data', ['content'], ['content', 'content_truncated', 'content_unreadable']],
	['tcp.connect', ['addresses'], ['local_address', 'remote_address']],
	// The names of two probes begin in the same way.
	['syscall', ['syscall.error.*'], []],
	['syscall.error', ['arguments'], ['arg0', 'arg1', 'arg2', 'arg3', 'arg4', 'arg5']],
	['sched.off_cpu', ['sched.off_cpu.user_stack_id'], ['user_stack_id']],
] as const) {
	test(`of ${probe}, ${names.join(', ') || 'nothing'} blanks ${wanted.join(', ') || 'nothing'}`, () => {
		assert.deepEqual(namesOf(probe, ...names), wanted);
	});
}

test('what no field matches is nothing at all', () => {
	assert.equal(redactionOf(entryOf('process.exit'), ['paths']), NO_REDACTION);
});

const MUST = 'must be a class (arguments, paths, content, addresses) or a field of a probe, as PROBE.FIELD';
for (const [name, problem] of [
	['path', `${MUST}; did you mean paths?`],
	['file.open.pat', `${MUST}; did you mean file.open.path?`],
	['file.open', 'must be file.open.* for all fields of this probe'],
	['process.uid', 'must be process.comm: nothing else of what all events have can be blank'],
	['cpu', 'must be process.comm: nothing else of what all events have can be blank'],
	['process', 'must be process.comm: nothing else of what all events have can be blank'],
	['', MUST],
	['nothing.*', MUST],
] as const) {
	test(`"${name}" would redact nothing, and is wrong`, () => {
		assert.equal(redactionProblem(name, entries), problem);
	});
}

test('right names have no problem', () => {
	for (const name of ['arguments', 'content', 'process.comm', 'file.open.path', '*.ret', '*'])
		assert.equal(redactionProblem(name, entries), undefined);
});

test('metadata may not tell what process.exec may not', () => {
	assert.deepEqual(withheldFacts([], entries), { arguments: false, paths: false });
	assert.deepEqual(withheldFacts(['arguments'], entries), { arguments: true, paths: false });
	assert.deepEqual(withheldFacts(['paths'], entries), { arguments: false, paths: true });
	assert.deepEqual(withheldFacts(['process.exec.*'], entries), { arguments: true, paths: true });
	assert.deepEqual(withheldFacts(['file.*', 'content'], entries), { arguments: false, paths: false });
});
