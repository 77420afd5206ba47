import type { EventMetadata } from '../typescript/index.js';
import { escapeText } from './escape.js';
import type { Column } from './table.js';

/** Columns of events whose trace has metadata. */
export const METADATA_COLUMNS: readonly Column[] = [
	{ title: 'USER', width: 10, minWidth: 6 },
	{ title: 'WHERE', width: 24, minWidth: 12 },
	{ title: 'EXECUTABLE', width: 24, minWidth: 12 },
];

/** Of a container's id, as its own tools show it. */
const SHORT_ID = 12;

/** Their cells, escaped. */
export function metadataCells({ process, cgroup, user }: EventMetadata): string[] {
	const { containerId = '', systemdUnit = '', path = '' } = cgroup ?? {};
	const where = containerId.slice(0, SHORT_ID) || systemdUnit || path;
	return [user?.name ?? '', where, process?.executable ?? ''].map(escapeText);
}
