/** A deadlock as a maintainer reads it: the circle in words, the harm where it is closed, nobody who only looks on. */

import { describe, expect, it } from 'vitest';
import { reportText } from '../../source/report/report-text.ts';
import { scheduledReport } from './reports.ts';

describe('the report of a write that waits for its own page', () => {
	const report = scheduledReport('fuse-write', 'old', 'own-file');
	const text = reportText(report).join('\n');

	it('draws only who is part of the circle, and the harm below it', () => {
		expect(report.drawing.columns.map(({ actor }) => actor)).toEqual(['CPU0']);
		expect(report.drawing.events.at(-1)).toMatchObject({ kind: 'violation', column: 0 });
		expect(report.drawing.events.at(-2)).toMatchObject({ kind: 'wait', column: 0, function: 'touch_user_page' });
	});

	it('says in its subject where it waits, and in its summary for what', () => {
		expect(report.subject).toBe('fs/fuse-write: deadlock in touch_user_page() [model]');
		expect(report.summary.join(' ')).toMatch(/CPU0 waits for mutex F\.page\[1\]\.lock, which it holds itself\./);
	});

	it('names the kind once', () => {
		expect(text).not.toMatch(/deadlock[:\s]+deadlock/);
	});

	it('says which steps the numbered lines are', () => {
		const [, number, step] = /^Steps of the numbered lines: .*?\((\d+)\) (\d+)/m.exec(text) ?? [];
		expect(report.points).toContainEqual(expect.objectContaining({ number: Number(number), step: Number(step) }));
	});
});
