import { describe, expect, it } from 'vitest';
import { type PrimitiveName, primitives } from '../../../source/language/primitives.ts';
import { parseSignature, signatureOf } from '../../../source/language/semantics/signature.ts';
import {
	builtinTypes,
	cellsOf,
	commonType,
	declare,
	fieldOf,
	layoutOf,
	typeName,
} from '../../../source/language/semantics/typing.ts';
import { builtInTypeNames } from '../../../source/language/syntax/vocabulary.ts';
import type { Type } from '../../../source/language/types.ts';
import { compileText } from '../run-code.ts';

describe('signatures of primitives', () => {
	it.each(Object.keys(primitives) as PrimitiveName[])('%s is a prototype that reads back as it is written', (name) => {
		const { result, parameters, variadic } = signatureOf(name);
		const text = (type: Type | string): string => (typeof type === 'string' ? type : typeName(type));
		const list = [...parameters.map(text), ...(variadic ? ['...'] : [])].join(', ') || 'void';
		const words = (written: string): string => written.replace(/\s/g, '');
		expect(words(`${text(result)}(${list})`)).toBe(words(primitives[name].signature));
	});

	it('that are none are mistakes in the table', () => {
		for (const text of ['void', 'void (', 'nope (void)', 'void (int) int', 'struct nope *(void)']) {
			expect(() => parseSignature(text)).toThrow('malformed signature');
		}
	});
});

describe('types', () => {
	const program =
		compileText(`struct inner { int a; pte_t entries[2]; }; struct outer { struct inner in[2]; struct outer *next; int (*hook)(struct inner *, int); };
		struct outer outer; int matrix[2][3]; int (*table[4])(void); void (**link)(int); int (*row)[3];`);

	it('are written as C writes them', () => {
		expect(program.globals.map(({ name, type }) => declare(type, name))).toEqual([
			'struct outer outer',
			'int matrix[2][3]',
			'int (*table[4])(void)',
			'void (**link)(int)',
			'int (*row)[3]',
		]);
		expect(typeName(fieldOf('outer', 'hook', program.structs)?.type ?? { kind: 'void' })).toBe(
			'int (*)(struct inner *, int)',
		);
	});

	it('lie in cells, one a scalar', () => {
		const layout = layoutOf({ kind: 'struct', tag: 'outer' }, program.structs);
		expect(layout.cells.map(({ path }) => path)).toEqual([
			...['in[0].a', 'in[0].entries[0]', 'in[0].entries[1]', 'in[1].a', 'in[1].entries[0]', 'in[1].entries[1]'],
			...['next', 'hook'],
		]);
		expect(cellsOf({ kind: 'struct', tag: 'outer' }, program.structs)).toBe(8);
		expect(fieldOf('outer', 'next', program.structs)?.offset).toBe(6);
	});

	it('know every name that the parser takes for a type', () => {
		expect(builtInTypeNames.filter((name) => builtinTypes[name] === undefined)).toEqual([]);
	});

	it('combine as C combines them', () => {
		const common = (a: string, b: string): string => {
			const [left, right] = [builtinTypes[a], builtinTypes[b]];
			return left?.kind === 'integer' && right?.kind === 'integer' ? commonType(left, right).name : '';
		};
		expect(common('u8', 's16')).toBe('int');
		expect(common('int', 'unsigned int')).toBe('unsigned int');
		expect(common('unsigned int', 'long')).toBe('long');
		expect(common('long', 'u64')).toBe('u64');
		expect(common('bool', 'bool')).toBe('int');
	});
});
