import { describe, expect, it } from 'vitest';
import type { CustomView, LockRow, ObjectRow, TlbRow } from '../../source/inspect/views.ts';
import { parseScenario } from '../../source/scenario/parse-scenario.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { startSession } from '../../source/session/commands.ts';
import type { Session } from '../../source/session/session.ts';
import { plainOf, type StyledLine } from '../../source/tui/text/styled.ts';
import { firstShown } from '../../source/tui/view-model/cpu.ts';
import { lockLines, objectLines, tlbLines } from '../../source/tui/view-model/panes/state-panes.ts';
import { customViewLines } from '../../source/tui/view-model/panes/strip-view.ts';
import { favouritePanes, firstLine, paneContent, paneNames } from '../../source/tui/view-model/panes.ts';
import { colours, sampleSession, sampleTexts } from './sample.ts';

function text(lines: readonly StyledLine[]): string[] {
	return lines.map((line) => plainOf(line).trimEnd());
}

function pane(session: Session, name: string, width = 78): string[] {
	const since = session.timeline.cursor.parent;
	return text(paneContent({ session, since }, name, width, colours).lines);
}

describe('the log', () => {
	it('has the events of each step under its number, the last step marked', () => {
		const session = sampleSession('plain', ['cpu 0', 'cpu 0']);
		const lines = pane(session, 'log');
		expect(lines[0]).toMatch(/^ {3}1 CPU0 +spin_lock\(&lock\)/);
		expect(lines.find((line) => line.includes('shared: 0 -> 1'))).toMatch(/CPU0 .*count_up$/);
		const { lines: styled, anchor } = paneContent({ session, since: null }, 'log', 78, colours);
		expect(anchor).toBe(styled.length - 1);
		expect(styled[anchor]?.some(({ tone }) => tone === 'changed')).toBe(true);
		expect(styled[0]?.some(({ tone }) => tone === 'changed')).toBe(false);
	});

	it('has what was reported where it happened', () => {
		const lines = pane(sampleSession('hasty', ['mail', 'mail', 'continue'], 'mail'), 'log');
		expect(lines.at(-1)).toMatch(/^✗ assertion: .*shared has changed since it was read/);
	});
});

describe('notes', () => {
	it('mark the entry that comes next, and the one just done, with the thread beside them', () => {
		const session = sampleSession('hasty', ['mail', 'note here it is'], 'mail');
		const lines = pane(session, 'notes');
		expect(lines[0]).toMatch(/As the mail has it {2}1\/3/);
		expect(lines[1]).toMatch(/^\* 1 cpu1 line/);
		expect(lines[2]).toBe('     CPU1 reads first, without the lock.');
		expect(lines[3]).toMatch(/^▶ 2 cpu0 until done/);
		expect(lines.join('\n')).toMatch(/your notes\n +\d+ here it is/);
		expect(paneContent({ session, since: null }, 'notes', 78, colours).anchor).toBe(3);
	});

	it('go back in time with the session', () => {
		const session = sampleSession('hasty', ['mail', 'mail', 'goto start'], 'mail');
		expect(pane(session, 'notes')[1]).toMatch(/^▶ 1 cpu1/);
	});

	it('count no entries that another branch has taken', () => {
		const session = sampleSession('hasty', ['mail', 'mail', 'goto start', 'cpu 0', 'cpu 0', 'finish'], 'mail');
		expect(session.timeline.branches).toHaveLength(2);
		expect(pane(session, 'notes')[0]).toMatch(/As the mail has it {2}0\/3/);
	});

	it('put a mark below its entry where there is no room beside it', () => {
		const texts = sampleTexts.map(({ path, text: before }) => ({
			path,
			text: before.replace('cpu0 until done, note', 'cpu0 until done, mark: a mark that is longer than most are, note'),
		}));
		const target = buildTarget(parseScenario('sample', texts), { kernel: 'hasty', schedule: 'mail' });
		const lines = pane(startSession(target, 'mail'), 'notes', 45);
		expect(lines.slice(3, 5)).toEqual(['  2 cpu0 until done', '     [a mark that is longer than most are]']);
	});

	it('say how to follow a schedule when none is', () => {
		expect(pane(sampleSession('hasty'), 'notes').join('\n')).toContain(':schedule mail');
	});
});

describe('watches', () => {
	it('show displayed values, what changed, and the stops with their hits', () => {
		const session = sampleSession('plain', ['display shared', 'break count_up', 'watch slots[1]', 'cpu 0', 'cpu 0']);
		const lines = pane(session, 'watches');
		expect(lines[0]).toMatch(/^\*1: shared {2}1 {2}CPU0$/);
		expect(lines.join('\n')).toMatch(/● *2: count_up/);
		expect(lines.join('\n')).toMatch(/● *3: change of slots\[1\]/);
	});
});

describe('branches', () => {
	it('say where one is, and what each has led to', () => {
		const session = sampleSession('plain', ['cpu 0', 'cpu 0', 'back', 'stepi', 'stepi']);
		const lines = pane(session, 'branches');
		expect(lines[0]).toMatch(/^ {2}main {2}2 steps/);
		expect(lines[1]).toMatch(/^▶ b2 {2}3 steps/);
	});
});

describe('a pane of the model', () => {
	it("has a name to itself, and the machine's pane of that name says whose it is", () => {
		const texts = sampleTexts.map(({ path, text }) => ({
			path,
			text: text.replace('slots_view(void)', 'locks(void)'),
		}));
		const yaml = texts.map(({ path, text }) => ({ path, text: text.replace('slots view, locks', 'locks') }));
		const session = startSession(buildTarget(parseScenario('clash', yaml), { kernel: 'plain', program: 'both' }));
		expect(paneNames(session).filter((name) => /locks/.test(name))).toEqual(['locks', 'locks of the machine']);
		expect(pane(session, 'locks')[0]).toContain('slots');
		expect(pane(session, 'locks of the machine')[0]).toContain('all free: lock');
		expect(favouritePanes(session)).toEqual(['locks']);
	});
});

describe('the drawing', () => {
	it('grows with every step, a column a CPU', () => {
		const lines = pane(sampleSession('plain', ['cpu 0', 'cpu 0']), 'diagram');
		expect(lines[0]).toMatch(/CPU0 \(counts\)/);
		expect(lines.join('\n')).toContain('lock');
	});
});

describe('locks', () => {
	it('show holders since when and waiters, and the free ones in one line', () => {
		const rows: readonly LockRow[] = [
			{ name: 'a', kind: 'spinlock', holders: [], waiters: [], changed: false },
			{
				name: 'b',
				kind: 'rwlock',
				holders: [{ actor: 'CPU0', mode: 'shared', since: 7 }],
				waiters: ['CPU1'],
				changed: true,
			},
			{ name: 'c', kind: 'mutex', holders: [], waiters: [], changed: false },
		];
		expect(text(lockLines(rows, 60, colours))).toEqual([
			'*b  held by CPU0 (shared) since step 7; CPU1 waits  rwlock',
			' free: a, c',
		]);
		expect(text(lockLines(rows, 40, colours))).toEqual([
			'*b  held by CPU0 (shared) since step 7',
			'    CPU1 waits',
			' free: a, c',
		]);
	});
});

describe('TLBs', () => {
	const row: TlbRow = {
		label: 'A+2',
		space: 'kernel',
		page: 2,
		pte: 'none',
		cells: [
			{ cpu: 0, text: '', state: 'empty', remark: '', changed: false },
			{ cpu: 1, text: 'P3', state: 'stale', remark: 'filled step 16; stale since step 18', changed: true },
		],
	};

	it('mark what is stale in words, and say since when beside it or below it', () => {
		expect(text(tlbLines([row], 80, colours))).toEqual([
			' page  tables say  TLB0  TLB1',
			'*A+2   none        -     *P3!stale  filled step 16; stale since step 18',
		]);
		expect(text(tlbLines([row], 50, colours))).toEqual([
			' page  tables say  TLB0  TLB1',
			'*A+2   none        -     *P3!stale',
			'      filled step 16; stale since step 18',
		]);
	});
});

describe('objects', () => {
	it('show what a field was, and who freed what is gone', () => {
		const row: ObjectRow = {
			name: 'A',
			type: 'struct vmap_block',
			status: 'freed',
			allocated: 'the set-up, CPU0 in f (m.c:1)',
			freed: 'step 9, CPU1 in g (m.c:2)',
			fields: [{ name: 'free', type: 'int', value: '0', before: '2' }],
			changed: true,
		};
		expect(text(objectLines([row], colours))).toEqual([
			'*A struct vmap_block FREED at step 9, CPU1 in g (m.c:2)  allocated at the set-up, CPU0 in f (m.c:1)',
			'   *free  0  (was 2)',
		]);
	});
});

describe('a view of the model', () => {
	const view = (cells: string[], dirty: string): CustomView => ({
		title: 'blocks',
		rows: [
			{
				label: 'A',
				cells: cells.map((cell) => ({ tone: cell === '.' ? 'free' : 'unheard-of', text: cell })),
				range: { start: 0, end: 2 },
				badges: [{ tone: 'bad', text: 'LOST' }],
				fields: [
					{ name: 'dirty', value: dirty },
					{ name: 'free', value: '1' },
				],
				remarks: ['not full'],
				tree: null,
				changed: true,
			},
		],
	});

	it('is drawn with brackets under the cells that it names, changes marked', () => {
		const now = customViewLines(view(['d', 'd', '.'], '2'), view(['d', '.', '.'], '1'), 60, colours);
		expect(text(now)).toEqual(['*A │d│d│.│ [LOST] *dirty 2 free 1', '    └─┘', '   not full']);
		const changed = now[0]
			?.filter(({ tone }) => tone === 'changed')
			.map((span) => span.text)
			.filter((part) => part !== '');
		expect(changed).toEqual(['*', 'A', 'd', '*', '2']);
	});

	it('is put on more lines where there is no room, and never breaks inside of a value', () => {
		const lines = text(customViewLines(view(['d', 'd', '.'], '2'), null, 16, colours));
		expect(lines[0]).toBe('*A │d│d│.│');
		expect(lines.join('\n')).toMatch(/^ +\[LOST\]/m);
		expect(lines.join('\n')).toMatch(/^ +dirty 2$/m);
	});

	it('takes ranges that reach out of the strip', () => {
		const wild = view(['a'], '1');
		const rows = wild.rows.map((row) => ({ ...row, range: { start: -5, end: 99 } }));
		expect(text(customViewLines({ ...wild, rows }, null, 60, colours))[1]).toBe('    └');
		const empty = wild.rows.map((row) => ({ ...row, range: { start: 2, end: 2 }, cells: [] }));
		expect(text(customViewLines({ ...wild, rows: empty }, null, 60, colours))[0]).toMatch(/^\*A +\[LOST\]/);
	});
});

describe('scrolling', () => {
	const content = (count: number, anchor: number) => ({ lines: Array.from({ length: count }, () => []), anchor });

	it('keeps the anchor in sight unless the user has scrolled', () => {
		expect(firstLine(content(100, 99), 10, undefined)).toBe(90);
		expect(firstLine(content(100, 50), 10, undefined)).toBeLessThanOrEqual(50);
		expect(firstLine(content(100, 50), 10, undefined)).toBeGreaterThan(40);
		expect(firstLine(content(100, 0), 10, 20)).toBe(20);
		expect(firstLine(content(100, 0), 10, 1000)).toBe(90);
		expect(firstLine(content(3, 2), 10, undefined)).toBe(0);
	});

	it('shows source by pages, the current line always in sight with what is around it', () => {
		for (let height = 1; height < 30; height++) {
			for (let current = 1; current <= 100; current++) {
				const start = firstShown(current, height, 100);
				expect(current - 1).toBeGreaterThanOrEqual(start);
				expect(current - 1).toBeLessThan(start + height);
				expect(start).toBeGreaterThanOrEqual(0);
			}
		}
		// A step to the next line hardly ever moves the window.
		const starts = Array.from({ length: 60 }, (_, index) => firstShown(index + 1, 20, 100));
		expect(new Set(starts).size).toBeLessThan(6);
	});
});
