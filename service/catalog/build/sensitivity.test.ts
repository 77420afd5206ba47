import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { FilterSchema } from '../../filter/field.js';
import { Sensitivity } from '../../gen/sonde/v1/options.js';
import { loadNative } from '../../native.js';
import { PACKAGE_ROOT } from '../../paths.js';
import { readCatalog, readObject } from '../entry.js';
import { readContract } from './contract.js';
import { redactableFields } from './redactable-fields.js';

const directory = mkdtempSync(join(tmpdir(), 'sonde-sensitivity-'));
after(() => rmSync(directory, { recursive: true }));
const entries = readCatalog();

test('every text and all bytes of every payload have a class, or say that they have none', () => {
	let texts = 0;
	for (const { id, fields } of entries) {
		for (const { name, type, sensitivity } of fields) {
			if (!/^(?:repeated )?(?:string|bytes)$/.test(type)) continue;
			assert.ok(sensitivity.length > 0, `${id}.${name}`);
			texts++;
		}
	}
	assert.ok(texts > 60);
});

test('all IP addresses are of their class, and what is behind paths and data of that of these', () => {
	for (const { id, fields } of entries) {
		for (const { name, unit, sensitivity } of fields) {
			if (unit === 'IP address') assert.deepEqual(sensitivity, [Sensitivity.ADDRESSES], `${id}.${name}`);
			if (/path(?:_raw)?$/.test(name)) assert.deepEqual(sensitivity, [Sensitivity.PATHS], `${id}.${name}`);
		}
	}
});

test('every field that a program fills can be blanked', () => {
	for (const { id, fields, redactable } of entries) {
		const known = new Set(redactable.map(({ name }) => name));
		for (const { name } of fields) {
			if (!name.endsWith('_raw')) assert.ok(known.has(name), `${id}.${name}`);
		}
	}
});

/** The fields of file.open that can be blanked, by a contract with another option on its path. */
function fieldsWith(options: string) {
	const protos = mkdtempSync(join(directory, 'proto-'));
	cpSync(join(PACKAGE_ROOT, 'proto'), protos, { recursive: true });
	const file = join(protos, 'sonde/v1/probe_file_open.proto');
	const before = readFileSync(file, 'utf8');
	const line = / {2}string path = 3 \[.*\];/;
	assert.match(before, line);
	writeFileSync(file, before.replace(line, `  string path = 3${options};`));
	const buf = join(PACKAGE_ROOT, 'node_modules/.bin/buf');
	const contract = readContract(execFileSync(buf, ['build', protos, '-o', '-']));
	const payload = contract.payloads.find(({ probe }) => probe.id === 'file.open');
	assert.ok(payload !== undefined);
	const layout = loadNative().structLayout(readObject('file_open'), 'file_open_event');
	return redactableFields(contract, payload, layout, schemaOf('file.open'));
}

function schemaOf(id: string): FilterSchema {
	const entry = entries.find((each) => each.id === id);
	assert.ok(entry !== undefined);
	return entry.filter;
}

test('a text without a class fails the build', () => {
	const message = 'sonde.v1.FileOpen.path must say what it can tell: its sensitivity, or SENSITIVITY_NONE';
	assert.throws(() => fieldsWith(''), { name: 'JoinError', message });
	assert.throws(() => fieldsWith(' [(sonde.v1.event_field).unit = "name"]'), { message });
});

test('a class that is none fails the build', () => {
	const message = 'sonde.v1.FileOpen.path has a sensitivity that is none';
	const option = (names: string) => ` [(sonde.v1.event_field) = { sensitivity: [${names}] }]`;
	assert.throws(() => fieldsWith(option('SENSITIVITY_UNSPECIFIED')), { message });
	assert.throws(() => fieldsWith(option('SENSITIVITY_NONE, SENSITIVITY_PATHS')), { message });
});

test('a class of the text is that of what is said about it', () => {
	const fields = fieldsWith(' [(sonde.v1.event_field).sensitivity = SENSITIVITY_CONTENT]');
	const found = fields.filter(({ classes }) => classes.includes('content')).map(({ name }) => name);
	assert.deepEqual(found, ['path', 'path_unreadable', 'path_truncated']);
});
