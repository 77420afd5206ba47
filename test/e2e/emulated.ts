import { localFeatures } from '../../service/catalog/features.js';

/** Whether every instruction of this machine is emulated, as test/kernels says: it is some twenty times slower. */
export const IS_EMULATED = process.env.SONDE_EMULATED === '1';

/** For tests of what does not depend on the kernel and takes minutes there. */
export const SKIP_IF_EMULATED =
	IS_EMULATED && 'does not depend on the kernel and takes minutes when emulated';

/**
 * For tests in which a probe is detached while other CPUs are in the middle of the calls that it watches. Where that means
 * to patch the functions themselves (return probes), an emulated 7.2 can end with "Oops: int3" in the function.
 */
export const SKIP_PATCHING_IF_EMULATED =
	IS_EMULATED &&
	localFeatures().some(({ name, available }) => name === 'return_probes' && available) &&
	'an emulated kernel can crash when a function is patched while it runs';
