import { describe, expect, it } from 'vitest';
import { type Primitive, type PrimitiveName, primitives } from '../../source/language/primitives.ts';
import { behaviours } from '../../source/machine/primitives/table.ts';

const all = Object.entries<Primitive>(primitives) as [PrimitiveName, Primitive][];

describe('the primitives', () => {
	it('all have a behaviour, and there is no other', () => {
		expect(Object.keys(behaviours).sort()).toEqual(all.map(([name]) => name).sort());
	});

	it('may wait exactly if they say that they block', () => {
		const waiting = all.filter(([name]) => behaviours[name].ready !== undefined).map(([name]) => name);
		expect(waiting.sort()).toEqual(
			all
				.filter(([, { blocks }]) => blocks === true)
				.map(([name]) => name)
				.sort(),
		);
	});
});
