import { pino } from 'pino';
import { createCatalog } from '../../service/catalog/catalog.js';
import { localFeatures, reportsMisses } from '../../service/catalog/features.js';
import { loadNative } from '../../service/native.js';
import { createTraceRegistry } from '../../service/traces/registry.js';
import type { Trace } from '../../service/traces/trace.js';
import type { Hooks } from './child.js';

/** Features that a kernel is to be taken to have or to lack, by name. */
export type FeatureOverride = Readonly<Record<string, boolean>>;

/** A trace of this process, without a service in front, on this kernel as if it had or lacked some features. */
export function startAttached(t: Hooks, probe: string, override: FeatureOverride = {}): Promise<Trace> {
	const features = localFeatures().map((feature) => ({
		...feature,
		available: override[feature.name] ?? feature.available,
	}));
	const registry = createTraceRegistry({
		native: loadNative(),
		catalog: createCatalog(features),
		reportsMisses: reportsMisses(),
		log: pino({ level: 'silent' }),
	});
	t.after(() => registry.close());
	return registry.start('test', {
		probes: [{ probe, sampleOneIn: 1 }],
		eventsPerSecond: 10_000_000,
		ringBytes: 8_388_608,
		retentionBytes: 33_554_432,
		batch: { maxEvents: 4_096, maxBytes: 262_144, maxDelayNs: 1_000_000n },
		leaseNs: 60_000_000_000n,
		maxDurationNs: 60_000_000_000n,
	});
}
