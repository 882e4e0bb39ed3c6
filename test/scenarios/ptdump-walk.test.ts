import { describe, expect, it } from 'vitest';
import { explore, kindsOf } from './explore-helper.ts';
import { bundled, follow, kindsReported, type Moment, targetOf, viewRows } from './follow.ts';

const id = 'ptdump-walk';
const scenario = bundled(id);

/** What the file in debugfs has, with the marks that the view adds. */
function output(selection: { kernel: string; schedule: string }, at: Moment | undefined): string[] {
	if (at === undefined) throw new Error('no such moment');
	return viewRows(targetOf(id, selection), at.state, 'ptdump_output').map(({ label, badges }) =>
		[label, ...badges.map(({ text }) => `<${text}>`)].join(' '),
	);
}

describe('the schedules of the dump', () => {
	it.each<[string, string, readonly string[]]>([
		['twice', 'no-continue', ['duplicate-report']],
		['twice', 'patch', []],
		['process', 'v5-15', ['duplicate-report']],
		['torn', 'no-copy', ['torn-read']],
		['between', 'patch', []],
	])('%s on %s reports %j', (schedule, kernel, kinds) => {
		expect(kindsReported(follow(id, { kernel, schedule }))).toEqual(kinds);
	});
});

describe("the dump's output", () => {
	const head = '---[ Vmemmap ]---';

	it('has a line of no length for the leaf, and the PTEs again, without ACTION_CONTINUE', () => {
		const selection = { kernel: 'no-continue', schedule: 'twice' };
		expect(output(selection, follow(id, selection).at(-1))).toEqual([
			head,
			'0xffffea0000000000-0xffffea0000000000 0K RW         PSE         NX pmd <EMPTY>',
			'0xffffea0000000000-0xffffea0000001000 4K RW                     NX pte <AGAIN>',
			'0xffffea0000001000-0xffffea0000002000 4K ro                     NX pte <AGAIN>',
			'0xffffea0000002000-0xffffea0000004000 8K RW                     NX pte <AGAIN>',
		]);
	});

	it('has the leaf alone with ACTION_CONTINUE, although it has been split since', () => {
		const selection = { kernel: 'patch', schedule: 'twice' };
		expect(output(selection, follow(id, selection).at(-1))).toEqual([
			head,
			'0xffffea0000000000-0xffffea0000004000 16K RW         PSE         NX pmd',
		]);
	});

	it('has a table that looks like a writable and executable mapping when the entry is read twice', () => {
		const selection = { kernel: 'no-copy', schedule: 'torn' };
		expect(output(selection, follow(id, selection).at(-1))).toEqual([
			head,
			'0xffffea0000000000-0xffffea0000004000 16K RW                     x  pmd <TORN>',
		]);
	});
});

describe('verdicts of the dump', () => {
	const rows = scenario.expected.flatMap(({ kernels, programs, kinds }) =>
		kernels.flatMap((kernel) =>
			programs.filter((program) => program !== 'splitters-and-dump').map((program) => ({ kernel, program, kinds })),
		),
	);

	it.each(rows)('$kernel, $program', { timeout: 60_000 }, ({ kernel, program, kinds }) => {
		const result = explore(targetOf(id, { kernel, program }).machine);
		expect(result.complete).toBe(true);
		expect(kindsOf(result)).toEqual([...kinds].sort());
	});
});
