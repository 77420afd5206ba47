/** Of an expression, UTF-16 units as written. */
export const MAX_EXPRESSION_LENGTH = 65_536;
/** Nodes of the syntax tree, list elements not counted apart. */
export const MAX_AST_NODES = 16_384;
/** Brackets, calls and lists within each other. */
export const MAX_DEPTH = 64;
/** Operators and all else within each other, chains of && and || as one. */
export const MAX_NESTING = 200;
/** Of such a chain. */
export const MAX_CHAINED = 1_000;
/** Elements of one list. */
export const MAX_LIST_ELEMENTS = 10_000;
/** Of one literal text, bytes. */
export const MAX_TEXT_BYTES = 512;
/** Of a text that is looked for inside another, bytes: the program compares it at every place. */
export const MAX_CONTAINS_BYTES = 64;
/**
 * Uses of `contains` and `size` of texts in the filters of one probe, and the bytes that all its `contains` look for: the
 * verifier walks every position of a text, and stops at a million instructions.
 */
export const MAX_TEXT_SCANS = 6;
export const MAX_ALL_CONTAINS_BYTES = 96;
/** Of a text in a list that is too long for a chain of comparisons, bytes: it is a key of a map, built on the stack. */
export const MAX_LISTED_TEXT_BYTES = 128;
/** Of the filters of one probe: a program may use 64, and a body has its own. */
export const MAX_MAPS = 48;
/** Longer lists become maps. */
export const MAX_CHAIN = 16;
/** Of each of the two parts of a filter, eBPF instructions: what the placeholder holds, without what leads to the code. */
export const MAX_INSTRUCTIONS = 4_000;
