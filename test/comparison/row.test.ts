import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences } from './row.js';

test('differences: what one side lacks, has otherwise or has more often', () => {
	const same = { pid: 1, path: 'a' };
	assert.deepEqual(differences([same, same], [{ path: 'a', pid: 1 }, same]), {
		onlyOurs: [],
		onlyTheirs: [],
	});
	assert.deepEqual(differences([same], [same, same]), { onlyOurs: [], onlyTheirs: [same] });
	assert.deepEqual(differences([same, { pid: 2 }], [{ pid: 1, path: 'b' }]), {
		onlyOurs: [same, { pid: 2 }],
		onlyTheirs: [{ pid: 1, path: 'b' }],
	});
	assert.deepEqual(differences([{ pid: 1 }], [{ pid: '1' }]).onlyOurs, [{ pid: 1 }]);
});
