/** Reads the prototypes of primitives.ts, so that a primitive's type is written down once, as people read it. */

import { type PrimitiveName, primitives } from '../primitives.ts';
import type { Type } from '../types.ts';
import { builtinStructs, builtinTypes } from './typing.ts';

/** A type in a signature: a real one, the signature's type variable `T`, or a pointer to that. */
export type SignatureType = Type | 'T' | 'T *';

export interface Signature {
	readonly result: SignatureType;
	readonly parameters: readonly SignatureType[];
	/** Whether format arguments follow (`...`). The last parameter is the format then. */
	readonly variadic: boolean;
}

const cache = new Map<PrimitiveName, Signature>();

/** The signature of a primitive, parsed once. */
export function signatureOf(name: PrimitiveName): Signature {
	const known = cache.get(name);
	if (known !== undefined) return known;
	const signature = parseSignature(primitives[name].signature);
	cache.set(name, signature);
	return signature;
}

/**
 * Parses a prototype without names, such as `void (struct rcu_head *, void (*)(struct rcu_head *))`.
 * @throws Error when the text is not one; that is a mistake in primitives.ts
 */
export function parseSignature(text: string): Signature {
	const reader = { words: text.match(/\.\.\.|[A-Za-z_]\w*|[^\s\w]/g) ?? [], next: 0, text };
	const result = parseType(reader);
	const { parameters, variadic } = parseParameters(reader);
	if (reader.next < reader.words.length) throw malformed(reader);
	return { result, parameters, variadic };
}

interface Reader {
	readonly words: readonly string[];
	readonly text: string;
	next: number;
}

function malformed(reader: Reader): Error {
	return new Error(`malformed signature at "${reader.words[reader.next] ?? 'the end'}": ${reader.text}`);
}

function take(reader: Reader, word: string): boolean {
	if (reader.words[reader.next] !== word) return false;
	reader.next++;
	return true;
}

function expect(reader: Reader, word: string): void {
	if (!take(reader, word)) throw malformed(reader);
}

function parseParameters(reader: Reader): { parameters: SignatureType[]; variadic: boolean } {
	expect(reader, '(');
	const parameters: SignatureType[] = [];
	let variadic = false;
	do {
		if (take(reader, '...')) variadic = true;
		else parameters.push(parseType(reader));
	} while (take(reader, ','));
	expect(reader, ')');
	const [only] = parameters;
	const none = parameters.length === 1 && typeof only === 'object' && only.kind === 'void';
	return { parameters: none ? [] : parameters, variadic };
}

function parseType(reader: Reader): SignatureType {
	let type = parseBase(reader);
	while (take(reader, '*')) type = pointerTo(type, reader);
	if (reader.words[reader.next] === '(' && reader.words[reader.next + 1] === '*') {
		reader.next += 2;
		expect(reader, ')');
		const { parameters } = parseParameters(reader);
		const result = real(type, reader);
		type = {
			kind: 'pointer',
			to: { kind: 'function', result, parameters: parameters.map((parameter) => real(parameter, reader)) },
		};
	}
	return type;
}

function parseBase(reader: Reader): SignatureType {
	if (take(reader, 'T')) return 'T';
	if (take(reader, 'struct')) {
		const type = builtinStructs[reader.words[reader.next++] ?? ''];
		if (type === undefined) throw malformed(reader);
		return type;
	}
	let name = reader.words[reader.next++] ?? '';
	while (builtinTypes[`${name} ${reader.words[reader.next]}`] !== undefined) name += ` ${reader.words[reader.next++]}`;
	const type = builtinTypes[name];
	if (type === undefined) throw malformed(reader);
	return type;
}

function pointerTo(type: SignatureType, reader: Reader): SignatureType {
	return type === 'T' ? 'T *' : { kind: 'pointer', to: real(type, reader) };
}

function real(type: SignatureType, reader: Reader): Type {
	if (typeof type === 'string') throw malformed(reader);
	return type;
}
