import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePort } from './service.js';

const LINE = '{"level":30,"time":1,"address":"127.0.0.1","port":7443,"msg":"node is listening"}\n';

test('parsePort waits for the line that says so', () => {
	assert.equal(parsePort(''), undefined);
	assert.equal(parsePort('{"level":40,"port":1,"msg":"something else"}\n'), undefined);
	assert.equal(parsePort(`{"level":40,"port":1,"msg":"something else"}\n${LINE}`), 7443);
});
