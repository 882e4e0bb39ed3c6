import { describe, expect, it } from 'vitest';
import { mmstep } from './command-line.ts';

/** The thread's own claims, seen from the command line. */
const scenario = 'vmap-stale-tlb';

function pagesFlushed(out: string): number {
	return Number(/^ +(\d+) {2}flush pages$/m.exec(out)?.[1] ?? 0);
}

describe('the sequence of the mails', { timeout: 60_000 }, () => {
	it('breaks the promise on the kernel that walks the free lists, once, and says why', async () => {
		const { status, out } = await mmstep('run', `${scenario}/free-list`, '--schedule', 'mail');
		expect(status).toBe(1);
		expect(out.match(/^BUG:/gm)).toEqual(['BUG:']);
		const report = out.slice(out.indexOf('BUG:')).replaceAll(/\s+/g, ' ');
		for (const words of [
			'stale-tlb in vm_unmap_aliases',
			"CPU1's TLB",
			'A+2',
			'P3',
			'owned by N',
			'filled it at step',
			'free list',
		]) {
			expect(report).toContain(words);
		}
		expect(out).toContain('WARNING: mmstep: stale-tlb in vb_free');
	});

	it.each(['xarray', 'series'])('keeps it on %s, for a flush of 2 pages', async (kernel) => {
		const { status, out } = await mmstep('run', `${scenario}/${kernel}`, '--schedule', 'mail');
		expect(status).toBe(0);
		expect(out).not.toMatch(/^BUG:/m);
		expect(pagesFlushed(out)).toBe(2);
	});

	it('flushes the same pages again with every call, until the range is reset', async () => {
		const [xarray, series] = await Promise.all(
			['xarray', 'series'].map((kernel) => mmstep('run', `${scenario}/${kernel}`, '--schedule', 'again')),
		);
		expect(pagesFlushed(xarray?.out ?? '')).toBe(6);
		expect(pagesFlushed(series?.out ?? '')).toBe(2);
	});

	it('shows where the suggested shortcut goes wrong', async () => {
		const shortcut = await mmstep('run', `${scenario}/shortcut`, '--schedule', 'shortcut', '--json');
		const kinds = (JSON.parse(shortcut.out) as { violations: { kind: string; severity: string }[] }).violations
			.filter(({ severity }) => severity === 'violation')
			.map(({ kind }) => kind);
		expect([shortcut.status, kinds]).toEqual([1, ['stale-tlb']]);
		expect((await mmstep('run', `${scenario}/series`, '--schedule', 'shortcut')).status).toBe(0);
	});

	it('finds the block freed under the walk without a read section', async () => {
		const { status, out } = await mmstep('run', `${scenario}/no-rcu`, '--schedule', 'no-rcu');
		expect(status).toBe(1);
		expect(out).toContain('BUG: mmstep: use-after-free');
	});
});
