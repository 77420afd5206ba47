import { pino } from 'pino';
import { testUser } from '../../service/auth/test-caller.js';
import { createCatalog } from '../../service/catalog/catalog.js';
import { localFeatures, reportsMisses } from '../../service/catalog/features.js';
import { StartTraceRequest } from '../../service/gen/sonde/v1/trace_service.js';
import { createMetadata } from '../../service/metadata/metadata.js';
import { loadNative } from '../../service/native.js';
import { DEFAULT_NODE_LIMITS } from '../../service/traces/node-limits.js';
import { createTraceRegistry } from '../../service/traces/registry.js';
import type { Trace } from '../../service/traces/trace.js';
import type { Hooks } from './child.js';
import { NO_LIMITS } from './requests.js';

/** Features that a kernel is to be taken to have or to lack, by name. */
export type FeatureOverride = Readonly<Record<string, boolean>>;

/** A trace of this process, without a service in front, on this kernel as if it had or lacked some features. */
export function startAttached(
	t: Hooks,
	probe: string,
	override: FeatureOverride = {},
	filter = '',
): Promise<Trace> {
	const features = localFeatures().map((feature) => ({
		...feature,
		available: override[feature.name] ?? feature.available,
	}));
	const native = loadNative();
	const catalog = createCatalog(features);
	const log = pino({ level: 'silent' });
	const registry = createTraceRegistry({
		native,
		catalog,
		metadata: createMetadata({ native, catalog, log }),
		limits: DEFAULT_NODE_LIMITS,
		reportsMisses: reportsMisses(),
		log,
	});
	t.after(() => registry.close());
	return registry.start(testUser('test'), {
		...StartTraceRequest.decode(new Uint8Array()),
		probes: [{ probe, filter, sampling: undefined, options: undefined }],
		limits: { ...NO_LIMITS, retentionAge: undefined },
		batch: { maxEvents: undefined, maxBytes: undefined, maxDelay: { seconds: 0n, nanos: 1_000_000 } },
	});
}
