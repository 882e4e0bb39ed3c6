/** Statements to instructions. */

import { voidType } from '../semantics/typing.ts';
import type { Value } from '../semantics/value.ts';
import type { Expression, Node, Statement } from '../syntax/ast.ts';
import type { FunctionBuilder } from './builder.ts';
import { jumpIfFalse, jumpIfTrue } from './lower-condition.ts';
import { keepOnly, lowerExpression } from './lower-expression.ts';
import { lowerBreak, lowerGoto, lowerLabel, lowerReturn } from './lower-jump.ts';
import { lowerLocalDeclaration } from './lower-local.ts';
import { lowerCase, lowerSwitch } from './lower-switch.ts';

/** Emits a statement. Complaints are noted, and end only the simple statement they are in. */
export function lowerStatement(builder: FunctionBuilder, statement: Statement): void {
	builder.begin(statement);
	lower(builder, statement);
	builder.end(statement);
}

function lower(builder: FunctionBuilder, statement: Statement): void {
	switch (statement.kind) {
		case 'block':
			lowerBlock(builder, statement);
			break;
		case 'declaration':
			for (const declaration of statement.declarations) {
				builder.begin(declaration);
				builder.guard(() => lowerLocalDeclaration(builder, declaration));
				builder.end(declaration);
			}
			break;
		case 'expression':
			builder.guard(() => lowerExpression(builder, statement.value, false));
			break;
		case 'empty':
			break;
		case 'if':
			lowerIf(builder, statement);
			break;
		case 'while':
		case 'doWhile':
		case 'for':
			lowerLoop(builder, statement);
			break;
		case 'switch':
			lowerSwitch(builder, statement);
			break;
		case 'case':
		case 'default':
			lowerCase(builder, statement);
			break;
		case 'label':
			lowerLabel(builder, statement);
			break;
		case 'goto':
			builder.guard(() => lowerGoto(builder, statement));
			break;
		case 'break':
		case 'continue':
			builder.guard(() => lowerBreak(builder, statement));
			break;
		case 'return':
			builder.guard(() => lowerReturn(builder, statement));
			break;
		case 'atomic':
		case 'ghost':
			lowerRegion(builder, statement, statement.kind, () => lowerBlock(builder, statement.body));
			break;
	}
}

/** The statements of a block, in a scope of its own. */
function lowerBlock(builder: FunctionBuilder, block: Statement & { kind: 'block' }): void {
	builder.openScope();
	for (const statement of block.statements) lowerStatement(builder, statement);
	builder.closeScope();
}

/** Emits what begins and ends a region around `task`. */
export function lowerRegion(builder: FunctionBuilder, node: Node, kind: 'atomic' | 'ghost', task: () => void): void {
	// Ghost code is no place to stop: it belongs to what it follows.
	if (kind === 'ghost') builder.pending = null;
	builder.emit({ op: kind === 'atomic' ? 'atomicBegin' : 'ghostBegin' });
	builder.regions.push({ kind, node });
	task();
	builder.regions.pop();
	builder.here = node;
	builder.emit({ op: kind === 'atomic' ? 'atomicEnd' : 'ghostEnd' });
}

function lowerIf(builder: FunctionBuilder, statement: Statement & { kind: 'if' }): void {
	const otherwise = builder.label();
	builder.guard(() => jumpIfFalse(builder, statement.condition, otherwise));
	lowerStatement(builder, statement.then);
	if (statement.otherwise === null) {
		builder.bind(otherwise);
		return;
	}
	const end = builder.label();
	builder.jump(end);
	builder.bind(otherwise);
	lowerStatement(builder, statement.otherwise);
	builder.bind(end);
}

function lowerLoop(builder: FunctionBuilder, statement: Statement & { kind: 'while' | 'doWhile' | 'for' }): void {
	builder.openScope();
	if (statement.kind === 'for' && statement.initialise !== null) lowerStatement(builder, statement.initialise);
	const repeatsAlready = builder.mayRepeat;
	builder.mayRepeat = true;
	const top = builder.label();
	const next = builder.label();
	const end = builder.label();
	builder.loops.push({ breakLabel: end, continueLabel: next, regions: builder.regions.length });
	if (statement.kind === 'doWhile') {
		builder.bind(top);
		lowerStatement(builder, statement.body);
		builder.bind(next);
		builder.begin(statement.condition);
		builder.guard(() => jumpIfTrue(builder, statement.condition, top));
		builder.end(statement.condition);
	} else {
		const { condition } = statement;
		// `while` and `continue` test the condition again; `for` advances first.
		const test = statement.kind === 'for' ? top : next;
		builder.bind(test);
		if (condition !== null) {
			builder.begin(statement.kind === 'while' ? statement : condition);
			builder.guard(() => jumpIfFalse(builder, condition, end));
			builder.end(statement.kind === 'while' ? statement : condition);
		}
		lowerStatement(builder, statement.body);
		builder.here = statement;
		if (statement.kind === 'for') {
			builder.bind(next);
			const { advance } = statement;
			if (advance !== null) {
				builder.begin(advance);
				builder.guard(() => lowerExpression(builder, advance, false));
				builder.end(advance);
			}
		}
		builder.jump(test);
	}
	builder.bind(end);
	builder.loops.pop();
	builder.mayRepeat = repeatsAlready;
	builder.closeScope();
}

/** `({ ...; value; })`: the statements, and the value of the last one. */
export function lowerStatementExpression(
	builder: FunctionBuilder,
	expression: Expression & { kind: 'statementExpression' },
	wanted: boolean,
): Value {
	const { statements } = expression.body;
	const mark = builder.temporaries;
	const base = builder.temporaryBase;
	const { pending } = builder;
	const before = builder.emitted.length;
	const outerLine = builder.sameLine;
	// Written on one line, as by min(), it is no place to stop a second time.
	builder.sameLine = (pending ?? builder.here).position;
	builder.temporaryBase = mark;
	builder.openScope();
	let value: Value = { kind: 'nothing', type: voidType };
	for (const [index, statement] of statements.entries()) {
		if (index < statements.length - 1 || statement.kind !== 'expression') {
			lowerStatement(builder, statement);
			continue;
		}
		builder.begin(statement);
		value = lowerExpression(builder, statement.value, wanted);
		builder.end(statement);
	}
	builder.sameLine = outerLine;
	// Locals of this scope give their registers back.
	if (value.kind === 'register' && builder.isInnermostLocal(value.register)) {
		const result = builder.temporary();
		builder.emit({ op: 'move', result, source: value.register });
		value = { ...value, register: result };
	}
	builder.closeScope();
	builder.temporaryBase = base;
	if (builder.emitted.length === before) builder.pending = pending;
	return value.kind === 'nothing' ? value : keepOnly(builder, value, mark);
}
