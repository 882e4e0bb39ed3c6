/** What a name stands for. */

import { Complaint, fail } from '../semantics/complaint.ts';
import type { NameSymbol } from '../semantics/symbols.ts';
import { didYouMean } from '../suggestion.ts';
import type { Node } from '../syntax/ast.ts';
import type { FunctionBuilder } from './builder.ts';

/** What a name stands for; fails with a suggestion when it stands for nothing. */
export function resolveName(builder: FunctionBuilder, node: Node, name: string): NameSymbol {
	const symbol = builder.lookUp(name);
	if (symbol?.kind === 'broken') throw new Complaint(null);
	if (symbol !== undefined) return symbol;
	const hint = builder.environment.hint(name);
	if (hint !== null) fail(node, `"${name}" is not declared here`, { advice: hint });
	return fail(node, `"${name}" is not declared${didYouMean(name, builder.names())}`);
}

/** Refuses what was declared `extern` and is defined nowhere. */
export function requireDefined(
	builder: FunctionBuilder,
	node: Node,
	symbol: { readonly index: number | null; readonly name: string; readonly node: Node },
): void {
	if (symbol.index !== null) return;
	const hint = builder.environment.hint(symbol.name);
	fail(node, `"${symbol.name}" is declared, but no file of the model defines it`, {
		...(hint === null ? {} : { advice: hint }),
		notes: [{ message: 'declared here', position: symbol.node.position }],
	});
}
