import { constants } from 'node:os';

/**
 * Errors that Node's os.constants.errno lacks.
 * Source: Linux include/uapi/asm-generic/errno.h (used by x86-64 and arm64); from 512 on include/linux/errno.h, which
 * only tracers see, because the kernel turns them into a restart or EINTR on the way to the process.
 */
const MORE_ERRORS: readonly (readonly [number, string])[] = [
	[15, 'ENOTBLK'],
	[44, 'ECHRNG'],
	[45, 'EL2NSYNC'],
	[46, 'EL3HLT'],
	[47, 'EL3RST'],
	[48, 'ELNRNG'],
	[49, 'EUNATCH'],
	[50, 'ENOCSI'],
	[51, 'EL2HLT'],
	[52, 'EBADE'],
	[53, 'EBADR'],
	[54, 'EXFULL'],
	[55, 'ENOANO'],
	[56, 'EBADRQC'],
	[57, 'EBADSLT'],
	[59, 'EBFONT'],
	[64, 'ENONET'],
	[65, 'ENOPKG'],
	[66, 'EREMOTE'],
	[68, 'EADV'],
	[69, 'ESRMNT'],
	[70, 'ECOMM'],
	[73, 'EDOTDOT'],
	[76, 'ENOTUNIQ'],
	[77, 'EBADFD'],
	[78, 'EREMCHG'],
	[79, 'ELIBACC'],
	[80, 'ELIBBAD'],
	[81, 'ELIBSCN'],
	[82, 'ELIBMAX'],
	[83, 'ELIBEXEC'],
	[85, 'ERESTART'],
	[86, 'ESTRPIPE'],
	[87, 'EUSERS'],
	[94, 'ESOCKTNOSUPPORT'],
	[96, 'EPFNOSUPPORT'],
	[108, 'ESHUTDOWN'],
	[109, 'ETOOMANYREFS'],
	[112, 'EHOSTDOWN'],
	[117, 'EUCLEAN'],
	[118, 'ENOTNAM'],
	[119, 'ENAVAIL'],
	[120, 'EISNAM'],
	[121, 'EREMOTEIO'],
	[123, 'ENOMEDIUM'],
	[124, 'EMEDIUMTYPE'],
	[126, 'ENOKEY'],
	[127, 'EKEYEXPIRED'],
	[128, 'EKEYREVOKED'],
	[129, 'EKEYREJECTED'],
	[130, 'EOWNERDEAD'],
	[131, 'ENOTRECOVERABLE'],
	[132, 'ERFKILL'],
	[133, 'EHWPOISON'],
	[512, 'ERESTARTSYS'],
	[513, 'ERESTARTNOINTR'],
	[514, 'ERESTARTNOHAND'],
	[515, 'ENOIOCTLCMD'],
	[516, 'ERESTART_RESTARTBLOCK'],
	[517, 'EPROBE_DEFER'],
	[518, 'EOPENSTALE'],
	[519, 'ENOPARAM'],
];

/** Second names of numbers; the kernel's own is the other one. */
const ALIASES: ReadonlySet<string> = new Set(['EWOULDBLOCK', 'ENOTSUP']);

const NAMES: ReadonlyMap<number, string> = new Map([
	...Object.entries(constants.errno)
		.filter(([name]) => !ALIASES.has(name))
		.map(([name, number]): [number, string] => [number, name]),
	...MORE_ERRORS,
]);

/** Name of an errno, for example ENOENT for 2; "errno 9999" for a number that has none. */
export function errnoName(errno: number): string {
	return NAMES.get(errno) ?? `errno ${errno}`;
}
