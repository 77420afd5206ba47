import type { ASTNode } from '@marcbachmann/cel-js';

/** The parts of a node that are nodes. */
export function childrenOf({ args }: ASTNode): ASTNode[] {
	const found: ASTNode[] = [];
	const collect = (value: unknown) => {
		if (Array.isArray(value)) for (const each of value) collect(each);
		else if (isNode(value)) found.push(value);
	};
	collect(args);
	return found;
}

function isNode(value: unknown): value is ASTNode {
	return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
