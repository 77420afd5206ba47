import type { Logger } from 'pino';
import type { Catalog } from '../catalog/catalog.js';
import { findCgroupRoot } from '../cgroup-root.js';
import type { Native } from '../native.js';
import { createCgroupTable } from './cgroups.js';
import { findCgroup } from './find-cgroup.js';
import type { Mention } from './mention.js';
import { createProcessTracker, type ProcessTracker } from './process-tracker.js';
import { createProcessTable } from './processes.js';
import { createRedactor } from './redactor.js';
import { createUserTable } from './users.js';
import { NOTHING_WITHHELD, type Withheld } from './withheld.js';

/** Who the processes, cgroups and users in events are. */
export interface Metadata {
	/**
	 * Follows the host's processes for one trace more.
	 *
	 * @param withheld what its readers are not told; nothing is withheld if it is not given.
	 * @throws what NativeTrace.open throws.
	 */
	join(withheld?: Withheld): Promise<MetadataUse>;
}

/** What one trace has of it. */
export interface MetadataUse {
	/** @param subjects as EventBatch.takeSubjects gives them. */
	mentionsOf(subjects: BigUint64Array): readonly Mention[];
	/** With the last one nothing is followed any more, and all is forgotten. May be called twice. */
	leave(): void;
}

const FOREVER = 2n ** 64n;
/** Numbers of a subject. */
const SUBJECT_NUMBERS = 4;
/** Processes of a batch that are looked for in /proc at once, some 50 µs each; the others when their turn to be sent comes. */
const LOOKS_PER_BATCH = 64;

interface MetadataInit {
	readonly native: Native;
	readonly catalog: Catalog;
	readonly log: Logger;
}

/** Follows nothing yet. */
export function createMetadata({ native, catalog, log }: MetadataInit): Metadata {
	const users = createUserTable();
	const cgroups = createCgroupTable(pathOfGroup);
	let uses = 0;
	/** Started and stopped one after the other. */
	let turn: Promise<unknown> = Promise.resolve();
	let tracker: ProcessTracker | undefined;
	// Without a tracker there is nothing to wait for.
	const processes = createProcessTable(() => tracker?.completeUntil() ?? FOREVER);
	/** The kernel has a path for an id, but not for everybody. */
	let mayAsk = true;

	function pathOfGroup(id: bigint): string {
		const root = findCgroupRoot();
		if (root === undefined) return '';
		if (!mayAsk) return findCgroup(root, id);
		try {
			const path = native.cgroupPath(root, id);
			return path.startsWith(root) ? path.slice(root.length) || '/' : '';
		} catch (error) {
			log.info({ err: error }, 'paths of cgroups are looked for one by one');
			mayAsk = false;
			return findCgroup(root, id);
		}
	}

	async function follow(): Promise<void> {
		if (tracker !== undefined || uses === 0) return;
		// Of readers that came for the rest of an ended trace.
		forget();
		const started = createProcessTracker(native, catalog, processes);
		await started.start();
		tracker = started;
	}

	async function unfollow(): Promise<void> {
		if (tracker === undefined || uses > 0) return;
		await tracker.stop();
		tracker = undefined;
		forget();
	}

	function forget(): void {
		for (const table of [processes, users, cgroups]) table.clear();
	}

	function inTurn(step: () => Promise<void>): Promise<void> {
		const next = turn.then(step);
		turn = next.catch(() => undefined);
		return next;
	}

	function leave(): void {
		uses--;
		inTurn(unfollow).catch((error) => log.error({ err: error }, 'cannot stop following processes'));
	}

	function mentionsOf(subjects: BigUint64Array): Mention[] {
		const mentions = new Set<Mention>();
		for (let i = 0; i < subjects.length; i += SUBJECT_NUMBERS) {
			const [tgid = 0n, startNs = 0n, cgroup = 0n, uid = 0n] = subjects.subarray(i, i + SUBJECT_NUMBERS);
			// Nobody's: the kernel did it for no process that is known.
			if (tgid === 0n) continue;
			const mayLook = i < LOOKS_PER_BATCH * SUBJECT_NUMBERS;
			mentions.add(processes.mention({ tgid: Number(tgid), startNs }, mayLook));
			mentions.add(users.mention(Number(uid)));
			if (cgroup !== 0n) mentions.add(cgroups.mention(cgroup));
		}
		return [...mentions];
	}

	return {
		async join(withheld = NOTHING_WITHHELD) {
			uses++;
			const redacted = createRedactor(withheld);
			let isIn = true;
			const use: MetadataUse = {
				mentionsOf: (subjects) => mentionsOf(subjects).map(redacted),
				leave() {
					if (isIn) leave();
					isIn = false;
				},
			};
			try {
				await inTurn(follow);
			} catch (error) {
				use.leave();
				throw error;
			}
			return use;
		},
	};
}
