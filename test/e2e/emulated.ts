import { cpus } from 'node:os';

/** Whether every instruction of this machine is emulated: it is some twenty times slower. */
export const IS_EMULATED = cpus()[0]?.model.includes('QEMU') ?? false;

/** For tests of what does not depend on the kernel and takes minutes there. */
export const SKIP_IF_EMULATED =
	IS_EMULATED && 'does not depend on the kernel and takes minutes when emulated';
