/** switch: a comparison with each case in turn, then the body. */

import { binary, convert } from '../integer.ts';
import { complain, fail } from '../semantics/complaint.ts';
import { promoted, typeName } from '../semantics/typing.ts';
import type { Node, Statement } from '../syntax/ast.ts';
import { casesOf } from '../syntax/walk.ts';
import type { FunctionBuilder } from './builder.ts';
import { retype } from './conversion.ts';
import { lowerExpression } from './lower-expression.ts';
import { lowerStatement } from './lower-statement.ts';
import { constantOf } from './unevaluated.ts';

/** A switch statement with its body. */
export function lowerSwitch(builder: FunctionBuilder, statement: Statement & { kind: 'switch' }): void {
	const end = builder.label();
	const labels = new Map<Node, number>();
	builder.guard(() => emitDispatch(builder, statement, labels, end));
	builder.cases.push(labels);
	builder.loops.push({ breakLabel: end, continueLabel: null, regions: builder.regions.length });
	lowerStatement(builder, statement.body);
	builder.loops.pop();
	builder.cases.pop();
	builder.bind(end);
}

/** Compares the value with each case in turn. */
function emitDispatch(
	builder: FunctionBuilder,
	statement: Statement & { kind: 'switch' },
	labels: Map<Node, number>,
	end: number,
): void {
	const cases = casesOf(statement.body);
	for (const each of cases) labels.set(each, builder.label());
	const value = lowerExpression(builder, statement.value);
	if (value.type.kind !== 'integer') {
		fail(statement.value, `switch needs an integer, this is "${typeName(value.type)}"`);
	}
	const type = promoted(value.type);
	const promotedValue = retype(builder, value, type);
	const seen = new Map<number, Node>();
	let otherwise = end;
	let hasDefault = false;
	for (const each of cases) {
		const label = labels.get(each) ?? end;
		if (each.kind === 'default') {
			if (hasDefault) builder.environment.complaints.add(complain(each, 'two default labels in one switch'));
			hasDefault = true;
			otherwise = label;
			continue;
		}
		builder.guard(() => {
			const wanted = convert(type, constantOf(builder, each.value));
			const before = seen.get(wanted);
			if (before !== undefined) {
				fail(each.value, `duplicate case ${wanted}`, { notes: [{ message: 'first here', position: before.position }] });
			}
			seen.set(wanted, each.value);
			if (promotedValue.kind === 'constant') {
				if (binary('==', type, promotedValue.value, wanted) !== 0) builder.jump(label);
				return;
			}
			const mark = builder.temporaries;
			const right = builder.register({ kind: 'constant', value: wanted, type });
			const left = builder.register(promotedValue);
			builder.emit({ op: 'binary', result: right, operator: '!=', left, right, type });
			builder.emit({ op: 'branch', condition: right, target: label });
			builder.temporaries = mark;
		});
	}
	builder.jump(otherwise);
}

/** A case or default label and the statement behind it. */
export function lowerCase(builder: FunctionBuilder, statement: Statement & { kind: 'case' | 'default' }): void {
	const labels = builder.cases.at(-1);
	if (labels === undefined) {
		builder.environment.complaints.add(complain(statement, `"${statement.kind}" outside a switch`));
	}
	const label = labels?.get(statement);
	if (label !== undefined) builder.bind(label);
	lowerStatement(builder, statement.statement);
}
