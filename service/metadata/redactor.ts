import type { MetadataRecord, Record } from '../gen/sonde/v1/record.js';
import type { Mention } from './mention.js';
import type { Withheld } from './withheld.js';

/**
 * Makes mentions tell less. The tables behind them are shared by all traces, so each gets one beside it for this trace: always the
 * same, as readers are told of each once.
 */
export function createRedactor(withheld: Withheld): (mention: Mention) => Mention {
	if (!withheld.arguments && !withheld.paths) return (mention) => mention;
	const redacted = new WeakMap<Mention, Mention>();
	return (mention) => {
		const known = redacted.get(mention) ?? redactMention(mention, withheld);
		redacted.set(mention, known);
		return known;
	};
}

function redactMention(mention: Mention, withheld: Withheld): Mention {
	let said: Record | undefined;
	return {
		record() {
			const record = mention.record();
			if (record === undefined) return undefined;
			said ??= redactRecord(record, withheld);
			return said;
		},
	};
}

/** Cgroups and users have neither: the path of a cgroup is of no file of anybody's, but the name of a service or container. */
function redactRecord(record: Record, withheld: Withheld): Record {
	const { kind } = record;
	if (kind?.$case !== 'metadata') return record;
	return { kind: { $case: 'metadata', value: redactProcess(kind.value, withheld) } };
}

function redactProcess(value: MetadataRecord, withheld: Withheld): MetadataRecord {
	return {
		...value,
		...(withheld.arguments ? { arguments: [], argumentsTruncated: false } : {}),
		...(withheld.paths
			? {
					executable: '',
					ancestors: value.ancestors.map((ancestor) => ({ ...ancestor, executable: '' })),
				}
			: {}),
	};
}
