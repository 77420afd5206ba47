/** What the path of a cgroup says about whose it is. */
export interface CgroupFacts {
	/** Empty: none; so are the others. */
	readonly systemdUnit: string;
	readonly containerId: string;
	readonly podUid: string;
}

/** Of units that have groups of processes, or that systemd makes groups for. Source: systemd.unit(5), without slices. */
const UNIT = /^.+\.(?:service|scope|socket|mount|automount|swap|timer|path|target|device)$/;
/** As runtimes name it: "docker-ID.scope", "cri-containerd-ID.scope", "crio-ID.scope", "libpod-ID.scope", or "ID" alone. */
const CONTAINER = /^(?:.+-)?([0-9a-f]{64})(?:\.scope)?$/;
/**
 * As the kubelet names it: "podUID", or with systemd "kubepods-burstable-podUID.slice" with "_" for "-". Of static pods it
 * is a hash. Source: pkg/kubelet/cm/cgroup_manager_linux.go and pod_container_manager_linux.go of Kubernetes.
 */
const POD =
	/^(?:.+-)?pod([0-9a-f]{8}([-_])[0-9a-f]{4}\2[0-9a-f]{4}\2[0-9a-f]{4}\2[0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?$/;

/** Reads a path below the root of cgroup v2; the innermost container counts. */
export function cgroupFacts(path: string): CgroupFacts {
	const parts = path.split('/');
	const firstOf = (list: readonly string[], pattern: RegExp) =>
		list.map((part) => pattern.exec(part)?.[1]).find((found) => found !== undefined) ?? '';
	// A name that could be taken for one of the kernel's files has "_" in front.
	const unit = parts.map((part) => part.replace(/^_/, '')).find((part) => UNIT.test(part));
	return {
		systemdUnit: unit ?? '',
		containerId: firstOf([...parts].reverse(), CONTAINER),
		podUid: firstOf(parts, POD).replaceAll('_', '-'),
	};
}
