import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from './options.js';

test('parseOptions refuses what is no number in range', () => {
	for (const [args, message] of [
		[['--rounds', '0'], '--rounds is "0", not a whole number from 1 to 100'],
		[['--rounds', '101'], '--rounds is "101", not a whole number from 1 to 100'],
		[['--seconds', '1.5'], '--seconds is "1.5", not a whole number from 1 to 600'],
		[['--long-seconds', ''], '--long-seconds is "", not a whole number from 1 to 600'],
	] as const) {
		assert.throws(() => parseOptions(args), { name: 'UsageError', message });
	}
});

test('parseOptions refuses unknown arguments', () => {
	assert.throws(() => parseOptions(['--fast']), { name: 'UsageError', message: /'--fast'/ });
	assert.throws(() => parseOptions(['fast']), { name: 'UsageError', message: /'fast'/ });
});

test('parseOptions fills in defaults', () => {
	const flags = { isTrial: false, skipPeers: false, profile: false, json: false };
	assert.deepEqual(parseOptions([]), { rounds: 3, seconds: 5, longSeconds: 60, ...flags });
	assert.deepEqual(parseOptions(['--rounds', '1', '--seconds=2', '--long-seconds', '600', '--json']), {
		...{ rounds: 1, seconds: 2, longSeconds: 600 },
		...{ ...flags, json: true },
	});
	assert.equal(parseOptions(['--help']), undefined);
});

test('parseOptions makes what is not the whole benchmark a trial', () => {
	const quick = parseOptions(['--quick', '--seconds', '7']);
	assert.deepEqual([quick?.rounds, quick?.seconds, quick?.longSeconds], [1, 7, 2]);
	for (const flag of ['--quick', '--skip-peers', '--profile']) {
		assert.equal(parseOptions([flag])?.isTrial, true, flag);
	}
});
