import type { SondeClient } from '../../clients/typescript/index.js';

const CALLS = 5;

/** Opens the channel and measures the shortest of some calls on it, ms: what the way there and back takes. */
export async function measureRoundTripMs(client: Pick<SondeClient, 'getNode'>): Promise<number> {
	let least = Number.POSITIVE_INFINITY;
	for (let call = 0; call <= CALLS; call++) {
		const startMs = performance.now();
		await client.getNode();
		// The first one connects.
		if (call > 0) least = Math.min(least, performance.now() - startMs);
	}
	return least;
}
