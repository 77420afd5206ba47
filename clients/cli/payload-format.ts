import type { Event } from '../typescript/index.js';
import type { Column } from './table.js';

/** How the payloads of some events become cells of a table. */
export interface PayloadFormat {
	/** The last one takes what is left of the line. */
	readonly columns: readonly Column[];
	/** One escaped cell for each column. */
	cells(event: Event): readonly string[];
}

/** How the payload of one probe becomes cells. */
export interface ProbeFormat {
	readonly columns: readonly Column[];
	/** Undefined when the payload is not this probe's. */
	cells(event: Event): readonly string[] | undefined;
}
