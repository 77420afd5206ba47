import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAssembler } from './assembler.js';
import { disassemble } from './disassemble.js';

const textOf = (code: Buffer) => disassemble(code).map(({ slot, text }) => `${slot}: ${text}`);

test('instructions are written and read back', () => {
	const asm = createAssembler();
	const end = asm.label();
	asm.alu(2, '=', { immediate: -5 });
	asm.alu(2, '+=', { register: 3 });
	asm.alu32(4, '^=', { immediate: 7 });
	asm.negate(2);
	asm.load(5, 2, 1, 106);
	asm.store(10, -8, 8, { register: 5 });
	asm.store(10, -16, 1, { immediate: 2 });
	asm.immediate64(0, -(2n ** 63n));
	asm.map(1, 0);
	asm.call('map_lookup_elem');
	asm.jumpIf(0, 's<=', { register: 2 }, end);
	asm.jumpIf32(0, '!=', { immediate: 9 }, end);
	asm.alu(0, '=', { immediate: 1 });
	asm.bind(end);
	const { code, instructions, mapReferences } = asm.finish();
	assert.equal(instructions, 15);
	assert.deepEqual(mapReferences, [{ slot: 9, map: 0 }]);
	assert.deepEqual(textOf(code), [
		'0: r2 = -5',
		'1: r2 += r3',
		'2: w4 ^= 7',
		'3: r2 = -r2',
		'4: r5 = *(u16 *)(r1 + 106)',
		'5: *(u64 *)(r10 - 8) = r5',
		'6: *(u8 *)(r10 - 16) = 2',
		'7: r0 = 0x8000000000000000 ll',
		'9: r1 = map 0',
		'11: call map_lookup_elem',
		'12: if r0 s<= r2 goto 15',
		'13: if w0 != 9 goto 15',
		'14: r0 = 1',
	]);
});

test('what cannot be reached, and jumps to what comes next, are left out', () => {
	const asm = createAssembler();
	const [next, end, never] = [asm.label(), asm.label(), asm.label()];
	asm.jump(next);
	asm.bind(never);
	asm.alu(0, '=', { immediate: 7 });
	asm.jump(end);
	asm.bind(next);
	asm.alu(0, '=', { immediate: 1 });
	asm.jump(end);
	asm.bind(end);
	assert.deepEqual(textOf(asm.finish().code), ['0: r0 = 1']);
});

test('a jump to a label that is nowhere is a mistake', () => {
	const asm = createAssembler();
	asm.jump(asm.label());
	assert.throws(() => asm.finish(), { message: 'a jump to a label that is nowhere' });
});
