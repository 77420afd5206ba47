import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { release } from 'node:os';
import { feature } from '../catalog/feature.js';
import { isKernelAtLeast } from '../catalog/kernel-version.js';
import type { Feature } from '../gen/sonde/v1/node_service.js';
import type { KernelSupport } from '../native.js';
import { allows, CAPABILITIES } from './capabilities.js';
import { perfEventParanoid } from './perf-event-paranoid.js';
import { ownPrivileges } from './process-privileges.js';

/** Of /proc/kallsyms, to tell whether it has addresses: the first ones may be 0 for everybody. */
const SYMBOL_BYTES = 65_536;
const NON_ZERO_ADDRESS = /^(?!0{16})[0-9a-f]{16} /m;

/** What privileges of this process allow beside programs, by trying it, and the capabilities themselves. */
export function privilegeFeatures(support: KernelSupport): Feature[] {
	return [lockedMemory(), perfEvents(support), kernelSymbols(), ...capabilities()];
}

/** What is to be done about a refusal of programs: the capabilities that this process lacks. */
export function remedyForPrograms(): string {
	const { effective } = ownPrivileges();
	const lacking = CAPABILITIES.filter(({ name }) => name === 'BPF' || name === 'PERFMON')
		.filter(({ bit }) => !allows(effective, bit))
		.map(({ name }) => `CAP_${name}`);
	if (lacking.length === 0)
		return 'a security module or a container refuses them: let this process use bpf(2)';
	return `run as root, or grant ${lacking.join(' and ')}`;
}

/** Once programs have been loaded: libbpf raises the limit then, with CAP_SYS_RESOURCE. */
function lockedMemory(): Feature {
	const [, limit = '0'] = /^Max locked memory +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
	const isCharged = !isKernelAtLeast(release(), 5, 11);
	const available = !isCharged || limit === 'unlimited';
	return feature('locked_memory', available, {
		required: true,
		detail: available
			? isCharged
				? 'BPF maps may be as large as they need to be'
				: 'BPF maps are not charged to the limit of locked memory'
			: `before kernel 5.11 BPF maps are charged to the limit of locked memory, which is ${limit} bytes`,
		remedy: 'set it to unlimited (LimitMEMLOCK=infinity, ulimit -l unlimited), or grant CAP_SYS_RESOURCE',
	});
}

function perfEvents({ perfEventError }: KernelSupport): Feature {
	const paranoid = perfEventParanoid();
	return feature('perf_events', perfEventError === '', {
		detail:
			perfEventError === ''
				? 'perf events, by which programs are attached to tracepoints of system calls'
				: `no perf events, by which programs are attached to tracepoints of system calls: ${perfEventError}, ` +
					`with kernel.perf_event_paranoid = ${paranoid}`,
		remedy:
			paranoid > 2 ? 'grant CAP_SYS_ADMIN, or set kernel.perf_event_paranoid to 2' : 'grant CAP_PERFMON',
	});
}

function kernelSymbols(): Feature {
	const available = NON_ZERO_ADDRESS.test(startOf('/proc/kallsyms'));
	return feature('kernel_symbols', available, {
		detail: available
			? 'addresses in the kernel have names'
			: 'addresses in the kernel have no names: /proc/kallsyms does not give them to this process',
		remedy: 'grant CAP_SYSLOG, and let kernel.kptr_restrict be less than 2',
	});
}

/** Those of use on this host, whatever it listens on. */
function capabilities(): Feature[] {
	const { effective, permitted } = ownPrivileges();
	const host = { release: release(), perfEventParanoid: perfEventParanoid(), port: 0, held: permitted };
	return CAPABILITIES.filter(({ isUseful }) => isUseful(host)).map(({ name, bit, use }) =>
		feature(`capability.${name.toLowerCase()}`, allows(effective, bit), {
			detail: `for ${use}`,
			remedy: `run as root, or grant CAP_${name}`,
		}),
	);
}

/** Its first bytes; empty if it cannot be read. */
function startOf(file: string): string {
	let fd: number | undefined;
	try {
		fd = openSync(file, 'r');
		const bytes = Buffer.alloc(SYMBOL_BYTES);
		return bytes.toString('latin1', 0, readSync(fd, bytes));
	} catch {
		return '';
	} finally {
		if (fd !== undefined) closeSync(fd);
	}
}
