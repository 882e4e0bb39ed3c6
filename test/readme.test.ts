import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { actors } from '../source/machine/step.ts';
import { loadBundled } from '../source/scenario/bundled.ts';
import { buildTarget } from '../source/scenario/target.ts';
import { execute, startSession } from '../source/session/commands.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the tour goes where the README says', () => {
	const points = [...readme.matchAll(/`:goto (\d+)`/g)].map((match) => match[1] ?? '');
	expect(points).toHaveLength(2);
	const [left = '', both = ''] = points;
	const target = buildTarget(loadBundled('vmap-stale-tlb'), { kernel: 'free-list' });
	const end = execute(startSession(target, 'mail'), 'mail 33').session;
	const freeList = 'print per_cpu(vmap_block_queue, 0).free.next == &per_cpu(vmap_block_queue, 0).free';
	const isEmptyAt = (step: number) => execute(execute(end, `goto ${step}`).session, freeList).output[0]?.text.at(-1);
	expect([isEmptyAt(Number(left) - 1), isEmptyAt(Number(left))]).toEqual(['0', '1']);
	const fork = execute(end, `goto ${both}`).session;
	const ready = actors(target.machine, fork.timeline.cursor.state).filter(({ status }) => status === 'ready');
	expect(ready.map(({ name }) => name)).toEqual(['cpu0', 'cpu1']);
	const branches = execute(fork, '0').session.timeline.branches.map(({ name }) => name);
	expect(branches).toEqual(['main', 'b2']);
});
