import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type BugReport, bugReportJsonSchema } from '../../source/report/bug-report.ts';
import { columnOf } from '../../source/report/draw-columns.ts';
import { formatByEnding, reportFormats } from '../../source/report/formats.ts';
import { makeReport } from '../../source/report/make-report.ts';
import { reportJson } from '../../source/report/report-json.ts';
import { inline, reportMarkdown } from '../../source/report/report-markdown.ts';
import { reportText } from '../../source/report/report-text.ts';
import { bundledIds } from '../../source/scenario/bundled.ts';
import { execute } from '../../source/session/commands.ts';
import { everySchedule, scheduledReport, scheduledSession } from './reports.ts';

const published: unknown = JSON.parse(
	readFileSync(new URL('../../source/report/report.schema.json', import.meta.url), 'utf8'),
);

describe('the published schema', () => {
	it('is up to date (else run: npx node scripts/report-schema.ts)', () => {
		expect(published).toEqual(JSON.parse(JSON.stringify(bugReportJsonSchema())));
	});

	it('refuses what is no report', () => {
		const validator = z.fromJSONSchema(published as Parameters<typeof z.fromJSONSchema>[0]);
		const report = JSON.parse(reportJson(scheduledReport('mremap-pageout', 'unfixed', 'mail')));
		expect(validator.safeParse({ ...report, version: 2 }).success).toBe(false);
		expect(validator.safeParse({ ...report, drawing: { ...report.drawing, events: [{}] } }).success).toBe(false);
	});
});

/** One schedule a scenario: the argument of its thread. */
const examples = bundledIds().flatMap((id) => everySchedule([id]).slice(0, 1));

describe.each(examples)('the report of $id/$kernel --schedule $schedule', ({ id, kernel, schedule }) => {
	const report = scheduledReport(id, kernel, schedule);

	it('is ASCII of at most 80 columns with tabs of 8', () => {
		for (const line of reportText(report)) {
			expect(line).toMatch(/^[\t\x20-\x7e]*$/);
			expect(columnOf(line), line).toBeLessThanOrEqual(80);
			expect(line).toBe(line.trimEnd());
		}
	});

	it('is JSON as the published schema has it', () => {
		const validator = z.fromJSONSchema(published as Parameters<typeof z.fromJSONSchema>[0]);
		expect(validator.safeParse(JSON.parse(reportJson(report))).error).toBeUndefined();
	});

	it('says in its subject and its splat that a model was run', () => {
		const text = reportText(report);
		expect(text.slice(0, 2).join(' ')).toContain('[model]');
		if (report.violations.length > 0) {
			expect(text).toContain('This is a report from a model, not from a running kernel.');
		}
	});

	it('is the same every time', () => {
		expect(scheduledReport(id, kernel, schedule)).toEqual(report);
	});
});

describe('texts of a stranger', () => {
	const hostile = [
		'\u001b[31mred\u001b[0m',
		'``` end of the fence',
		'<img src=x onerror=alert(1)>',
		'[click](http://example.org) @torvalds #1',
		'| a | b | ** bold ** \u202e',
	].join(' ');

	function hostileReport(): BugReport {
		const noted = execute(scheduledSession('mremap-pageout', 'unfixed', 'mail'), `note ${hostile}`).session;
		const report = makeReport(noted, { remarks: [hostile] });
		const [first, ...rest] = report.drawing.events;
		if (first === undefined) throw new Error('there is no event');
		// What a model could call its functions, objects and programs.
		return {
			...report,
			subject: hostile,
			summary: [hostile],
			scenario: { ...report.scenario, title: hostile },
			drawing: { ...report.drawing, events: [{ ...first, text: hostile, comment: `\`\`\`\` ${hostile}` }, ...rest] },
		};
	}

	it('never steer a terminal, in any format', () => {
		const report = hostileReport();
		const session = scheduledSession('mremap-pageout', 'unfixed', 'mail');
		for (const { name, render } of reportFormats) {
			if (name === 'itf') continue; // made of the session, and tried on its own
			const text = render(report, session);
			// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
			expect(text, name).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
		}
	});

	it('cannot end the fence of the drawing in Markdown', () => {
		const text = reportMarkdown(hostileReport());
		const lines = text.split('\n');
		const [open = ''] = lines.filter((line) => /^`{3,}/.test(line));
		expect(open).toBe('`````');
		// Every fence that is opened is closed by one that is as long, and nothing between is one.
		const fences = lines.filter((line) => /^`{3,}(?:sh)?$/.test(line));
		expect(fences.length % 2).toBe(0);
	});

	it('are no markup of Markdown outside it', () => {
		const prose = reportMarkdown(hostileReport())
			.replace(/^(`{3,})(?:sh)?\n[\s\S]*?\n\1$/gm, '')
			.split('\n');
		for (const line of prose) {
			expect(line).not.toMatch(/<[a-z]/i);
			expect(line).not.toMatch(/@\w/);
			expect(line).not.toMatch(/(^|[^\\])\]\(/);
			expect(line).not.toMatch(/https?:\/\//);
			expect(line).not.toMatch(/(^|[^\\&])#\d/);
		}
	});

	it('stay readable: what is escaped is what was meant', () => {
		expect(inline('D1.pmd[0] -> none (2 of 4)')).toBe('D1.pmd\\[0\\] -&gt; none (2 of 4)');
		expect(inline('1. no list')).toBe('1\\. no list');
	});
});

describe('the format of a file', () => {
	it('is told by its ending', () => {
		expect(formatByEnding(reportFormats, 'race.md')?.name).toBe('markdown');
		expect(formatByEnding(reportFormats, 'RACE.ITF.JSON')?.name).toBe('itf');
		expect(formatByEnding(reportFormats, 'race.json')?.name).toBe('json');
		expect(formatByEnding(reportFormats, 'folder.md/race')).toBeNull();
	});

	it('is one that :report knows', () => {
		const session = scheduledSession('mremap-pageout', 'unfixed', 'mail');
		for (const { name, extensions } of reportFormats) {
			const file = `race.${extensions[0]}`;
			expect(execute(session, `report ${file}`).effects).toEqual([{ kind: 'report', format: name, file }]);
		}
	});
});
