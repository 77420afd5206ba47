import type { BudgetStepRecord, GapRecord, Record, UpdatedRecord } from '../typescript/index.js';

/** What a stream says beside events, for people. */
export function recordLine({ kind }: Record): string | undefined {
	switch (kind.case) {
		case 'gap':
			return gapLine(kind.value);
		case 'budgetStep':
			return stepLine(kind.value);
		case 'updated':
			return updatedLine(kind.value);
		default:
			return undefined;
	}
}

/** The warning for events that this command was too slow for. */
function gapLine({ firstSequence, lastSequence }: GapRecord): string {
	const count = lastSequence - firstSequence + 1n;
	return `sonde: lost events ${firstSequence} to ${lastSequence} (${count}): this reader was too slow`;
}

function stepLine({ sampleOneIn, measuredPermille, probeIndex }: BudgetStepRecord): string {
	const share = (measuredPermille / 10).toFixed(1);
	const kept = sampleOneIn === 1 ? 'every hit is' : `1 hit in ${sampleOneIn} is`;
	return `sonde: CPU budget: programs took ${share} % of a core; of probe ${probeIndex}, ${kept} kept from here on`;
}

function updatedLine({ generation }: UpdatedRecord): string {
	return `sonde: the settings of the trace were changed (generation ${generation})`;
}
