import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText, contentHash } from '../../source/language/content-hash.ts';

describe('the text that is hashed', () => {
	it('is JSON of the value', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				expect(JSON.parse(canonicalText(value))).toEqual(JSON.parse(JSON.stringify(value)));
			}),
		);
	});

	it('is what JSON.stringify() writes of objects whose keys are in order', () => {
		const value = { '2': [1, null, 'a"b'], '10': {}, A: -0, 'a\n': true, b: { c: 1e21 } };
		expect(canonicalText(value)).toBe(JSON.stringify(value));
	});

	it('leaves out what JSON cannot hold in an object', () => {
		expect(canonicalText({ a: undefined, b: 1 })).toBe('{"b":1}');
	});

	it('tells objects apart whatever their keys are', () => {
		// One after the other, since what is known of the keys of an object is used for the next.
		const odd = fc.constantFrom('a', 'b', '', '\n', 'a\nb', '__proto__', '7', '10', '07', 'constructor');
		const value = fc.array(fc.dictionary(odd, fc.integer(), { noNullPrototype: false }));
		fc.assert(
			fc.property(value, (list) => {
				const text = canonicalText(list);
				expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(list)));
				const turned = list.map((one) => Object.fromEntries(Object.entries(one).reverse()));
				expect(canonicalText(turned)).toBe(text);
			}),
		);
	});

	it('has been the same ever since recordings carry its hash', () => {
		const value = { b: [1, { d: 'x', c: null }], a: { z: -1, '10': true, '2': 'y' } };
		expect(contentHash(value)).toBe('121376ed8af0f044');
	});

	it('does not depend on the order of keys, but on that of lists', () => {
		expect(contentHash({ a: 1, b: [1, 2] })).toBe(contentHash({ b: [1, 2], a: 1 }));
		expect(contentHash({ a: [1, 2] })).not.toBe(contentHash({ a: [2, 1] }));
	});
});
