import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { createFileRegistry, fromBinary, toJson } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { MAX_PAYLOAD_BYTES, PREAMBLE } from './format.js';
import { openRecording } from './reader.js';
import { RecordingError } from './recording-error.js';
import {
	readTestRecording,
	testDirectory,
	testMessage,
	testMessages,
	writeTestRecording,
} from './test-recording.js';
import { createRecordingWriter } from './writer.js';

test('createRecordingWriter refuses a file that exists and leaves it alone', async (t) => {
	const file = join(testDirectory(t), 'x');
	writeFileSync(file, 'mine');
	await assert.rejects(createRecordingWriter(file), {
		name: 'RecordingError',
		message: `cannot write the recording ${file}: the file exists already`,
	});
	assert.equal(readFileSync(file, 'utf8'), 'mine');
});

test('a message that no reader would take is refused', async (t) => {
	const file = join(testDirectory(t), 'x');
	const writer = await createRecordingWriter(file);
	await assert.rejects(writer.write(new Uint8Array(MAX_PAYLOAD_BYTES + 1)), {
		name: 'RecordingError',
		message: `cannot write the recording ${file}: a message of 67108865 bytes is longer than 67108864`,
	});
	await writer.close();
});

test('a writer that wrote nothing leaves no file', async (t) => {
	const file = join(testDirectory(t), 'x');
	await (await createRecordingWriter(file)).close();
	assert.throws(() => statSync(file), { code: 'ENOENT' });
});

test('a file that cannot grow any further fails with its name', async (t) => {
	const file = join(testDirectory(t), 'x');
	// The limit, 64 blocks of 1 KiB, is the shell's and holds for what it becomes. Node ignores the signal that comes with it.
	const script = `
		import { createRecordingWriter } from '${new URL('writer.js', import.meta.url)}';
		const writer = await createRecordingWriter('${file}');
		await writer.begin({});
		try {
			for (;;) await writer.write(new Uint8Array(100_000));
		} catch (error) {
			console.log(error.message);
		}
		await writer.close().catch((error) => console.log(error.message));`;
	const { stdout } = await promisify(execFile)('bash', [
		'-c',
		'ulimit -f 64; exec "$0" --input-type=module -e "$1"',
		process.execPath,
		script,
	]);
	const message = `cannot write the recording ${file}: EFBIG: file too large, write`;
	assert.deepEqual(stdout.trimEnd().split('\n'), [message, message]);
});

test('what is written is read, byte for byte, by its owner alone', async (t) => {
	const file = join(testDirectory(t), 'x');
	const messages = testMessages(3, 0, 20_000, 1);
	await writeTestRecording(file, messages);
	assert.equal(statSync(file).mode & 0o777, 0o600);
	const read = await readTestRecording(file);
	assert.equal(read.error, undefined);
	assert.deepEqual(
		read.messages.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
		messages.map((bytes) => Buffer.from(bytes).toString('hex')),
	);
	assert.deepEqual(
		read.messages.map(({ envelope, place }) => [envelope.eventCount, place.messages, place.events]),
		[
			[3, 0, 0n],
			[0, 1, 3n],
			[20_000, 2, 3n],
			[1, 3, 20_003n],
		],
	);
});

test('a place is where to go on', async (t) => {
	const file = join(testDirectory(t), 'x');
	await writeTestRecording(file, testMessages(1, 2, 3));
	const { messages } = await readTestRecording(file);
	const recording = await openRecording(file);
	t.after(() => recording.close());
	const counts: number[] = [];
	for await (const { envelope } of recording.messages(messages[1]?.place)) counts.push(envelope.eventCount);
	assert.deepEqual(counts, [2, 3]);
});

test('the schema in the file is enough to decode it', async (t) => {
	const file = join(testDirectory(t), 'x');
	await writeTestRecording(file, [
		testMessage(1, [{ payload: { case: 'fileOpen', value: { path: '/x' } } }]),
	]);
	const recording = await openRecording(file);
	t.after(() => recording.close());
	const schema = fromBinary(FileDescriptorSetSchema, recording.header.fileDescriptorSet);
	const registry = createFileRegistry(schema);
	const response = registry.getMessage('sonde.v1.StreamEventsResponse');
	assert.ok(response !== undefined && registry.getMessage('sonde.v1.RecordingHeader') !== undefined);
	for await (const { bytes } of recording.messages()) {
		assert.deepEqual(toJson(response, fromBinary(response, bytes), { registry }), {
			firstSequence: '1',
			eventCount: 1,
			events: [{ fileOpen: { path: '/x' } }],
		});
	}
});

test('openRecording says what a file is not', async (t) => {
	const file = join(testDirectory(t), 'x');
	await assert.rejects(openRecording(file), {
		message: `cannot read the recording ${file}: ENOENT: no such file or directory, open '${file}'`,
	});
	const start = `recording ${file} breaks at byte`;
	for (const [content, message] of [
		['', `${start} 0, after 0 messages with 0 events: it is empty`],
		['PK\x03\x04 something else', `${start} 0, after 0 messages with 0 events: it is not a recording`],
		[PREAMBLE, `${start} 8, after 0 messages with 0 events: its header is missing`],
		[
			Buffer.concat([PREAMBLE, Buffer.from([5, 0, 0])]),
			`${start} 8, after 0 messages with 0 events: the file ends within a frame`,
		],
		[
			Buffer.concat([PREAMBLE, Buffer.from('01000000008d', 'hex')]),
			`${start} 8, after 0 messages with 0 events: the checksum of a frame is wrong`,
		],
	] as const) {
		writeFileSync(file, content);
		await assert.rejects(openRecording(file), { name: 'RecordingError', message });
	}
});

test('a whole frame that is no message breaks the recording', async (t) => {
	const file = join(testDirectory(t), 'x');
	await writeTestRecording(file, [...testMessages(5), Buffer.from('0a05', 'hex')]);
	const { messages, error } = await readTestRecording(file);
	assert.equal(messages.length, 1);
	assert.ok(error instanceof RecordingError);
	assert.match(error.message, /after 1 message with 5 events: a payload cannot be decoded: /);
});

test('garbage behind the last message is told from it', async (t) => {
	const file = join(testDirectory(t), 'x');
	await writeTestRecording(file, testMessages(5, 1));
	const { size } = statSync(file);
	writeFileSync(file, Buffer.alloc(100), { flag: 'a' });
	const { messages, error } = await readTestRecording(file);
	assert.equal(messages.length, 2);
	assert.ok(error instanceof RecordingError);
	assert.deepEqual(error.break, {
		offset: size,
		messages: 2,
		events: 6n,
		reason: 'the length of a frame is 0, must be 1 to 67108864',
	});
});

/** Where the frames of a file begin; the last one is its end. */
async function frameStarts(file: string): Promise<number[]> {
	const { messages } = await readTestRecording(file);
	return [...messages.map(({ place }) => place.offset), statSync(file).size];
}

test('a recording that is cut anywhere gives what is whole before the cut, and says where it breaks', async (t) => {
	const directory = testDirectory(t);
	const whole = join(directory, 'whole');
	const file = join(directory, 'x');
	const counts = [3, 0, 200, 1, 40];
	await writeTestRecording(whole, testMessages(...counts));
	const starts = await frameStarts(whole);
	const content = readFileSync(whole);
	await fc.assert(
		fc.asyncProperty(fc.nat(content.length - 1), async (cut) => {
			writeFileSync(file, content);
			truncateSync(file, cut);
			const { messages, error } = await readTestRecording(file);
			const expected = starts.filter((start) => start <= cut).length - 1;
			assert.equal(messages.length, Math.max(0, expected));
			if (starts.includes(cut)) {
				// Between two frames: a stream that was cut off has the same form as one that ended there.
				assert.equal(error, undefined);
				return;
			}
			assert.ok(error instanceof RecordingError && error.break !== undefined);
			const start = starts.findLast((candidate) => candidate <= cut);
			assert.equal(error.break.offset, start ?? (cut < PREAMBLE.length ? 0 : PREAMBLE.length));
			assert.equal(error.break.messages, messages.length);
			assert.match(error.break.reason, /^(it is empty|its header is missing|the file ends within )/);
			assert.equal(error.break.events, BigInt(counts.slice(0, messages.length).reduce((a, b) => a + b, 0)));
		}),
		{ numRuns: 300 },
	);
});

test('a flipped bit anywhere gives exactly what was whole before it', async (t) => {
	const directory = testDirectory(t);
	const whole = join(directory, 'whole');
	const file = join(directory, 'x');
	await writeTestRecording(whole, testMessages(3, 0, 200, 1, 40));
	const starts = await frameStarts(whole);
	const content = readFileSync(whole);
	await fc.assert(
		fc.asyncProperty(fc.nat(content.length - 1), fc.nat(7), async (at, bit) => {
			const damaged = Buffer.from(content);
			damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
			writeFileSync(file, damaged);
			const { messages, error } = await readTestRecording(file);
			assert.ok(error instanceof RecordingError && error.break !== undefined);
			const start = starts.findLast((candidate) => candidate <= at);
			assert.equal(error.break.offset, start ?? (at < PREAMBLE.length ? 0 : PREAMBLE.length));
			assert.equal(messages.length, Math.max(0, starts.filter((candidate) => candidate <= at).length - 1));
		}),
		{ numRuns: 300 },
	);
});

test('whatever follows the magic, reading ends and says where', async (t) => {
	const file = join(testDirectory(t), 'x');
	const frame = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((payload) => {
		const head = Buffer.alloc(4);
		head.writeUInt32LE(crc32(payload));
		const length =
			payload.length < 128 ? [payload.length] : [(payload.length & 127) | 128, payload.length >> 7];
		return Buffer.concat([Buffer.from(length), head, payload]);
	});
	await fc.assert(
		fc.asyncProperty(fc.array(fc.oneof(frame, fc.uint8Array())), async (parts) => {
			writeFileSync(file, Buffer.concat([PREAMBLE, ...parts]));
			const { error } = await readTestRecording(file);
			assert.ok(error === undefined || error instanceof RecordingError);
		}),
		{ numRuns: 300 },
	);
});

test('a header without a trace is refused', async (t) => {
	const file = join(testDirectory(t), 'x');
	await writeTestRecording(file, [], { writer: 'test' });
	await assert.rejects(openRecording(file), /breaks at byte 8, .* its header names no trace$/);
});
