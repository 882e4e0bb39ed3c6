/** Statements to instructions. */

import type { Expression, Node, Statement } from './ast.ts';
import type { FunctionBuilder, Region } from './builder.ts';
import { complain, fail } from './complaint.ts';
import { assignable, retype } from './conversion.ts';
import { binary, convert } from './integer.ts';
import { jumpIfFalse, jumpIfTrue } from './lower-condition.ts';
import { constantOf, keepOnly, lowerExpression } from './lower-expression.ts';
import { lowerLocalDeclaration } from './lower-local.ts';
import { didYouMean } from './suggestion.ts';
import { intType, promoted, typeName, voidType } from './typing.ts';
import type { Value } from './value.ts';
import { casesOf } from './walk.ts';

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

export function lowerBlock(builder: FunctionBuilder, block: Statement & { kind: 'block' }): void {
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

function lowerSwitch(builder: FunctionBuilder, statement: Statement & { kind: 'switch' }): void {
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

function lowerCase(builder: FunctionBuilder, statement: Statement & { kind: 'case' | 'default' }): void {
	const labels = builder.cases.at(-1);
	if (labels === undefined) {
		builder.environment.complaints.add(complain(statement, `"${statement.kind}" outside a switch`));
	}
	const label = labels?.get(statement);
	if (label !== undefined) builder.bind(label);
	lowerStatement(builder, statement.statement);
}

function lowerLabel(builder: FunctionBuilder, statement: Statement & { kind: 'label' }): void {
	const named = builder.namedLabels.get(statement.name);
	if (named === undefined) {
		builder.environment.complaints.add(complain(statement, 'a label cannot be inside a statement expression'));
	} else {
		builder.bind(named.label);
	}
	lowerStatement(builder, statement.statement);
}

function lowerGoto(builder: FunctionBuilder, statement: Statement & { kind: 'goto' }): void {
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

function lowerBreak(builder: FunctionBuilder, statement: Statement & { kind: 'break' | 'continue' }): void {
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

function lowerReturn(builder: FunctionBuilder, statement: Statement & { kind: 'return' }): void {
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
