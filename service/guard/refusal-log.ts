import type { Logger } from 'pino';
import type { GuardRefusal } from '../native.js';

/** Of one look; whoever calls again and again fills no log. */
const LINES_PER_LOOK = 5;
/** Of the kernel's numbers of devices: include/linux/kdev_t.h. */
const MINOR_BITS = 20n;

/** Writes one line for each of the first refusals of a look, and one for how many were not written. */
export function logRefusals(
	log: Logger,
	refusals: readonly GuardRefusal[],
	{ enforces, untold }: { readonly enforces: boolean; readonly untold: bigint },
): void {
	const said = enforces ? 'the guard refused a call' : 'the guard would have refused a call';
	for (const refusal of refusals.slice(0, LINES_PER_LOOK)) {
		const { guarded, pid, tgid, uid, comm, executable, device, inode } = refusal;
		const where = { device: deviceText(device), inode: String(inode) };
		log.warn({ call: guarded, pid, tgid, uid, comm, executable, ...where }, said);
	}
	const more = BigInt(Math.max(0, refusals.length - LINES_PER_LOOK)) + untold;
	if (more > 0n) log.warn({ more: Number(more) }, `${said}, and more than are written`);
}

/** As in /proc/self/mountinfo. */
function deviceText(device: bigint): string {
	return `${device >> MINOR_BITS}:${device & ((1n << MINOR_BITS) - 1n)}`;
}
