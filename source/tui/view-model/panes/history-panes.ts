/** The panes that tell how one got here: events, the drawing, the thread's argument, reports, branches. */

import { plainLine, plainSourceLine } from '../../../language/plain-text.ts';
import { contextName } from '../../../machine/describe.ts';
import { actorName } from '../../../machine/step.ts';
import type { Violation } from '../../../machine/violation.ts';
import { drawColumns } from '../../../report/draw-columns.ts';
import { reportDrawing } from '../../../report/make-report.ts';
import { splat } from '../../../report/splat.ts';
import { withoutKind } from '../../../report/violation-phrases.ts';
import type { Session, TimelineNode } from '../../../session/session.ts';
import { isInPast, lastCommon } from '../../../session/timeline.ts';
import { line, lineWidth, type StyledLine, span, type Tone, wrapText } from '../../text/styled.ts';
import type { Theme } from '../../text/theme.ts';
import { eventsAt, type Reports, reportsAt } from '../memory.ts';

/** Steps whose events the log shows; each is computed again when it is first shown. */
const loggedSteps = 40;
/** Steps that the drawing covers. */
const drawnSteps = 60;
/** Reports shown in full. */
const shownReports = 20;

function lastNodes(cursor: TimelineNode, count: number): readonly TimelineNode[] {
	const nodes: TimelineNode[] = [];
	for (let at = cursor; at.parent !== null && nodes.length < count; at = at.parent) nodes.push(at);
	return nodes.reverse();
}

export function logLines({ target, timeline }: Session, theme: Theme): readonly StyledLine[] {
	const { machine } = target;
	const { cursor } = timeline;
	const nodes = lastNodes(cursor, loggedSteps);
	if (nodes.length === 0) return [line(' nothing has happened yet', 'dim')];
	const lines: StyledLine[] = [];
	const earlier = (nodes[0]?.depth ?? 1) - 1;
	if (earlier > 0) lines.push(line(` ${theme.glyphs.ellipsis} ${earlier} earlier steps`, 'dim'));
	for (const node of nodes) {
		const isLast = node === cursor;
		const events = eventsAt(target, node);
		const actor = node.action === null ? '' : actorName(machine, node.action.choice.actor);
		if (events.length === 0) {
			lines.push([
				span(`${String(node.depth).padStart(4)} `, 'dim'),
				span(`${actor}: nothing that others can see`, 'dim'),
			]);
		}
		events.forEach((event, index) => {
			const fn = machine.program.functions[event.function];
			const name = event.context >= 0 ? contextName(machine, event.context) : actor;
			lines.push([
				span(index === 0 ? `${String(node.depth).padStart(4)} ` : '     ', 'dim'),
				span(`${name} `, isLast ? 'strong' : 'plain'),
				span('  '.repeat(Math.min(8, Math.max(0, event.depth - 1)))),
				span(event.text, isLast ? 'changed' : 'plain'),
				span(fn === undefined || event.kind === 'call' ? '' : `  ${fn.name}`, 'dim'),
			]);
		});
		for (const violation of node.violations) lines.push(reportLine(violation, theme));
	}
	return lines;
}

/** A report in one line. */
export function reportLine(violation: Violation, theme: Theme): StyledLine {
	return [
		span(`${theme.glyphs.violation} `, severityTone(violation)),
		span(`${violation.kind}: ${withoutKind(violation.kind, violation.title)}`, severityTone(violation)),
	];
}

function severityTone({ severity }: Violation): Tone {
	switch (severity) {
		case 'violation':
			return 'violation';
		case 'warning':
			return 'warning';
		case 'note':
			return 'note';
		default:
			return severity satisfies never;
	}
}

export function diagramLines(session: Session, width: number): readonly StyledLine[] {
	const { cursor } = session.timeline;
	if (cursor.parent === null) return [line(' the drawing grows with every step', 'dim')];
	// As in a mail, but as wide as the pane.
	const drawing = drawColumns(reportDrawing(session, drawnSteps), Math.max(40, width));
	return drawing.map((text) => line(plainSourceLine(text), /\*\*\*/.test(text) ? 'violation' : 'plain'));
}

/** The schedule beside its notes; the entry that comes next is marked. */
export function noteLines(
	session: Session,
	width: number,
	theme: Theme,
): { lines: readonly StyledLine[]; next: number } {
	const { schedule, notes, timeline } = session;
	const lines: StyledLine[] = [];
	let next = 0;
	if (schedule === null) {
		const known = session.target.scenario.schedules;
		lines.push(line(' no schedule is followed', 'dim'));
		for (const { id, title } of known) lines.push([span(`   :schedule ${id}`, 'key'), span(`  ${title}`, 'dim')]);
	} else {
		const done = finishedEntries(session);
		const total = schedule.schedule.entries.length;
		lines.push([span(` ${schedule.schedule.title}`, 'heading'), span(`  ${done}/${total}`, 'dim')]);
		schedule.schedule.entries.forEach((entry, index) => {
			const isNext = index === done;
			if (isNext) next = lines.length;
			const tone: Tone = isNext ? 'current' : index < done ? 'dim' : 'plain';
			const title = [
				span(isNext ? theme.glyphs.current : index === done - 1 ? theme.glyphs.changed : ' ', tone),
				span(`${String(index + 1).padStart(2)} ${entry.text}`, tone),
			];
			const mark = entry.mark === '' ? [] : [span(`[${entry.mark}]`, 'note')];
			const beside = mark.length === 0 ? title : [...title, span('  '), ...mark];
			if (lineWidth(beside) <= width) lines.push(beside);
			else lines.push(title, ...(mark.length === 0 ? [] : [[span('     '), ...mark]]));
			for (const text of entry.note === '' ? [] : wrapText(plainLine(entry.note), width - 5)) {
				lines.push(line(`     ${text}`, index === done - 1 || isNext ? 'note' : 'dim'));
			}
		});
		if (done === total) next = lines.length - 1;
	}
	const branch = timeline.branches[timeline.current]?.name;
	const own = notes.filter((note) => note.branch === branch);
	if (own.length > 0) lines.push(line(' your notes', 'heading'));
	for (const note of own) {
		const [first = '', ...rest] = wrapText(note.text, width - 7);
		const isHere = note.depth === timeline.cursor.depth;
		lines.push([span(`${String(note.depth).padStart(5)} `, 'dim'), span(first, isHere ? 'changed' : 'note')]);
		for (const text of rest) lines.push(line(`      ${text}`, isHere ? 'changed' : 'note'));
	}
	return { lines, next };
}

/** How many entries of the schedule lie before the cursor; what came after the cursor's branch left them is none of its own. */
export function finishedEntries({ schedule, timeline }: Session): number {
	if (schedule === null) return 0;
	const { depth: common } = lastCommon(timeline.cursor, schedule.at);
	const passed = schedule.ends.findIndex((depth) => depth > common);
	return passed === -1 ? schedule.next : passed;
}

export function violationLines(session: Session, width: number): readonly StyledLine[] {
	const reports = reportsAt(session.timeline.cursor);
	if (reports.latest === null) return [line(' nothing has been reported', 'dim')];
	const lines: StyledLine[] = [];
	let at: Reports = reports;
	for (let shown = 0; at.latest !== null && shown < shownReports; shown++) {
		const { violation } = at.latest;
		const tone = severityTone(violation);
		const [, ...report] = splat(session.target, violation);
		for (const text of report) {
			const isHeading = /mmstep:/.test(text) && /^(BUG|WARNING|NOTE)/.test(text);
			const isRule = /^=+$/.test(text);
			for (const part of isRule
				? [text.slice(0, width)]
				: text.length <= width
					? [text]
					: wrapText(text, width, '  ')) {
				lines.push(line(part, isHeading ? tone : 'plain'));
			}
		}
		at = at.latest.before;
	}
	if (at.count > 0) lines.push(line(` and ${at.count} earlier ones: :info violations`, 'dim'));
	return lines;
}

export function branchLines({ timeline }: Session, theme: Theme): readonly StyledLine[] {
	return timeline.branches.map((branch, index) => {
		const isHere = index === timeline.current;
		const reports = reportsAt(branch.tip);
		return [
			span(isHere ? `${theme.glyphs.current} ` : '  ', 'current'),
			span(branch.name, isHere ? 'current' : 'strong'),
			span(`  ${branch.tip.depth} steps`, 'plain'),
			span(isHere && isInPast(timeline) ? `, you are at step ${timeline.cursor.depth}` : '', 'past'),
			span(reports.violations > 0 ? `  violations: ${reports.violations}` : '', 'violation'),
		];
	});
}
