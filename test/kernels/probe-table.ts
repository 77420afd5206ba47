import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { KERNELS } from './options.js';
import type { KernelRecord, ProbesOfKernel } from './record.js';

export const PROBE_TABLE_FILE = join(PACKAGE_ROOT, 'docs/probes.md');

/** The document that says what each kernel does with each probe. */
export function probeTable(record: KernelRecord): string {
	const ids = [...new Set(Object.values(record).flatMap((probes) => Object.keys(probes)))].sort();
	const rows = ids.map((id) => [id, ...KERNELS.map((kernel) => cell(record[kernel]?.[id]))]);
	const lines = [['probe', ...KERNELS], ['---', ...KERNELS.map(() => '---')], ...rows];
	return `# Probes and kernels

Made by \`npm run test:kernels -- --record\`; not edited by hand. What the kernels of the matrix attach each probe to, and
how many instructions the verifier walks through for all its programs together, without a filter. A run that finds
another way, or a program that has grown by more than a fifth, fails. \`sonde probes ID\` says the same of a node, with all
fields.

${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`;
}

function cell(probe: ProbesOfKernel[string] | undefined): string {
	if (probe === undefined) return '';
	const counts = Object.values(probe.verified);
	if (counts.length === 0) return probe.attachment;
	return `${probe.attachment}: ${counts.reduce((sum, count) => sum + count, 0)}`;
}
