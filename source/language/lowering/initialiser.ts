/** Initialisers taken apart into the scalars they set. */

import { entryOf } from '../record.ts';
import { fail } from '../semantics/complaint.ts';
import { cellsOf, fieldNames, isScalar, type Structs, typeName } from '../semantics/typing.ts';
import { didYouMean } from '../suggestion.ts';
import type { Expression, Initialiser, Node } from '../syntax/ast.ts';
import type { ArrayType, Type } from '../types.ts';

/** One expression of an initialiser and where its value goes. */
export interface InitialisedPart {
	/** First cell, counted from the start of the object. */
	readonly offset: number;
	/** A scalar; or a struct, when a whole struct is copied. */
	readonly type: Type;
	readonly value: Expression;
}

export interface InitialiserQuestions {
	readonly structs: Structs;
	constant(expression: Expression): number;
}

/** The parts of an initialiser in the order of the text. Cells that no part names are zero. */
export function initialisedParts(
	type: Type,
	initialiser: Initialiser,
	questions: InitialiserQuestions,
	offset = 0,
): InitialisedPart[] {
	if (initialiser.kind === 'expression') {
		if (type.kind === 'array') {
			fail(initialiser, 'an array is initialised by a list in braces', { advice: 'write { a, b, c }' });
		}
		return [{ offset, type, value: initialiser.value }];
	}
	if (type.kind === 'struct') return structParts(type.tag, initialiser, questions, offset);
	if (type.kind === 'array') return arrayParts(type, initialiser, questions, offset);
	return scalarParts(type, initialiser, questions, offset);
}

/** Number of elements of an array whose size is left to its initialiser. */
export function inferredLength(initialiser: Initialiser, questions: InitialiserQuestions): number {
	if (initialiser.kind === 'expression') fail(initialiser, 'the size of this array is missing');
	let next = 0;
	let length = 0;
	for (const { designator } of initialiser.items) {
		if (designator?.kind === 'index') next = questions.constant(designator.value);
		next += 1;
		length = Math.max(length, next);
	}
	if (length === 0) fail(initialiser, 'the size of this array is missing');
	return length;
}

type List = Initialiser & { readonly kind: 'list' };

function scalarParts(type: Type, list: List, questions: InitialiserQuestions, offset: number): InitialisedPart[] {
	const [first, second] = list.items;
	if (second !== undefined) fail(second, `too many values for "${typeName(type)}"`);
	if (first === undefined) return [];
	if (first.designator !== null) fail(first, `a "${typeName(type)}" has no parts`);
	return initialisedParts(type, first.value, questions, offset);
}

function structParts(tag: string, list: List, questions: InitialiserQuestions, offset: number): InitialisedPart[] {
	const fields = entryOf(questions.structs, tag)?.fields ?? [];
	if (isZeroList(list)) return [];
	let next = 0;
	return list.items.flatMap((item) => {
		const { designator } = item;
		if (designator?.kind === 'index')
			fail(item, 'a struct has fields, not elements', { advice: 'write .field = value' });
		if (designator !== null) {
			next = fields.findIndex((field) => field.name === designator.name);
			if (next === -1) {
				fail(
					item,
					`"struct ${tag}" has no field "${designator.name}"${didYouMean(designator.name, fieldNames(tag, questions.structs))}`,
				);
			}
		}
		const field = fields[next];
		if (field === undefined) return fail(item, `too many values for "struct ${tag}"`);
		next += 1;
		requireBraces(field.type, item.value);
		return initialisedParts(field.type, item.value, questions, offset + field.offset);
	});
}

function arrayParts(type: ArrayType, list: List, questions: InitialiserQuestions, offset: number): InitialisedPart[] {
	if (isZeroList(list)) return [];
	const stride = cellsOf(type.element, questions.structs);
	let next = 0;
	return list.items.flatMap((item) => {
		const { designator } = item;
		if (designator?.kind === 'field') fail(item, 'an array has elements, not fields', { advice: 'write [n] = value' });
		if (designator !== null) next = questions.constant(designator.value);
		if (next < 0 || next >= type.length) {
			fail(item, `element ${next} is outside the array "${typeName(type)}"`);
		}
		const at = offset + next * stride;
		next += 1;
		requireBraces(type.element, item.value);
		return initialisedParts(type.element, item.value, questions, at);
	});
}

/** `{}` and `{ 0 }`, which set everything to zero whatever the first part is. */
function isZeroList(list: List): boolean {
	const [first, second] = list.items;
	if (first === undefined) return true;
	if (second !== undefined || first.designator !== null || first.value.kind !== 'expression') return false;
	return first.value.value.kind === 'number' && first.value.value.value === 0;
}

/** C lets braces be left out; the reader is then left to count. */
function requireBraces(type: Type, value: Initialiser & Node): void {
	if (isScalar(type) || value.kind === 'list' || type.kind === 'struct') return;
	fail(value, `"${typeName(type)}" is initialised by a list in braces`, { advice: 'write { ... }' });
}
