/**
 * The drawing of a report as a picture: a lane for each CPU, time downwards, one event a line, the harm at the end. For the
 * light and the dark pages that it may stand on; it has a background of its own, so that no page can make it unreadable.
 */

import type { BugReport, DrawnEvent } from './bug-report.ts';
import { element, gridText, round, xmlText } from './svg-text.ts';
import { asciiText, wrapLine } from './wrap.ts';

// Sizes in user units, which viewers show as pixels.
const fontSize = 13;
/** Of a character; fixed-width fonts are near 0.6 em, and each text carries its length. */
const charWidth = 7.8;
const lineHeight = 18;
const margin = 20;
const laneGap = 14;
const lanePadding = 8;
/** Characters a lane may be wide; longer events are wrapped. */
const widestLane = 44;
const narrowestLane = 18;
/** Characters of the prose above and below. */
const widestProse = 110;
/** Events that a picture has: a longer one could not be looked at. The last ones are kept. */
const mostEvents = 1000;

/** The drawing of a report as the text of an `.svg` file. */
export function reportSvg(report: BugReport): string {
	const { drawing, subject, scenario, kernel, program } = report;
	const events = drawing.events.slice(-mostEvents);
	const lanes = lanesOf(report, events);
	const lanesEnd = lanes.at(-1)?.end ?? margin + gutter(report);
	const heading = [
		...wrapLine(asciiText(subject), widestProse).map((text) => ({ text, class: 'subject' })),
		{
			text: asciiText(`${scenario.id}/${kernel.id}, ${program.title === '' ? program.id : program.title}`),
			class: 'dim',
		},
	];
	const width = Math.max(lanesEnd + margin, ...heading.map(({ text }) => text.length * charWidth + 2 * margin));
	const room = Math.floor((width - 2 * margin) / charWidth);
	const parts: string[] = [];
	let y = margin;
	for (const line of heading) {
		y += lineHeight;
		parts.push(gridText(margin, y, line.text, charWidth, { class: line.class }));
	}
	y += lineHeight;
	const top = y;
	y += lineHeight + 4;
	for (const { column, start } of lanes) {
		parts.push(gridText(start, y, headOf(report, column), charWidth, { class: 'head' }));
	}
	y += 8;
	if (events.length < drawing.events.length) {
		y += lineHeight;
		const text = `... ${drawing.events.length - events.length} earlier events are not in this picture`;
		parts.push(gridText(margin, y, text, charWidth, { class: 'dim' }));
	}
	const digits = stepDigits(report);
	let step = -1;
	for (const event of events) {
		const lane = lanes[event.column];
		if (lane === undefined) continue;
		const label = event.step === step ? '' : String(event.step).padStart(digits);
		const rows = eventLines(event, lane.characters);
		parts.push(eventMarks(event, lane, label, y, rows.length, margin + gutter(report)));
		for (const row of rows) {
			y += lineHeight;
			const x = lane.start + row.indent * charWidth;
			parts.push(gridText(x, y, row.text, charWidth, { class: row.class }));
		}
		step = event.step;
	}
	const bottom = y + 10;
	y = bottom + lineHeight / 2;
	// A point without words is one that others refer to.
	for (const { number, text } of report.points.filter((point) => point.text !== '')) {
		for (const line of wrapLine(asciiText(`(${number}) ${text}`), room, 4)) {
			y += lineHeight;
			const row = lineAt(0, line, 'plain');
			parts.push(gridText(margin + row.indent * charWidth, y, row.text, charWidth, { class: row.class }));
		}
	}
	y += lineHeight * 1.5;
	const origin = `A model, not a running kernel. ${report.tool}, code ${report.codeHash}`;
	parts.push(gridText(margin, y, asciiText(origin), charWidth, { class: 'dim' }));
	const height = y + margin;
	const backs = lanes.map(({ left, end }) =>
		element('rect', {
			class: 'lane',
			x: round(left),
			y: round(top),
			width: round(end - left),
			height: round(bottom - top),
			rx: 4,
		}),
	);
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img" aria-labelledby="title description">`,
		element('title', { id: 'title' }, xmlText(subject) || 'mmstep'),
		element('desc', { id: 'description' }, xmlText(descriptionOf(report)) || 'mmstep'),
		`<style>${style}</style>`,
		element('rect', { class: 'page', x: 0, y: 0, width: round(width), height: round(height) }),
		...backs,
		...parts.filter((part) => part !== ''),
		'</svg>',
		'',
	].join('\n');
}

const style = [
	`text{font-family:ui-monospace,"DejaVu Sans Mono","Liberation Mono",Menlo,Consolas,monospace;font-size:${fontSize}px;white-space:pre;fill:#1f2328}`,
	'.page{fill:#ffffff}.lane{fill:#f2f4f7}',
	'.subject,.head,.call{font-weight:bold}.dim,.step{fill:#59636e}.lock{fill:#0550ae}.tlb{fill:#6639ba}',
	'.comment,.wait{fill:#59636e;font-style:italic}.warning{fill:#7d4e00}.harm{fill:#b3151d;font-weight:bold}.harm-box{fill:#ffe3e0}',
	'.badge{fill:#59636e}.badge-number{fill:#ffffff;font-size:10px;font-weight:bold;text-anchor:middle}',
	'@media (prefers-color-scheme:dark){text{fill:#e6edf3}.page{fill:#0d1117}.lane{fill:#171d26}.dim,.step,.comment,.wait{fill:#9198a1}.lock{fill:#79c0ff}.tlb{fill:#d2a8ff}.warning{fill:#e3b341}.harm{fill:#ff9492}.harm-box{fill:#4b1113}.badge{fill:#9198a1}.badge-number{fill:#0d1117}}',
].join('');

interface Lane {
	/** Index into the columns of the drawing. */
	readonly column: number;
	/** Left edge of its background, where its text starts, and its right edge. */
	readonly left: number;
	readonly start: number;
	readonly end: number;
	readonly characters: number;
}

/** Width of the numbers at the left: steps, then points. */
function gutter(report: BugReport): number {
	return (stepDigits(report) + 1) * charWidth + (report.points.length > 0 ? 24 : 0);
}

function stepDigits({ drawing }: BugReport): number {
	return Math.max(2, String(drawing.events.at(-1)?.step ?? 0).length);
}

function lanesOf(report: BugReport, events: readonly DrawnEvent[]): Lane[] {
	let left = margin + gutter(report);
	return report.drawing.columns.map((_, column) => {
		const needs = events.filter((event) => event.column === column).map(naturalWidth);
		const wish = Math.max(narrowestLane, headOf(report, column).length, ...needs);
		const characters = Math.min(widestLane, wish);
		const lane = {
			column,
			left,
			start: left + lanePadding,
			end: left + 2 * lanePadding + characters * charWidth,
			characters,
		};
		left = lane.end + laneGap;
		return lane;
	});
}

function headOf({ drawing }: BugReport, column: number): string {
	const { actor = '', role = '' } = drawing.columns[column] ?? {};
	return asciiText(role === '' ? actor : `${actor} (${role})`).slice(0, widestLane);
}

function naturalWidth(event: DrawnEvent): number {
	const { depth, comment } = event;
	return depth * 2 + Math.max(asciiText(textOf(event)).length, comment === '' ? 0 : asciiText(comment).length + 6);
}

interface EventLine {
	readonly indent: number;
	readonly text: string;
	readonly class: string;
}

function eventLines(event: DrawnEvent, characters: number): EventLine[] {
	const indent = Math.min(event.depth * 2, Math.floor(characters / 3));
	const room = characters - indent;
	const text = wrapLine(asciiText(textOf(event)), room, 2);
	const comment = event.comment === '' ? [] : wrapLine(asciiText(`[ ${event.comment} ]`), room - 2, 2);
	return [
		...text.map((line) => lineAt(indent, line, classOf(event))),
		...comment.map((line) => lineAt(indent + 2, line, 'comment')),
	];
}

/** Blanks at the beginning become part of the place: viewers differ in what they do with them. */
function lineAt(indent: number, line: string, name: string): EventLine {
	const text = line.trim();
	return { indent: indent + line.length - line.trimStart().length, text, class: name };
}

function textOf({ kind, text }: DrawnEvent): string {
	return kind === 'wait' || kind === 'warning' ? `[ ${text.replace(/^\((.*)\)$/, '$1')} ]` : text;
}

function classOf({ kind }: DrawnEvent): string {
	switch (kind) {
		case 'violation':
			return 'harm';
		case 'warning':
			return 'warning';
		case 'wait':
			return 'wait';
		case 'call':
			return 'call';
		case 'lock':
		case 'unlock':
		case 'rcu':
			return 'lock';
		case 'tlb-fill':
		case 'tlb-hit':
		case 'tlb-flush':
			return 'tlb';
		case 'return':
		case 'read':
		case 'write':
		case 'memory':
		case 'frame':
		case 'interrupt':
		case 'fault':
			return 'plain';
		default:
			return kind satisfies never;
	}
}

/** What stands beside and behind an event: its step, the number of its point, the box of the harm. */
function eventMarks(event: DrawnEvent, lane: Lane, label: string, y: number, rows: number, lanesStart: number): string {
	const marks: string[] = [];
	if (event.kind === 'violation') {
		const box = {
			x: round(lane.left + 2),
			y: round(y + 3),
			width: round(lane.end - lane.left - 4),
			height: rows * lineHeight + 4,
		};
		marks.push(element('rect', { class: 'harm-box', ...box, rx: 3 }));
	}
	if (label !== '') {
		const row = lineAt(0, label, 'step');
		marks.push(gridText(margin + row.indent * charWidth, y + lineHeight, row.text, charWidth, { class: row.class }));
	}
	if (event.point !== null) {
		const x = round(lanesStart - 14);
		marks.push(element('circle', { class: 'badge', cx: x, cy: round(y + lineHeight - 4.5), r: 8 }));
		marks.push(element('text', { class: 'badge-number', x, y: round(y + lineHeight - 1) }, String(event.point)));
	}
	return marks.join('\n');
}

function descriptionOf({ summary, drawing }: BugReport): string {
	const columns = drawing.columns.map(({ actor, role }) => (role === '' ? actor : `${actor} (${role})`)).join(', ');
	return `${summary.join(' ')} A lane for each of ${columns}; time runs downwards through ${drawing.events.length} events.`;
}
