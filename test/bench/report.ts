import type { Machine } from './machine.js';
import type { Results } from './results.js';
import { formatTables } from './tables.js';

/** A run, as it is written down. */
export interface Report {
	readonly date: Date;
	readonly machine: Machine;
	/** Versions of what was compared with, and where they come from. */
	readonly peers: string;
	readonly results: Results;
}

/** The whole of RESULTS.md. */
export function formatResults({ date, machine, peers, results }: Report): string {
	return `# Benchmark results

Made by \`npm run bench\`; not edited by hand.

- date: ${date.toISOString().slice(0, 10)}
- kernel: ${machine.kernel}
- CPU: ${machine.cpu}, ${machine.cpus} of them
- versions: ${machine.versions.join(', ')}; peers: ${peers}
- load: one thread that opens a missing file in a loop, alone on its CPU; all readers share another CPU
- figures: medians of ${results.rounds.length} rounds, rows in turn; CPU time, "added" against the same round's row without tracing
- the limit: a consumer in C over libbpf that reads the same fields and throws them away
- Sonde: a fresh service, and in another process a client that counts bytes and decodes nothing, over mTLS; in its JSON row
  the client is \`sonde trace -o json\` into a file
- bpftrace prints the same fields, opensnoop those that it has, both into a file
- "came out" and "lost" are of the load's own opens; CPU s/1M is for a million events that came out

${formatTables(results)}
## Raw figures

\`\`\`json
${JSON.stringify(results, undefined, 1)}
\`\`\`
`;
}
