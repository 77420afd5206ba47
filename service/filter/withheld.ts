// Names that a caller's own expression may not have, because the fields are redacted for him: any answer about them, even how
// many events there are, would tell him what he is not to know.
import type { ASTNode } from '@marcbachmann/cel-js';
import { type Bool, eachField } from './ir.js';
import { FilterProblem } from './problem.js';
import { childrenOf } from './syntax-tree.js';

/**
 * Refuses an expression that has such a name anywhere, also where it would not be asked.
 *
 * @throws FilterProblem.
 */
export function checkWithheld(root: ASTNode, withheld: ReadonlySet<string>): void {
	if (withheld.size === 0) return;
	const open = [root];
	for (let node = open.pop(); node !== undefined; node = open.pop()) {
		const name = nameOf(node);
		if (name !== undefined && withheld.has(name))
			throw new FilterProblem(`${name} is redacted for your role: a filter of yours cannot name it`, node);
		open.push(...childrenOf(node));
	}
}

/** undefined: it is not a name, alone or within messages. */
function nameOf(node: ASTNode): string | undefined {
	if (node.op === 'id') return node.args;
	if (node.op !== '.') return undefined;
	const message = nameOf(node.args[0]);
	return message === undefined ? undefined : `${message}.${node.args[1]}`;
}

/** The same of what an expression has become: whatever way to name a field there is, it ends here. */
export function assertNothingWithheld(ir: Bool, withheld: ReadonlySet<string>): void {
	eachField(ir, ({ name }) => {
		if (withheld.has(name)) throw new FilterProblem(`${name} is redacted for your role`);
	});
}
