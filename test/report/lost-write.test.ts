import { describe, expect, it } from 'vitest';
import { makeReport } from '../../source/report/make-report.ts';
import { reportText } from '../../source/report/report-text.ts';
import { sessionAfter, targetOf } from './model.ts';

/** A writer, whose copy a reader replaces in between, unless it is told that the page is valid; and a flusher. */
const model = `
struct page { int data; int valid; };
struct page cache;
int disk;
spinlock_t lock;

void cpu0(void)
{
	spin_lock(&lock);
	WRITE_ONCE(cache.data, 1);
	spin_unlock(&lock);
	WRITE_ONCE(disk, READ_ONCE(cache.data));
	if (READ_ONCE(disk) != 1)
		ghost {
			violation("lost-store", "what was stored to %p is not on the disk", &cache);
		}
}

void cpu1(void)
{
	spin_lock(&lock);
	if (!READ_ONCE(cache.valid))
		WRITE_ONCE(cache.data, READ_ONCE(disk));
	spin_unlock(&lock);
}
`;

function whyOf(text: string, steps: string): string {
	const lines = reportText(makeReport(sessionAfter(targetOf(text), steps)));
	const start = lines.indexOf('Why:');
	return start < 0
		? ''
		: lines
				.slice(start + 1, lines.indexOf('', start))
				.join(' ')
				.replace(/\s+/g, ' ')
				.trim();
}

describe('the report of a store that was overwritten', () => {
	const why = whyOf(model, 'cpu0 line "spin_unlock"; cpu1 until done; cpu0 until done');

	it('says which store it was, who overwrote it, and what that one went by', () => {
		expect(why).toMatch(/CPU0 stored cache\.data = 1 at \(\d\) in cpu0\(\)/);
		expect(why).toMatch(/CPU1 set it back to 0 at \(\d\) in cpu1\(\), from disk = 0/);
		expect(why).toMatch(/CPU1 read cache\.valid = 0 at \(\d\) in cpu1\(\); nobody had changed that/);
	});

	it('says which lock went from one to the other in between', () => {
		expect(why).toMatch(
			/CPU0 had let go of lock, under which it stored, at \(\d\) in cpu0\(\); CPU1 took it at \(\d\)/,
		);
	});

	it('says that nobody stored it again', () => {
		expect(why).toContain('nobody stored 1 to cache.data again');
	});
});

it('says what became of it last where nobody overwrote it', () => {
	const text = `
struct page { int data; int dirty; };
struct page cache;

void cpu0(void)
{
	WRITE_ONCE(cache.dirty, 1);
	violation("lost-store", "%p stays dirty", &cache);
}
`;
	expect(whyOf(text, 'cpu0 until done')).toMatch(
		/^- cache\.dirty became 1 at \(\d\) by CPU0 in cpu0\(\); nobody changed it after that$/,
	);
});

it('leaves a report alone that says it itself', () => {
	const own = model.replace('&cache);', '&cache);\n\tdetail("because of the weather");');
	expect(whyOf(own, 'cpu0 line "spin_unlock"; cpu1 until done; cpu0 until done')).toBe('- because of the weather');
});
