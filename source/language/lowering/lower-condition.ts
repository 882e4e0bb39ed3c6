/** Conditions as control flow: short circuits jump, nothing is computed twice. */

import type { BinaryOperator, Register } from '../code.ts';
import type { Expression } from '../syntax/ast.ts';
import type { FunctionBuilder } from './builder.ts';
import { requireCondition } from './conversion.ts';
import { lowerExpression } from './lower-expression.ts';

/** Goes to `label` when the condition is false and falls through when it is true. */
export function jumpIfFalse(builder: FunctionBuilder, condition: Expression, label: number): void {
	branchOn(builder, condition, label, false);
}

/** Goes to `label` when the condition is true and falls through when it is false. */
export function jumpIfTrue(builder: FunctionBuilder, condition: Expression, label: number): void {
	branchOn(builder, condition, label, true);
}

function branchOn(builder: FunctionBuilder, condition: Expression, label: number, when: boolean): void {
	builder.at(condition, () => {
		if (condition.kind === 'logical') {
			branchOnLogical(builder, condition, label, when);
			return;
		}
		if (condition.kind === 'unary' && condition.operator === '!') {
			branchOn(builder, condition.operand, label, !when);
			return;
		}
		branchOnValue(builder, condition, label, when);
	});
}

function branchOnLogical(
	builder: FunctionBuilder,
	condition: Expression & { kind: 'logical' },
	label: number,
	when: boolean,
): void {
	const { operator, left, right } = condition;
	// `a && b` is false as soon as a is; `a || b` is true as soon as a is.
	if ((operator === '||') === when) {
		branchOn(builder, left, label, when);
		branchOn(builder, right, label, when);
		return;
	}
	const decided = builder.label();
	branchOn(builder, left, decided, !when);
	branchOn(builder, right, label, when);
	builder.bind(decided);
}

function branchOnValue(builder: FunctionBuilder, condition: Expression, label: number, when: boolean): void {
	const mark = builder.temporaries;
	const value = lowerExpression(builder, condition);
	requireCondition(value, condition);
	if (value.kind === 'constant') {
		// A condition that the configuration decided is no place to stop.
		if (builder.pending !== null) builder.pending = null;
		if ((value.value !== 0) === when) builder.jump(label);
		builder.temporaries = mark;
		return;
	}
	const register = builder.register(value);
	if (!when) builder.emit({ op: 'branch', condition: register, target: label });
	else branchIfTrue(builder, register, label);
	builder.temporaries = mark;
}

const opposite: Readonly<Partial<Record<BinaryOperator, BinaryOperator>>> = {
	'==': '!=',
	'!=': '==',
	'<': '>=',
	'>=': '<',
	'>': '<=',
	'<=': '>',
};

/** `branch` jumps on zero, so the value is turned round: a comparison by comparing the other way. */
function branchIfTrue(builder: FunctionBuilder, register: Register, label: number): void {
	const negated = builder.negateLast(register, opposite);
	if (negated) {
		builder.emit({ op: 'branch', condition: register, target: label });
		return;
	}
	const next = builder.label();
	builder.emit({ op: 'branch', condition: register, target: next });
	builder.jump(label);
	builder.bind(next);
}
