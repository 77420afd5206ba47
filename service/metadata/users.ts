import { readFileSync } from 'node:fs';
import type { Record } from '../gen/sonde/v1/record.js';
import { createBoundedMap } from './bounded-map.js';
import type { Mention } from './mention.js';

/** Users that are remembered. */
const MOST_USERS = 16_384;

/** The users that events name. */
export interface UserTable {
	mention(uid: number): Mention;
	clear(): void;
}

/** Makes an empty table. A uid keeps its name until the table is cleared. */
export function createUserTable(passwdFile = '/etc/passwd'): UserTable {
	const users = createBoundedMap<number, Mention>(MOST_USERS);
	let names: Map<number, string> | undefined;
	return {
		mention(uid) {
			const known = users.get(uid);
			if (known !== undefined) return known;
			names ??= readNames(passwdFile);
			const record: Record = { kind: { $case: 'user', value: { uid, name: names.get(uid) ?? '' } } };
			const mention = { record: () => record };
			users.set(uid, mention);
			return mention;
		},
		clear() {
			users.clear();
			names = undefined;
		},
	};
}

/** By uid; of a uid with several names the first. Source: passwd(5). */
function readNames(file: string): Map<number, string> {
	const names = new Map<number, string>();
	for (const line of readLines(file)) {
		const [name, , uid] = line.split(':');
		if (name === undefined || uid === undefined || !/^\d+$/.test(uid)) continue;
		if (!names.has(Number(uid))) names.set(Number(uid), name);
	}
	return names;
}

/** None if there is no such file, as in some containers. */
function readLines(file: string): string[] {
	try {
		return readFileSync(file, 'utf8').split('\n');
	} catch {
		return [];
	}
}
