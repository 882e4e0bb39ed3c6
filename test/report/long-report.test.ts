import { describe, expect, it } from 'vitest';
import { drawColumns } from '../../source/report/draw-columns.ts';
import { makeReport } from '../../source/report/make-report.ts';
import { reportText } from '../../source/report/report-text.ts';
import { startSession } from '../../source/session/commands.ts';
import { targetOf } from './model.ts';
import { playedSession } from './reports.ts';

/** Two counters, one of which forgets the lock; the other looks at the sum in the end. */
const model = `
spinlock_t lock;
int total;

void cpu0(void)
{
	for (int i = 0; i < 1700; i++) {
		spin_lock(&lock);
		total = total + 1;
		spin_unlock(&lock);
	}
	spin_lock(&lock);
	if (total != 3400)
		violation("assertion", "total is not 3400");
	spin_unlock(&lock);
}

void cpu1(void)
{
	for (int i = 0; i < 1700; i++)
		total = total + 1;
}
`;

describe('a session of more than 10,000 steps', () => {
	const session = playedSession(startSession(targetOf(model)), (step) => step * 7 + (step >> 3));
	const report = makeReport(session);

	it('is as long as that', () => {
		expect(report.steps).toBeGreaterThan(10_000);
	});

	it('is told on less than two screens of 40 lines', () => {
		expect(reportText(report).length).toBeLessThan(80);
	});

	it('ends with the harm, and has what led to it from both sides', () => {
		const { events } = report.drawing;
		expect(events.at(-1)).toMatchObject({ kind: 'violation', text: 'failed assertion', column: 0 });
		expect(events.filter(({ column }) => column === 1).map(({ text }) => text)).toContain('total = total + 1');
		expect(events.find(({ text }) => text.startsWith('if (total != 3400)'))?.comment).toMatch(/^total = \d+$/);
	});

	it('says that events are left out', () => {
		expect(report.drawing.omitted).toBeGreaterThan(10_000);
		expect(drawColumns(report.drawing).some((line) => line.trim() === '...')).toBe(true);
	});

	it('is drawn whole when that is wanted', () => {
		const full = makeReport(session, { full: true });
		expect(full.drawing.isFull).toBe(true);
		expect(full.drawing.events.length).toBeGreaterThan(1700 * 3);
	});
});

describe('a session without a violation', () => {
	it('says so, and draws its last events', () => {
		const session = playedSession(startSession(targetOf('int n;\nvoid cpu0(void)\n{\n\tn = 1;\n\tn = 2;\n}')), () => 0);
		const report = makeReport(session);
		expect(report.subject).toContain('no violation');
		expect(report.drawing.events.map(({ text }) => text)).toEqual(['n = 1', 'n = 2']);
		expect(report.violations).toEqual([]);
	});

	it('says what was done where a line does not', () => {
		const session = playedSession(startSession(targetOf('int n; void cpu0(void) { n = 1; n = 2; }')), () => 0);
		expect(makeReport(session).drawing.events.map(({ text }) => text)).toEqual(['n: 0 -> 1', 'n: 1 -> 2']);
	});
});
