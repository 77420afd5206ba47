import type { AuditConfig } from './audit-config.js';

/** Where audit lines go. */
export type AuditTarget =
	| {
			readonly kind: 'file';
			readonly file: string;
			/** The file is put aside before it becomes larger. */
			readonly maxBytes: number;
			/** Files put aside that are kept: FILE.1 is the newest. */
			readonly keep: number;
			/** Each line is on the disk before its call is answered: it outlives a crash of the host, not only of the node. */
			readonly sync: boolean;
	  }
	| { readonly kind: 'stdout' };

/** What a node does about its audit. */
export interface AuditSettings {
	readonly target: AuditTarget;
	/** Without it, what has to be audited is refused. */
	readonly required: boolean;
}

const DEFAULT_FILE_BYTES = 64 * 1024 * 1024;
const DEFAULT_KEPT = 8;

/** @param defaultFile Where the audit goes if nobody says. */
export function completeAudit(config: AuditConfig, defaultFile: string): AuditSettings {
	const { stdout, file = defaultFile, max_bytes, keep, sync, required = true } = config;
	if (stdout) return { required, target: { kind: 'stdout' } };
	return {
		required,
		target: {
			kind: 'file',
			file,
			maxBytes: max_bytes ?? DEFAULT_FILE_BYTES,
			keep: keep ?? DEFAULT_KEPT,
			sync: sync ?? false,
		},
	};
}
