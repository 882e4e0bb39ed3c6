import type { EnumeratorSyntax, FieldSyntax, ParameterSyntax, TypeSyntax } from './ast.ts';
import { printArgument, printConstant } from './print-expression.ts';

/** A type taken apart as C writes it: what stands at the left, and what stands around the name. */
export interface SpelledType {
	readonly base: TypeSyntax;
	readonly declarator: string;
}

/**
 * Writes a type around a name, `int (*fault)(struct vm_fault *)`; without a name when that is empty.
 *
 * @param indent tabs before the lines of a struct's fields
 */
export function printType(type: TypeSyntax, name: string, indent = 0): string {
	const { base, declarator } = spellType(type, name, indent);
	const text = printBase(base, indent);
	return declarator === '' ? text : `${text} ${declarator}`;
}

/** Takes a type apart, so that several declarators can share one base. */
export function spellType(type: TypeSyntax, name: string, indent = 0): SpelledType {
	let base = type;
	let declarator = name;
	for (;;) {
		switch (base.kind) {
			case 'pointer': {
				declarator = `*${declarator}`;
				base = base.to;
				if (base.kind === 'array' || base.kind === 'function') declarator = `(${declarator})`;
				break;
			}
			case 'array':
				declarator = `${declarator}[${base.size === null ? '' : printConstant(base.size, indent)}]`;
				base = base.element;
				break;
			case 'function':
				declarator = `${declarator}(${printParameters(base.parameters, indent)})`;
				base = base.result;
				break;
			case 'named':
			case 'struct':
			case 'enum':
			case 'typeof':
				return { base, declarator };
		}
	}
}

/** Writes a type that needs no declarator. */
export function printBase(type: TypeSyntax, indent = 0): string {
	switch (type.kind) {
		case 'named':
			return type.name;
		case 'typeof':
			return `typeof(${printArgument(type.of, indent)})`;
		case 'struct':
			return words('struct', type.tag, type.fields === null ? '' : printFields(type.fields, indent));
		case 'enum':
			return words('enum', type.tag, type.enumerators === null ? '' : printEnumerators(type.enumerators, indent));
		case 'pointer':
		case 'array':
		case 'function':
			return printType(type, '', indent);
	}
}

function words(...parts: readonly string[]): string {
	return parts.filter((part) => part !== '').join(' ');
}

function printParameters(parameters: readonly ParameterSyntax[], indent: number): string {
	if (parameters.length === 0) return 'void';
	return parameters.map(({ name, type }) => printType(type, name, indent)).join(', ');
}

function printFields(fields: readonly FieldSyntax[], indent: number): string {
	const inner = '\t'.repeat(indent + 1);
	const lines = fields.map(({ name, type }) => `${inner}${printType(type, name, indent + 1)};\n`);
	return `{\n${lines.join('')}${'\t'.repeat(indent)}}`;
}

function printEnumerators(enumerators: readonly EnumeratorSyntax[], indent: number): string {
	const list = enumerators.map(({ name, value }) =>
		value === null ? name : `${name} = ${printConstant(value, indent)}`,
	);
	return `{ ${list.join(', ')} }`;
}
