// Code that blanks fields of an event which all filters have let pass.
import { SPARE_BYTES } from '../field.js';
import type { BlankPlace, FixedPlace, TailPlace } from '../redaction.js';
import type { Code } from './code.js';
import type { Size } from './opcodes.js';

/** Whether blanking it takes a call of a helper. */
export function isTail(place: BlankPlace): place is TailPlace {
	return place.kind === 'tail';
}

/** Writes what blanks them, in turn. */
export function writeBlanks(code: Code, places: readonly BlankPlace[]): void {
	for (const place of places) {
		if (isTail(place)) blankTail(code, place);
		else blankFixed(code, place);
	}
}

function blankFixed({ asm, event }: Code, { offset, size }: FixedPlace): void {
	for (let at = offset; at < offset + size; ) {
		const piece = pieceAt(at, offset + size - at);
		asm.store(event, at, piece, { immediate: 0 });
		at += piece;
	}
}

/** Events are aligned to 8. */
function pieceAt(offset: number, left: number): Size {
	return ([8, 4, 2] as const).find((size) => size <= left && offset % size === 0) ?? 1;
}

/**
 * The length alone keeps the bytes out of the ring, as programs submit what is in use. They go, too, with the few behind them that
 * reading leaves: nobody need look whether a program keeps to that. What cannot be read leaves zeros
 * (bpf_probe_read_kernel_common in kernel/trace/bpf_trace.c), and nothing can be at address 0. That takes one call for any length,
 * where a loop would be walked by the verifier once for each step.
 */
function blankTail({ asm, event }: Code, { lengthOffset, offset, capacity }: TailPlace): void {
	const bounded = asm.label();
	asm.load(2, 2, event, lengthOffset);
	// It is never more: for the verifier.
	asm.jumpIf(2, '<=', { immediate: capacity }, bounded);
	asm.alu(2, '=', { immediate: capacity });
	asm.bind(bounded);
	asm.alu(2, '+=', { immediate: SPARE_BYTES });
	asm.alu(1, '=', { register: event });
	asm.alu(1, '+=', { immediate: offset });
	asm.alu(3, '=', { immediate: 0 });
	asm.call('probe_read_kernel');
	asm.store(event, lengthOffset, 2, { immediate: 0 });
}
