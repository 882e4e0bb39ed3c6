/** Statements that jump: labels, goto, break, continue, return. Regions end before control leaves them. */

import { complain, fail } from '../semantics/complaint.ts';
import { intType, typeName } from '../semantics/typing.ts';
import type { Value } from '../semantics/value.ts';
import { didYouMean } from '../suggestion.ts';
import type { Node, Statement } from '../syntax/ast.ts';
import type { FunctionBuilder, Region } from './builder.ts';
import { assignable } from './conversion.ts';
import { lowerExpression } from './lower-expression.ts';
import { lowerStatement } from './lower-statement.ts';

/** `name: statement`. */
export function lowerLabel(builder: FunctionBuilder, statement: Statement & { kind: 'label' }): void {
	const named = builder.namedLabels.get(statement.name);
	if (named === undefined) {
		builder.environment.complaints.add(complain(statement, 'a label cannot be inside a statement expression'));
	} else {
		builder.bind(named.label);
	}
	lowerStatement(builder, statement.statement);
}

/** `goto name`. Fails for a label that is not there, or is inside a region. */
export function lowerGoto(builder: FunctionBuilder, statement: Statement & { kind: 'goto' }): void {
	const named = builder.namedLabels.get(statement.label);
	if (named === undefined) {
		const near = didYouMean(statement.label, builder.namedLabels.keys());
		fail(statement, `there is no label "${statement.label}" in this function${near}`);
	}
	const outside = named.regions.find((region, depth) => builder.regions[depth]?.node !== region);
	if (outside !== undefined) {
		fail(statement, 'goto into an atomic or ghost block', {
			notes: [{ message: 'the block begins here', position: outside.position }],
		});
	}
	leaveRegions(builder, named.regions.length, statement);
	builder.jump(named.label);
}

/** `break` and `continue`. */
export function lowerBreak(builder: FunctionBuilder, statement: Statement & { kind: 'break' | 'continue' }): void {
	const loop = builder.loops.findLast((each) => statement.kind === 'break' || each.continueLabel !== null);
	const label = statement.kind === 'break' ? loop?.breakLabel : loop?.continueLabel;
	if (loop === undefined || label === undefined || label === null) {
		fail(statement, `"${statement.kind}" outside a loop${statement.kind === 'break' ? ' or switch' : ''}`);
	}
	leaveRegions(builder, loop.regions, statement);
	builder.jump(label);
}

/** Ends the regions from `depth` on, before control leaves them. */
function leaveRegions(builder: FunctionBuilder, depth: number, node: Node): void {
	for (const region of builder.regions.slice(depth).toReversed()) endRegion(builder, region, node);
}

function endRegion(builder: FunctionBuilder, region: Region, node: Node): void {
	if (region.kind === 'atomic') {
		builder.emit({ op: 'atomicEnd' });
		return;
	}
	fail(node, `control cannot leave ${region.kind === 'ghost' ? 'a ghost block' : 'this expression'} from inside`, {
		...(region.kind === 'ghost' ? { advice: 'ghost code must not change what the model does' } : {}),
	});
}

/** `return`, with a value converted to what the function returns. */
export function lowerReturn(builder: FunctionBuilder, statement: Statement & { kind: 'return' }): void {
	const { result } = builder;
	if (result === null) fail(statement, 'an expression has nothing to return from');
	let value: Value | null = null;
	if (statement.value === null) {
		if (result.kind !== 'void') fail(statement, `this function returns "${typeName(result)}": a value is missing`);
	} else if (result.kind === 'void') {
		value = lowerExpression(builder, statement.value, false);
		if (value.type.kind !== 'void') fail(statement.value, 'this function returns nothing');
		value = null;
	} else {
		value = assignable(builder, lowerExpression(builder, statement.value), result, statement.value, 'the result');
	}
	const source = value === null ? null : builder.register(value);
	leaveRegions(builder, 0, statement);
	builder.emit({ op: 'return', source });
}

/** Emits the end of a function that control may reach: at its closing brace. */
export function lowerEnd(builder: FunctionBuilder, brace: Node): void {
	builder.begin(brace);
	if (builder.result === null || builder.result.kind === 'void') {
		builder.emit({ op: 'return', source: null });
		return;
	}
	const source = builder.register({ kind: 'constant', value: 0, type: intType });
	builder.emit({ op: 'return', source });
}
