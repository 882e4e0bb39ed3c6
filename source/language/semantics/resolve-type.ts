/** From a type as written to a type. */

import { entryOf } from '../record.ts';
import { didYouMean } from '../suggestion.ts';
import type { Expression, Node, TypeSyntax } from '../syntax/ast.ts';
import type { FunctionType, IntegerType, Type } from '../types.ts';
import { Complaint, fail } from './complaint.ts';
import type { TypeEnvironment } from './symbols.ts';
import { builtinStructs, cellsOf, intType, isScalar, maximumCells, typeName, unsignedType } from './typing.ts';

/** How a type asks about the expressions in it. */
export interface TypeQuestions {
	readonly types: TypeEnvironment;
	/** Value of an integer constant expression; fails otherwise. */
	constant(expression: Expression): number;
	/** Type of an expression that is not evaluated. */
	typeOf(expression: Expression): Type;
}

/** Resolves a type; structs and enums with a body are defined on the way. Fails with a Complaint. */
export function resolveType(syntax: TypeSyntax, questions: TypeQuestions): Type {
	switch (syntax.kind) {
		case 'named':
			return namedType(syntax, syntax.name, questions.types);
		case 'struct':
			return structType(syntax, questions);
		case 'enum':
			return enumType(syntax, questions);
		case 'pointer':
			return { kind: 'pointer', to: resolveType(syntax.to, questions) };
		case 'array':
			return arrayType(syntax, questions);
		case 'function':
			return functionType(syntax, questions);
		case 'typeof':
			return syntax.of.kind === 'typeArgument' ? resolveType(syntax.of.type, questions) : questions.typeOf(syntax.of);
	}
}

/** Refuses what no object can have: void, a function, an incomplete struct, too many cells. */
export function requireObject(node: Node, type: Type, types: TypeEnvironment, what: string): void {
	if (type.kind === 'void') fail(node, `${what} cannot have the type void`);
	if (type.kind === 'function') {
		fail(node, `${what} cannot be a function`, { advice: 'a pointer to a function can be kept' });
	}
	const incomplete = incompleteTag(type, types);
	if (incomplete !== null) {
		fail(node, `${what} has the incomplete type "struct ${incomplete}"`, {
			advice: 'its fields are not declared here; include the header that declares them, or use a pointer',
		});
	}
	const cells = cellsOf(type, types.structs);
	if (cells > maximumCells) {
		fail(node, `${what} has ${cells} cells, more than the ${maximumCells} of an object`, {
			advice: 'a model needs few elements; make it smaller',
		});
	}
}

function incompleteTag(type: Type, types: TypeEnvironment): string | null {
	if (type.kind === 'array') return incompleteTag(type.element, types);
	if (type.kind !== 'struct') return null;
	return entryOf(types.structs, type.tag) === undefined ? type.tag : null;
}

function namedType(node: Node, name: string, types: TypeEnvironment): Type {
	const type = types.typeNamed(name);
	if (type === 'broken') throw new Complaint(null);
	if (type !== undefined) return type;
	return fail(node, `unknown type name "${name}"${didYouMean(name, types.typeNames())}`);
}

function structType(syntax: TypeSyntax & { kind: 'struct' }, questions: TypeQuestions): Type {
	const defined = questions.types.defined.get(syntax);
	if (defined !== undefined) return defined;
	const builtin = entryOf(builtinStructs, syntax.tag);
	if (builtin !== undefined) {
		if (syntax.fields !== null) {
			fail(syntax, `"struct ${syntax.tag}" is built in`, { advice: "its meaning is the machine's; use another name" });
		}
		return builtin;
	}
	const tag = syntax.tag === '' ? anonymousTag(syntax) : syntax.tag;
	if (syntax.fields === null) {
		questions.types.declareStruct(tag);
		return { kind: 'struct', tag };
	}
	questions.types.declareStruct(tag);
	const names = new Set<string>();
	const fields = syntax.fields.map((field) => {
		if (field.name === '') fail(field, 'a field needs a name', { advice: 'give the inner struct a name' });
		if (names.has(field.name)) fail(field, `duplicate field "${field.name}"`);
		names.add(field.name);
		const type = resolveType(field.type, questions);
		requireObject(field, type, questions.types, `field "${field.name}"`);
		return { name: field.name, type };
	});
	questions.types.defineStruct(syntax, tag, fields);
	const type: Type = { kind: 'struct', tag };
	questions.types.defined.set(syntax, type);
	return type;
}

function anonymousTag({ position }: Node): string {
	return `<${position.file}:${position.line}:${position.column}>`;
}

function enumType(syntax: TypeSyntax & { kind: 'enum' }, questions: TypeQuestions): Type {
	const defined = questions.types.defined.get(syntax);
	if (defined !== undefined) return defined;
	if (syntax.enumerators === null) {
		const known = questions.types.enumTagged(syntax.tag);
		if (known === 'broken') throw new Complaint(null);
		return known ?? fail(syntax, `"enum ${syntax.tag}" is not declared here`);
	}
	const names = new Map<string, string>();
	let next = 0;
	let signed = false;
	for (const enumerator of syntax.enumerators) {
		if (enumerator.value !== null) next = questions.constant(enumerator.value);
		if (next !== (next | 0) && next !== next >>> 0) fail(enumerator, `the value ${next} does not fit an enum`);
		// Known at once, for the enumerators after it.
		questions.types.defineEnumerator(enumerator, enumerator.name, next, next > 0x7fffffff ? unsignedType : intType);
		if (!names.has(String(next))) names.set(String(next), enumerator.name);
		if (next < 0) signed = true;
		next += 1;
	}
	const base = signed ? intType : unsignedType;
	const type: IntegerType = {
		...base,
		name: syntax.tag === '' ? base.name : `enum ${syntax.tag}`,
		enumerators: Object.fromEntries(names),
	};
	questions.types.defineEnum(syntax, syntax.tag, type);
	questions.types.defined.set(syntax, type);
	return type;
}

function arrayType(syntax: TypeSyntax & { kind: 'array' }, questions: TypeQuestions): Type {
	const element = resolveType(syntax.element, questions);
	requireObject(syntax.element, element, questions.types, 'an array element');
	if (syntax.size === null) return fail(syntax, 'the size of this array is missing');
	const length = questions.constant(syntax.size);
	if (length < 1) fail(syntax.size, `the size of an array must be at least 1, this is ${length}`);
	if (length > maximumCells) fail(syntax.size, `an array of ${length} elements does not fit an object`);
	return { kind: 'array', element, length };
}

function functionType(syntax: TypeSyntax & { kind: 'function' }, questions: TypeQuestions): FunctionType {
	const result = resolveType(syntax.result, questions);
	if (result.kind !== 'void' && !isScalar(result)) {
		fail(syntax.result, `a function cannot return "${typeName(result)}"`, {
			advice: 'return a pointer, or fill in what the caller passes a pointer to',
		});
	}
	const parameters = syntax.parameters.map((parameter) => {
		const type = parameter.type.kind === 'array' ? arrayParameter(parameter) : resolveType(parameter.type, questions);
		if (!isScalar(type)) {
			fail(parameter, `a parameter cannot have the type "${typeName(type)}"`, {
				advice: type.kind === 'function' ? 'pass a pointer to the function' : 'pass a pointer to it',
			});
		}
		return type;
	});
	return { kind: 'function', result, parameters };
}

function arrayParameter(node: Node): never {
	return fail(node, 'a parameter cannot be an array', {
		advice: 'pass a pointer to the struct that holds it, and use the field there',
	});
}
