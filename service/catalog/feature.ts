import type { Feature } from '../gen/sonde/v1/node_service.js';

/** Makes a feature; one that is there needs no remedy. */
export function feature(
	name: string,
	available: boolean,
	{ required = false, detail, remedy = '' }: { required?: boolean; detail: string; remedy?: string },
): Feature {
	return { name, available, required, detail, remedy: available ? '' : remedy };
}
