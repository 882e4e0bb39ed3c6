import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DrawingError, drawingLimits } from '../../../source/session/follow/drawing.ts';
import { parseDrawing } from '../../../source/session/follow/parse-drawing.ts';

function drawing(name: string): string {
	return readFileSync(new URL(`../../../fixtures/diagrams/${name}`, import.meta.url), 'utf8');
}

/** Items as `column form text`, in order. */
function items(text: string, which?: number): string[] {
	return parseDrawing(text, which).items.map(({ column, form, text }) => `${column} ${form} ${text}`);
}

const events = (text: string, which?: number) =>
	items(text, which).filter((item) => / (?:event|harm|wait) /.test(item));

describe('columns', () => {
	it('reads the drawing of the mremap commit message as it was sent', () => {
		const { columns } = parseDrawing(drawing('mremap-pmd.txt'));
		expect(columns.map(({ head, number, role }) => [head, number, role])).toEqual([
			['CPU 1', 1, 'mremap(old_addr, new_addr)'],
			['CPU 2', 2, 'page_shrinker/try_to_unmap_one'],
			['CPU 3', 3, ''],
		]);
		expect(events(drawing('mremap-pmd.txt'))).toEqual([
			'0 event mmap_write_lock_killable()',
			'1 event addr = old_addr',
			'1 event lock(pte_ptl)',
			'0 event lock(pmd_ptl)',
			'0 event pmd = *old_pmd',
			'0 event pmd_clear(old_pmd)',
			'0 event flush_tlb_range(old_addr)',
			'0 event *new_pmd = pmd',
			'2 event *new_addr = 10',
			'2 event fills TLB with new addr and old pfn',
			'0 event unlock(pmd_ptl)',
			'1 event ptep_clear_flush()',
			'1 event old pfn is free.',
			'2 harm Stale TLB entry',
		]);
	});

	it('reads the same from a quotation, and from the spaces of another mail', () => {
		expect(events(drawing('mremap-pmd-quoted.txt'))).toEqual(events(drawing('mremap-pmd.txt')));
		expect(events(drawing('mremap-pmd-and-pud.txt'))).toEqual(events(drawing('mremap-pmd.txt')));
	});

	it('reads the second drawing of a text when that is wanted', () => {
		const text = drawing('mremap-pmd-and-pud.txt');
		expect(parseDrawing(text).count).toBe(2);
		expect(events(text, 2)).toContain('0 event *new_pud = pud');
		expect(events(text, 2)).not.toContain('0 event *new_pmd = pmd');
		expect(() => parseDrawing(text, 3)).toThrow('no drawing 3: the text has 2');
	});

	it('ends where the commit message goes on below', () => {
		const text =
			'CPU0\t\t\tCPU1\n\na();\n\t\t\tb();\n\nFix this race by holding the lock of both, in all of the callers.\n\nFixes: 123456789abc ("x")\n';
		expect(events(text)).toEqual(['0 event a()', '1 event b()']);
	});

	it('takes ragged lines for the nearest head, as lockdep draws', () => {
		expect(events(drawing('fuse-two-files.txt'))).toEqual([
			'0 event lock_page(F.page[1])',
			'1 event lock_page(G.page[1])',
			'0 event lock_page(G.page[1])',
			'1 event lock_page(F.page[1])',
			'0 harm DEADLOCK',
		]);
	});

	it('says where a line stands between two columns', () => {
		const text = ['CPU0                CPU1', 'a()', '          b()'].join('\n');
		expect(() => parseDrawing(text)).toThrow(
			new DrawingError(3, '"b()" begins at column 11, between the heads at 1 and 21: move it nearer to one of them'),
		);
	});

	it('takes nested calls for their column, however far in', () => {
		const text = [
			'CPU0                CPU1',
			'a()',
			'    b()',
			'        c()',
			'           d()',
			'                    e()',
		];
		expect(events(text.join('\n'))).toEqual([0, 0, 0, 0, 1].map((column, at) => `${column} event ${'abcde'[at]}()`));
	});

	it('takes words with rules below them for heads, and a row of both for one moment', () => {
		const text = ['   reclaim          mremap', '   -------          ------', '   a()              b()', '   c()'].join(
			'\n',
		);
		const { columns, items } = parseDrawing(text);
		expect(columns.map(({ head }) => head)).toEqual(['reclaim', 'mremap']);
		expect(items.map(({ text, row }) => `${text} ${row}`)).toEqual(['a() 1', 'b() 1', 'c() 2']);
	});

	it('joins what goes on below, and tells remarks, gaps and waits apart', () => {
		const text = [
			'CPU0                          CPU1',
			'very_long_call(argument,',
			'  another)                    x = 1; y = 2   // both',
			'...                           (waits for lock A,',
			'[ of no                         held by CPU0)',
			'  interest ]                  lock(a), unlock(a)',
			'                              *** use-after-free: a is',
			'                                  freed ***',
		].join('\n');
		expect(items(text)).toEqual([
			'0 event very_long_call(argument, another)',
			'1 event x = 1',
			'1 event y = 2',
			'1 comment both',
			'0 gap ...',
			'1 wait waits for lock A, held by CPU0',
			'0 comment [ of no interest ]',
			'1 event lock(a)',
			'1 event unlock(a)',
			'1 harm use-after-free: a is freed',
		]);
	});
});

describe('other ways to draw', () => {
	it('reads numbered points in one column', () => {
		expect(events(drawing('vmap-mail-13.txt'))).toEqual([
			'0 event X = vb_alloc()',
			'0 event Y = vb_alloc()',
			'0 event vb->free -= order',
			'0 event if (!vb->vb_free)',
			'0 event list_del(vb->free_list)',
			'0 event vb_free(Y)',
			'0 event vb->dirty += order',
			'0 event if (vb->dirty == VMAP_BBMAP_BITS)',
			'0 event unmap_aliases()',
			'0 event walk_free_list()',
			'0 event walk_purge_list()',
		]);
	});

	it('leaves out what stands below a condition that is said to be false', () => {
		expect(events(drawing('vmap-mail-8.txt')).join()).not.toContain('free_block');
	});

	it('takes a remark that says so for harm', () => {
		expect(events(drawing('vmap-commit-message.txt'))).toEqual([
			'0 event x = vb_alloc()',
			'0 event vb_free(x)',
			'0 event vm_unmap_aliases()',
			'0 harm does not find it -> FAIL',
		]);
	});

	it('reads lines that say whose they are', () => {
		const { style, columns } = parseDrawing('CPU0: a()\nCPU1: b()\nCPU0: waits for b');
		expect(style).toBe('labelled');
		expect(columns.map(({ head }) => head)).toEqual(['CPU0', 'CPU1']);
		expect(events('CPU0: a()\nCPU1: b()\nCPU0: waits for b')).toEqual([
			'0 event a()',
			'1 event b()',
			'0 wait waits for b',
		]);
	});

	it('reads blocks of time as mmu_notifier.rst has them, each block one moment', () => {
		const text =
			'[Time N] ----\nCPU-thread-0  {a()}\nCPU-thread-1  {STEP0: {b()}}\n[Time N+1] ---\nCPU-thread-1  {c()}\nCPU-thread-0  {}\n';
		expect(parseDrawing(text).items.map(({ column, row, text }) => [column, row, text])).toEqual([
			[0, 1, 'a()'],
			[1, 1, 'b()'],
			[1, 2, 'c()'],
		]);
	});
});

describe("a stranger's file", () => {
	it('is refused when it is too large, too wide, or holds nothing', () => {
		expect(() => parseDrawing('x'.repeat(drawingLimits.characters + 1))).toThrow(DrawingError);
		expect(() => parseDrawing('\n'.repeat(drawingLimits.lines + 1))).toThrow(DrawingError);
		expect(() => parseDrawing(`CPU0  CPU1\n${' '.repeat(drawingLimits.width + 1)}a()`)).toThrow(
			'line 2: the line is too long',
		);
		expect(() => parseDrawing('')).toThrow('there is no event in it');
		expect(() => parseDrawing(`CPU0  CPU1\n${'a()\n'.repeat(drawingLimits.events + 1)}`)).toThrow('events in it');
		const heads = Array.from({ length: drawingLimits.columns + 1 }, (_, cpu) => `CPU${cpu}`).join('  ');
		expect(() => parseDrawing(`${heads}\na()`)).toThrow('columns');
	});

	it('leaves no control character in what it gives', () => {
		expect(items('CPU0\t\tCPU1\na\u001b[31m()\n').join()).not.toContain('\u001b');
	});
});
