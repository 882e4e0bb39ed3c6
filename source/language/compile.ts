/** A model: its files preprocessed, parsed, checked, linked and compiled. */

import type { GlobalVariable, Program } from './code.ts';
import { assignable } from './lowering/conversion.ts';
import { checkEffects } from './lowering/effects.ts';
import { initialisedParts } from './lowering/initialiser.ts';
import { lowerAgain } from './lowering/lower-again.ts';
import { lowerExpression } from './lowering/lower-expression.ts';
import type { LoweredFunction } from './lowering/lower-function.ts';
import { type GlobalDefinition, ProgramBuilder } from './lowering/program-builder.ts';
import { constantOf } from './lowering/unevaluated.ts';
import { Unit } from './lowering/unit.ts';
import type { SourceFile } from './position.ts';
import { macroText } from './preprocessor/macro-text.ts';
import { entryOf } from './record.ts';
import { Complaints, complain, fail } from './semantics/complaint.ts';
import { cellsOf, isScalar, typeName } from './semantics/typing.ts';
import type { SyntaxTree } from './syntax/ast.ts';
import { UnitReader } from './unit-reader.ts';

export interface ModelInput {
	/** Display paths of the files to compile: `x.c` in the scenario folder, `kernel/...` in the library. */
	readonly files: readonly string[];
	/** The kernel's CONFIG_ symbols; `y` is 1, `n` is undefined. */
	readonly config: Readonly<Record<string, string>>;
	/** Text of a file or header by its display path, or null when there is none. Called with normalised paths without `..`. */
	readonly read: (path: string) => string | null;
	/** For those who compile a model with one configuration after the other: has the same `read`. */
	readonly reader?: UnitReader;
}

/**
 * Compiles a model to one program.
 * @throws ModelError with up to 20 errors in order of position
 */
export function compileModel(input: ModelInput): Program {
	const { trees, files, macros, definitions } = readFiles(input);
	const program = new ProgramBuilder(files);
	const units = trees.map((tree) => ({ tree, unit: new Unit(program, tree.file) }));
	for (const { tree, unit } of units) unit.declareAll(tree);
	for (const [name, value] of macros) {
		if (entryOf(program.constants, name) === undefined) program.constants[name] = value;
	}
	const globals = program.globals.map((definition) => compileGlobal(program, definition));
	const lowered = lowerAll(program);
	program.complaints.throwIfAny(files);
	checkEffects(
		lowered.map(({ code, finished }) => ({ name: code.name, role: code.role, emitted: finished.emitted })),
		globals,
		program.complaints,
	);
	program.complaints.throwIfAny(files);
	return {
		files,
		structs: program.structs,
		layouts: program.layouts,
		functions: lowered.map(({ code }) => code),
		globals,
		texts: program.texts,
		constants: program.constants,
		macros: Object.fromEntries(definitions),
		types: program.types,
	};
}

/** Instructions of all functions together: a bound on what a stranger's files can make of themselves. */
const maximumInstructions = 500_000;

function lowerAll(program: ProgramBuilder): LoweredFunction[] {
	let instructions = 0;
	return program.functions.flatMap((definition) => {
		const lowered = program.complaints.guard(() => {
			const each = lowerAgain(definition);
			instructions += each.code.code.length;
			if (instructions > maximumInstructions) fail(definition.declaration, 'this model is too large');
			return each;
		});
		// Only what is too large gets here without code; there is no use in going on.
		if (lowered === null) program.complaints.throwIfAny(program.files);
		return lowered ?? [];
	});
}

/** Preprocesses and parses every file. Errors here end the compilation: what is missing would only cause more. */
function readFiles({ files: paths, config, read, reader = new UnitReader(read) }: ModelInput): {
	trees: readonly SyntaxTree[];
	files: readonly SourceFile[];
	macros: ReadonlyMap<string, number>;
	definitions: ReadonlyMap<string, string>;
} {
	const files = new Map<string, SourceFile>();
	const macros = new Map<string, number>();
	const definitions = new Map<string, string>();
	const complaints = new Complaints();
	const trees = paths.flatMap((path): SyntaxTree[] => {
		const unit = reader.unit(path, config);
		for (const file of unit.files) if (!files.has(file.path)) files.set(file.path, file);
		for (const [name, value] of Object.entries(unit.macros)) if (!macros.has(name)) macros.set(name, value);
		for (const macro of unit.definitions.values()) {
			if (!definitions.has(macro.name)) definitions.set(macro.name, macroText(macro));
		}
		for (const diagnostic of unit.diagnostics) if (diagnostic.severity === 'error') complaints.add(diagnostic);
		return unit.tree === null ? [] : [unit.tree];
	});
	const all = [...files.values()];
	complaints.throwIfAny(all);
	return { trees, files: all, macros, definitions };
}

function compileGlobal(program: ProgramBuilder, { symbol, declaration, unit }: GlobalDefinition): GlobalVariable {
	const { name, type, isStatic, isPerCpu, isGhost } = symbol;
	const initial: number[] = [];
	const addresses: { cell: number; global: number; offset: number }[] = [];
	let layout = 0;
	program.complaints.guard(() => {
		const { initialiser } = declaration;
		layout = program.layout(type, declaration);
		const cells = cellsOf(type, program.structs);
		program.reserve(cells, declaration);
		for (let cell = 0; cell < cells; cell++) initial.push(0);
		if (initialiser === null) return;
		const builder = unit.constantBuilder(declaration);
		const constant = (expression: Parameters<typeof constantOf>[1]): number => constantOf(builder, expression);
		for (const part of initialisedParts(type, initialiser, { structs: program.structs, constant })) {
			if (!isScalar(part.type)) {
				fail(part.value, `"${typeName(part.type)}" is initialised by a list in braces`);
			}
			const value = assignable(builder, lowerExpression(builder, part.value), part.type, part.value, `"${name}"`);
			if (value.kind === 'constant') {
				initial[part.offset] = value.value;
			} else if (value.kind === 'address' && value.global.index !== null) {
				initial[part.offset] = 0;
				addresses.push({ cell: part.offset, global: value.global.index, offset: value.offset });
			} else {
				program.complaints.add(
					complain(part.value, 'the initial value of a global must be a constant, or the address of a global', {
						advice: 'set it in the set-up function',
					}),
				);
			}
		}
	});
	return {
		name,
		type,
		layout,
		file: program.file(declaration.position.file),
		line: declaration.position.line,
		isStatic,
		isPerCpu,
		isGhost,
		initial,
		addresses,
	};
}
