/** Format strings of reports and views, checked against their arguments. */

import type { Register } from '../code.ts';
import { fail } from '../semantics/complaint.ts';
import { promoted, typeName, unsignedLongType, unsignedType } from '../semantics/typing.ts';
import type { Value } from '../semantics/value.ts';
import type { Expression, Node } from '../syntax/ast.ts';
import type { Type } from '../types.ts';
import type { FunctionBuilder } from './builder.ts';
import { retype } from './conversion.ts';
import { lowerExpression } from './lower-expression.ts';

/** What each conversion prints, for messages. */
const conversions: Readonly<Record<string, string>> = {
	d: 'an integer',
	u: 'an integer',
	x: 'an integer',
	s: 'a text',
	p: 'a pointer',
	a: 'an address (an integer)',
	f: 'a frame number (an integer)',
	t: 'a time stamp',
};

/** The conversions of a format, in order, without `%%`; a length (`%lu`) means nothing. Fails at one that is not known. */
function conversionsOf(format: string, node: Node): string[] {
	return [...format.matchAll(/%(?:hh|h|ll|l|z)?(.?)/g)].flatMap(([written, letter = '']) => {
		if (letter === '%') return [];
		if (Object.hasOwn(conversions, letter)) return [letter];
		return fail(node, `unknown conversion "${written}" in a format`, {
			advice: 'there are %d %u %x %s %p %a %f %t and %%, without widths; %u prints an unsigned long too',
		});
	});
}

/** Evaluates the arguments of a format; the registers are in order. */
export function lowerFormatArguments(
	builder: FunctionBuilder,
	format: Expression & { kind: 'string' },
	values: readonly Expression[],
): Register[] {
	const letters = conversionsOf(format.value, format);
	if (letters.length !== values.length) {
		fail(
			format,
			`this format needs ${letters.length} argument${letters.length === 1 ? '' : 's'}, not ${values.length}`,
		);
	}
	return values.map((expression, index) => {
		const letter = letters[index] ?? 'd';
		const value = lowerExpression(builder, expression);
		if (!suits(letter, value.type)) {
			fail(expression, `%${letter} prints ${conversions[letter]}, this is "${typeName(value.type)}"`, {
				...adviceFor(value.type),
			});
		}
		return builder.register(asPrinted(builder, letter, value));
	});
}

function suits(letter: string, type: Type): boolean {
	switch (letter) {
		case 's':
			return type.kind === 'machine' && type.name === 'text';
		case 'p':
			return type.kind === 'pointer';
		case 't':
			return type.kind === 'machine' && type.name === 'step';
		default:
			return type.kind === 'integer';
	}
}

function adviceFor(type: Type): { advice?: string } {
	if (type.kind === 'pointer') return { advice: 'write %p' };
	if (type.kind !== 'machine') return {};
	switch (type.name) {
		case 'text':
			return { advice: 'write %s' };
		case 'step':
			return { advice: 'write %t' };
		case 'entry':
			return { advice: 'print its frame: %f with pte_pfn(entry)' };
		default:
			return {};
	}
}

/** `%u` and `%x` of a signed value show what the same bits are without a sign. */
function asPrinted(builder: FunctionBuilder, letter: string, value: Value): Value {
	if ((letter !== 'u' && letter !== 'x') || value.type.kind !== 'integer' || !value.type.signed) return value;
	const type = promoted(value.type);
	return retype(builder, retype(builder, value, type), type.bits === 64 ? unsignedLongType : unsignedType);
}
