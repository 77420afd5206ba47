import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameHead, MAX_PAYLOAD_BYTES, PREAMBLE, readFrameHead, refusalOf } from './format.js';

test('readFrameHead refuses lengths that no frame has', () => {
	assert.equal(
		readFrameHead(Buffer.alloc(8)),
		`the length of a frame is 0, must be 1 to ${MAX_PAYLOAD_BYTES}`,
	);
	assert.equal(
		readFrameHead(Buffer.from('818080200000000000', 'hex')),
		`the length of a frame is ${MAX_PAYLOAD_BYTES + 1}, must be 1 to ${MAX_PAYLOAD_BYTES}`,
	);
	assert.equal(
		readFrameHead(Buffer.from('ffffffff0f00000000', 'hex')),
		`the length of a frame is more than 4 bytes of varint, must be 1 to ${MAX_PAYLOAD_BYTES}`,
	);
});

test('readFrameHead says when the file ends', () => {
	for (const hex of ['80', '8080', '01', '01000000']) {
		assert.equal(readFrameHead(Buffer.from(hex, 'hex')), 'the file ends within a frame');
	}
});

test('frameHead writes what the contract says', () => {
	// The check value of CRC-32/ISO-HDLC, by the catalogue of parametrised CRC algorithms.
	assert.equal(frameHead(Buffer.from('123456789')).toString('hex'), '092639f4cb');
	assert.equal(frameHead(Buffer.alloc(300)).subarray(0, 2).toString('hex'), 'ac02');
	assert.deepEqual(readFrameHead(Buffer.from('808080200102030405', 'hex')), {
		length: MAX_PAYLOAD_BYTES,
		checksum: 0x04030201,
		headBytes: 8,
	});
});

test('refusalOf tells an empty file, a cut one, another kind and another version apart', () => {
	assert.equal(PREAMBLE.toString('hex'), '89534f4e4445010a');
	assert.equal(refusalOf(PREAMBLE), undefined);
	assert.equal(refusalOf(Buffer.alloc(0)), 'it is empty');
	assert.equal(refusalOf(PREAMBLE.subarray(0, 3)), 'the file ends within its first 8 bytes');
	assert.equal(refusalOf(Buffer.from('{"a": 1}')), 'it is not a recording');
	assert.equal(refusalOf(Buffer.from('{}')), 'it is not a recording');
	// What a conversion of text makes of it.
	assert.equal(refusalOf(Buffer.from('89534f4e4445010d0a', 'hex').subarray(0, 8)), 'it is not a recording');
	const newer = Buffer.from(PREAMBLE);
	newer[6] = 2;
	assert.equal(refusalOf(newer), 'it has version 2 of the format, this program reads version 1');
});
