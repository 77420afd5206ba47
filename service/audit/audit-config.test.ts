import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeIssue } from '../config/issue.js';
import { auditSchema } from './audit-config.js';
import { completeAudit } from './audit-settings.js';

test('what is not said is completed', () => {
	assert.deepEqual(completeAudit(auditSchema.parse({}), '/state/audit.log'), {
		required: true,
		target: { kind: 'file', file: '/state/audit.log', maxBytes: 67_108_864, keep: 8, sync: false },
	});
	const given = { file: '/a', max_bytes: 65_536, keep: 1, sync: true, required: false };
	assert.deepEqual(completeAudit(auditSchema.parse(given), '/state/audit.log'), {
		required: false,
		target: { kind: 'file', file: '/a', maxBytes: 65_536, keep: 1, sync: true },
	});
	const stdout = auditSchema.parse({ stdout: true });
	assert.deepEqual(completeAudit(stdout, '/a'), { required: true, target: { kind: 'stdout' } });
});

for (const [content, message] of [
	[{ max_bytes: 65_535 }, /^max_bytes is 65535: .*>=65536/],
	[{ file: 'audit.log' }, /^file is "audit.log": must be an absolute path/],
	[{ keep: 0 }, /^keep is 0: .*>=1/],
	[{ stdout: false }, /^stdout is false: must be true, or not be there/],
	[{ stdout: true, file: '/a' }, /^the file: with stdout there is no file/],
	[{ off: true }, /^the file: Unrecognized key: "off"/],
] as const) {
	test(`${JSON.stringify(content)} is refused by its field`, () => {
		const { error } = auditSchema.safeParse(content);
		assert.ok(error !== undefined);
		assert.match(describeIssue(error, content), message);
	});
}
