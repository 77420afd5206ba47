/** Whether every instruction of this machine is emulated, as test/kernels says: it is some twenty times slower. */
export const IS_EMULATED = process.env.SONDE_EMULATED === '1';

/** For tests of what does not depend on the kernel and takes minutes there. */
export const SKIP_IF_EMULATED =
	IS_EMULATED && 'does not depend on the kernel and takes minutes when emulated';
