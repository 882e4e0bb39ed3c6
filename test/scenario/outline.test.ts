import { describe, expect, it } from 'vitest';
import { bundledIds, bundledOutline, loadBundled } from '../../source/scenario/bundled.ts';
import { outlineOf, readOutline } from '../../source/scenario/outline.ts';

describe('the outline of a scenario.yaml', () => {
	it.each(bundledIds())('has the ids of %s', (id) => {
		expect(bundledOutline(id)).toEqual(outlineOf(loadBundled(id)));
	});

	it('reads what scenarios are laid out like, and no ids of anything else', () => {
		const text = `title: T
kernels:
  # the first
  - id: a
    title: >-
      - id: not one
      id: nor this
  - { id: b, title: B }
programs:
- id: p
  cpus:
  - { id: x, entry: run }
options:
  - id: bits
    title: id
    values:
      - 4
      - 8
`;
		expect(readOutline(text)).toEqual({
			kernels: ['a', 'b'],
			programs: ['p'],
			options: [{ id: 'bits', values: ['4', '8'] }],
			schedules: [],
		});
	});

	it.each([
		['an item begins with another key', 'kernels:\n  - title: A\n    id: a\nprograms:\n  - id: p\n'],
		['there is no program', 'kernels:\n  - id: a\n'],
		['it is no YAML', 'kernels:\n  - id: "a\nprograms:\n  - id: p\n'],
		['an id is no text', 'kernels:\n  - id: [a]\nprograms:\n  - id: p\n'],
		['a list is none', 'kernels: a\nprograms:\n  - id: p\n'],
	])('is not known where %s', (_, text) => {
		expect(readOutline(text)).toBeNull();
	});
});
