import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences } from './record.js';

const RECORDED = { 'file.open': { attachment: 'tracepoint', verified: { body: 100 } } };

test('differences names what has grown, appeared, gone or moved', () => {
	const grown = { 'file.open': { attachment: 'tracepoint', verified: { body: 121 } } };
	assert.deepEqual(differences(RECORDED, grown), [
		'file.open: the verifier walks 121 instructions of body, recorded are 100',
	]);
	const more = { 'file.open': { attachment: 'tracepoint', verified: { body: 100, exit: 5 } } };
	assert.deepEqual(differences(RECORDED, more), [
		'file.open: the program exit is not in the record: run with --record',
	]);
	assert.deepEqual(differences(RECORDED, {}), ['file.open is in the record, and was not there']);
	const moved = { 'file.open': { attachment: 'kretprobe.multi', verified: {} } };
	assert.deepEqual(differences(RECORDED, moved), [
		'file.open is "kretprobe.multi", recorded as "tracepoint"',
	]);
	assert.deepEqual(differences(undefined, RECORDED), ['this kernel is not in the record: run with --record']);
	assert.deepEqual(differences({}, RECORDED), ['file.open is not in the record: run with --record']);
});

test('differences allows a fifth more, and any less', () => {
	const fifth = { 'file.open': { attachment: 'tracepoint', verified: { body: 120 } } };
	assert.deepEqual(differences(RECORDED, fifth), []);
	const less = { 'file.open': { attachment: 'tracepoint', verified: { body: 1 } } };
	assert.deepEqual(differences(RECORDED, less), []);
});
