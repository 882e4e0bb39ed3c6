/** A function definition to its code. */

import type { FunctionCode } from '../code.ts';
import { complain } from '../semantics/complaint.ts';
import type { Environment, LocalSymbol } from '../semantics/symbols.ts';
import { isScalar, typeName, voidType } from '../semantics/typing.ts';
import type { Node, Statement } from '../syntax/ast.ts';
import { labelsOf } from '../syntax/walk.ts';
import { FunctionBuilder, type NamedLabel } from './builder.ts';
import { type Finished, finish } from './finish.ts';
import { lowerEnd } from './lower-jump.ts';
import { lowerStatement } from './lower-statement.ts';
import type { FunctionDefinition } from './program-builder.ts';

/** Headers of the library: the debugger steps over their functions. */
const helperFolder = 'kernel/include/';

export interface LoweredFunction {
	readonly code: FunctionCode;
	readonly finished: Finished;
	/** Whether something was left out because of a complaint. */
	readonly isBroken: boolean;
}

/** Lowers a function; complaints go to the unit's list, and the code is then not meant to run. */
export function lowerFunction({ symbol, declaration }: FunctionDefinition, environment: Environment): LoweredFunction {
	const { body, specifiers } = declaration;
	const { result } = symbol.type;
	const complaints = environment.complaints.found.length;
	const builder = new FunctionBuilder(environment, {
		result,
		isGhost: specifiers.role !== 'plain',
		here: declaration,
	});
	builder.addressTaken = new Set(declaration.addressTaken);
	builder.namedLabels = nameLabels(builder, body);
	builder.mayRepeat = builder.namedLabels.size > 0;
	builder.guard(() => declareParameters(builder, declaration.type.parameters, symbol.type.parameters));
	builder.openScope();
	for (const statement of body.statements) lowerStatement(builder, statement);
	builder.closeScope();
	const brace: Node = {
		position: { file: declaration.position.file, line: declaration.lastLine, column: 1 },
		length: 1,
	};
	lowerEnd(builder, brace);
	const finished = finish(builder);
	// A return with a mistake in it is missing from the code, but not from the text.
	if (!builder.isBroken && finished.reachesEnd && result.kind !== 'void') {
		environment.complaints.add(
			complain(brace, `"${symbol.name}" returns "${typeName(result)}", and control reaches its end without a return`),
		);
	}
	const code: FunctionCode = {
		name: symbol.name,
		type: { result, parameters: symbol.type.parameters },
		file: environment.file(declaration.position.file),
		firstLine: declaration.position.line,
		lastLine: declaration.lastLine,
		comment: declaration.comment,
		isStatic: symbol.isStatic,
		isLibraryHelper: declaration.position.file.startsWith(helperFolder),
		role: symbol.role,
		registers: finished.registers,
		code: finished.code,
		lines: finished.lines,
		locals: finished.locals,
		memoryLocals: builder.memoryLocals,
	};
	const isBroken = builder.isBroken || environment.complaints.found.length > complaints;
	return { code, finished, isBroken };
}

function nameLabels(builder: FunctionBuilder, body: Statement): Map<string, NamedLabel> {
	const labels = new Map<string, NamedLabel>();
	for (const { name, node, regions } of labelsOf(body)) {
		if (labels.has(name)) {
			builder.environment.complaints.add(complain(node, `the label "${name}" is defined twice in this function`));
		}
		labels.set(name, { label: builder.label(), regions });
	}
	return labels;
}

/** Parameters arrive in the first registers; one whose address is taken moves to memory. */
function declareParameters(
	builder: FunctionBuilder,
	syntax: readonly (Node & { readonly name: string })[],
	types: readonly LocalSymbol['type'][],
): void {
	const symbols = syntax.map((parameter, index): LocalSymbol => {
		const { name } = parameter;
		const type = types[index] ?? voidType;
		const register = builder.localRegister();
		const inMemory = builder.addressTaken.has(name);
		const symbol: LocalSymbol = {
			kind: 'local',
			name,
			type,
			place: inMemory ? { kind: 'memory', local: builder.memoryLocals.length } : { kind: 'register', register },
			isGhost: false,
			pureDepth: 0,
		};
		if (inMemory) {
			builder.memoryLocals.push({ name, layout: builder.environment.layout(type, parameter) });
			storeParameter(builder, symbol, register);
		}
		if (name === '') {
			builder.environment.complaints.add(complain(parameter, 'a parameter of a function with a body needs a name'));
		} else if (!builder.declare(name, symbol)) {
			builder.environment.complaints.add(complain(parameter, `two parameters are named "${name}"`));
		}
		return symbol;
	});
	for (const symbol of symbols) builder.show(symbol, true);
}

function storeParameter(builder: FunctionBuilder, { place, type }: LocalSymbol, source: number): void {
	if (place.kind !== 'memory' || !isScalar(type)) return;
	const pointer = builder.temporary();
	builder.emit({ op: 'local', result: pointer, local: place.local });
	builder.emit({ op: 'store', pointer, source, access: 'plain', type }, 'local');
}
