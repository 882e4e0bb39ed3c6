/** Commands for breakpoints, watchpoints and displayed expressions. */

import { plainLine } from '../language/plain-text.ts';
import { numberArgument, wordsOf } from './arguments.ts';
import { displayLines, plain, said } from './arrival.ts';
import { command } from './command.ts';
import { CommandError } from './command-error.ts';
import { breakpointNumbers, identifiers, locations } from './completion.ts';
import { codeScope, compileIn, followedType, followedValue, isScalar, settle, valueText } from './expressions.ts';
import { placeOf } from './place.ts';
import { locationText, parseLocation } from './points.ts';
import type { Breakpoint, Command, CommandResult, OutputLine, Session } from './session.ts';
import type { Location } from './stops.ts';

const maxBreakpoints = 200;
const maxDisplays = 50;
const maxExpression = 500;

/** What a breakpoint stops at: `vb_free if n > 1`, `mm/vmalloc.c:88`, `vb->free (CPU0)`. */
export function breakpointText(breakpoint: Breakpoint): string {
	switch (breakpoint.kind) {
		case 'watch':
			return `watch ${breakpoint.expression}`;
		case 'function':
		case 'line':
			return `${locationText(breakpoint)}${breakpoint.condition === null ? '' : ` if ${breakpoint.condition}`}`;
		default:
			return breakpoint satisfies never;
	}
}

/** The table of `info breakpoints`. */
export function breakpointLines(session: Session): OutputLine[] {
	if (session.breakpoints.length === 0)
		return [plain('no breakpoint is set: `break FUNCTION` or `watch EXPRESSION` sets one')];
	return session.breakpoints.map((breakpoint) => {
		const hits = breakpoint.hits === 0 ? '' : `, hit ${breakpoint.hits} time${breakpoint.hits === 1 ? '' : 's'}`;
		const state = `${breakpoint.enabled ? '' : ', disabled'}${breakpoint.temporary ? ', deleted when hit' : ''}`;
		return plain(`${breakpoint.id}: ${breakpointText(breakpoint)}${state}${hits}`);
	});
}

function addBreakpoint(session: Session, make: (id: number) => Breakpoint): { session: Session; id: number } {
	if (session.breakpoints.length >= maxBreakpoints) {
		throw new CommandError(`there are ${maxBreakpoints} breakpoints already: \`delete\` some`);
	}
	const id = session.nextId;
	return { session: { ...session, nextId: id + 1, breakpoints: [...session.breakpoints, make(id)] }, id };
}

function fresh(id: number, temporary: boolean) {
	return { id, enabled: true, hits: 0, temporary, complained: false };
}

/** `vb_free if n > 1` in its two parts. */
function splitCondition(argument: string): { readonly place: string; readonly condition: string | null } {
	const match = /^(.*?)(?:^|\s)if\b\s*(.*)$/s.exec(argument.trim());
	if (match === null) return { place: argument.trim(), condition: null };
	return { place: match[1]?.trim() ?? '', condition: checkedExpression(match[2] ?? '') };
}

function checkedExpression(text: string): string {
	const expression = plainLine(text);
	if (expression === '') throw new CommandError('the condition is missing after `if`');
	if (expression.length > maxExpression) throw new CommandError(`an expression may have ${maxExpression} characters`);
	return expression;
}

/** Complains about a condition that means nothing at the place, so that a slip of the finger is seen at once. */
function checkCondition(session: Session, location: Location, condition: string | null): void {
	if (condition === null) return;
	const { program } = session.target.machine;
	const scopes = program.functions.flatMap((fn, index) => {
		if (location.kind === 'function') {
			const first = fn.lines.findIndex(({ statement }) => statement);
			return fn.name === location.function ? [{ function: index, instruction: Math.max(0, first) }] : [];
		}
		const at = fn.lines.findIndex(
			({ file, line, statement }) => statement && line === location.line && program.files[file]?.path === location.file,
		);
		return at === -1 ? [] : [{ function: index, instruction: at }];
	});
	const results = scopes.map((scope) => compileIn(program, condition, scope));
	const [first] = results;
	if (first !== undefined && !first.ok && results.every(({ ok }) => !ok)) throw new CommandError(first.full);
}

/** The breakpoints that stop at a place, whatever their conditions. */
function stopsAt({ breakpoints }: Session, location: Location): readonly Breakpoint[] {
	const text = locationText(location);
	return breakpoints.filter((breakpoint) => breakpoint.kind !== 'watch' && locationText(breakpoint) === text);
}

function setBreakpoint(session: Session, argument: string, temporary: boolean): CommandResult {
	const { place, condition } = splitCondition(argument);
	const here = placeOf(session.target, session.timeline.cursor.state, session.focus.context, session.focus.frame);
	if (place === '' && here === null)
		throw new CommandError('the focused CPU runs nothing, so say FUNCTION or FILE:LINE');
	const found = parseLocation(session, place === '' && here !== null ? `${here.file}:${here.line}` : place);
	checkCondition(session, found.location, condition);
	const added = addBreakpoint(session, (id) => ({ ...fresh(id, temporary), ...found.location, condition }));
	const what = `${temporary ? 'temporary breakpoint' : 'breakpoint'} ${added.id}: ${locationText(found.location)}`;
	const others = stopsAt(session, found.location).map(({ id, enabled }) => `${id}${enabled ? '' : ' (disabled)'}`);
	// As gdb has it: two conditions at one place may well be meant.
	const also =
		others.length === 0 ? '' : ` (breakpoint${others.length === 1 ? '' : 's'} ${others.join(', ')} also set there)`;
	return said(added.session, [
		...(found.remark === '' ? [] : [plain(found.remark)]),
		plain(`${what}${condition === null ? '' : ` if ${condition}`}${also}`),
	]);
}

/** Sets a breakpoint at a place, or takes those away that are there. */
function toggleBreakpoint(session: Session, argument: string): CommandResult {
	const here = placeOf(session.target, session.timeline.cursor.state, session.focus.context, session.focus.frame);
	if (argument.trim() === '' && here === null)
		throw new CommandError('the focused CPU runs nothing, so say FUNCTION or FILE:LINE');
	const isHere = argument.trim() === '' && here !== null;
	const { location } = parseLocation(session, isHere ? `${here.file}:${here.line}` : argument);
	const text = locationText(location);
	const there = stopsAt(session, location);
	if (there.length === 0) return setBreakpoint(session, text, false);
	const breakpoints = session.breakpoints.filter((breakpoint) => !there.includes(breakpoint));
	return said({ ...session, breakpoints }, [
		plain(`deleted breakpoint ${there.map(({ id }) => id).join(', ')}: ${text}`),
	]);
}

function watch(session: Session, argument: string): CommandResult {
	const { target, timeline, focus } = session;
	if (argument.trim() === '') throw new CommandError('say what to watch: `watch vb->free`');
	const expression = checkedExpression(argument);
	const followed = settle(target, timeline.cursor.state, expression, focus);
	if (typeof followed === 'string') throw new CommandError(followed);
	const type = followedType(target, followed);
	if (!isScalar(type)) {
		throw new CommandError(`${expression} is not a single value: watch one of its parts, as \`print\` shows them`);
	}
	const value = followedValue(target, timeline.cursor.state, followed);
	const added = addBreakpoint(session, (id) => ({
		...fresh(id, false),
		kind: 'watch',
		expression,
		context: followed.context,
		scope: followed.scope,
	}));
	const now = value === null ? 'has no value here' : `= ${valueText(target, timeline.cursor.state, type, value)}`;
	return said(added.session, [plain(`watchpoint ${added.id}: ${expression} ${now}`)]);
}

/** Breakpoints by number; all of them when nothing is said. @throws CommandError for a number that is not there */
function chosen(session: Session, argument: string): ReadonlySet<number> {
	const words = wordsOf(argument);
	const ids = session.breakpoints.map(({ id }) => id);
	if (words.length === 0) return new Set(ids);
	return new Set(
		words.map((word) => {
			const id = numberArgument(word, "a breakpoint's number");
			if (!ids.includes(id)) {
				throw new CommandError(
					`there is no breakpoint ${id}; ${ids.length === 0 ? 'none is set' : `there are ${ids.join(', ')}`}`,
				);
			}
			return id;
		}),
	);
}

function remove(session: Session, argument: string): CommandResult {
	if (session.breakpoints.length === 0) throw new CommandError('no breakpoint is set');
	const ids = chosen(session, argument);
	const breakpoints = session.breakpoints.filter(({ id }) => !ids.has(id));
	return said({ ...session, breakpoints }, [plain(`deleted ${[...ids].join(', ')}`)]);
}

function setEnabled(session: Session, argument: string, enabled: boolean): CommandResult {
	if (session.breakpoints.length === 0) throw new CommandError('no breakpoint is set');
	const ids = chosen(session, argument);
	const breakpoints = session.breakpoints.map((breakpoint) =>
		ids.has(breakpoint.id) ? { ...breakpoint, enabled } : breakpoint,
	);
	return said({ ...session, breakpoints }, [plain(`${enabled ? 'enabled' : 'disabled'} ${[...ids].join(', ')}`)]);
}

function setCondition(session: Session, argument: string): CommandResult {
	const match = /^\s*(\S+)\s*(.*)$/s.exec(argument);
	const id = numberArgument(match?.[1] ?? '', "a breakpoint's number");
	const found = session.breakpoints.find((breakpoint) => breakpoint.id === id);
	if (found === undefined) throw new CommandError(`there is no breakpoint ${id}; \`info breakpoints\` lists them`);
	if (found.kind === 'watch') throw new CommandError('a watchpoint has no condition: put it into the expression');
	const text = (match?.[2] ?? '').replace(/^if\b\s*/, '');
	const condition = text.trim() === '' ? null : checkedExpression(text);
	checkCondition(session, found, condition);
	const breakpoints = session.breakpoints.map((breakpoint) =>
		breakpoint === found ? { ...found, condition, complained: false } : breakpoint,
	);
	const says = condition === null ? 'stops always' : `stops if ${condition}`;
	return said({ ...session, breakpoints }, [plain(`breakpoint ${id} ${says}`)]);
}

function display(session: Session, argument: string): CommandResult {
	const { target, timeline, focus } = session;
	if (argument.trim() === '') {
		const lines = displayLines(session);
		return said(session, lines.length === 0 ? [plain('nothing is displayed: say `display EXPRESSION`')] : lines);
	}
	if (session.displays.length >= maxDisplays) {
		throw new CommandError(`there are ${maxDisplays} displays already: \`undisplay\` some`);
	}
	const expression = checkedExpression(argument);
	const compiled = compileIn(target.machine.program, expression, codeScope(target, timeline.cursor.state, focus));
	if (!compiled.ok) throw new CommandError(compiled.full);
	if (!isScalar(compiled.code.type)) {
		throw new CommandError(`${expression} is not a single value: display one of its parts, as \`print\` shows them`);
	}
	const id = session.nextId;
	const displays = [...session.displays, { id, expression, context: focus.context }];
	const changed = { ...session, nextId: id + 1, displays };
	return said(changed, displayLines(changed).slice(-1));
}

function undisplay(session: Session, argument: string): CommandResult {
	if (session.displays.length === 0) throw new CommandError('nothing is displayed');
	if (argument.trim() === '') return said({ ...session, displays: [] }, [plain('nothing is displayed any more')]);
	const id = numberArgument(argument, "a display's number");
	if (!session.displays.some((shown) => shown.id === id))
		throw new CommandError(`there is no display ${id}; \`display\` lists them`);
	return said({ ...session, displays: session.displays.filter((shown) => shown.id !== id) }, [
		plain(`display ${id} is gone`),
	]);
}

const conditionHelp =
	'A condition is a model C expression in the scope of the place. One that cannot be evaluated there counts as true and is reported once. Breakpoints stop in both directions of time.';

export const stopCommands: readonly Command[] = [
	command({
		name: 'break',
		aliases: ['b', 'br'],
		group: 'stops',
		usage: 'break [FUNCTION | FILE:LINE | LINE] [if EXPRESSION]',
		summary: 'Stops when any CPU enters the function or reaches the line; alone: at this line.',
		help: conditionHelp,
		complete: locations,
		run: (session, argument) => setBreakpoint(session, argument, false),
	}),
	command({
		name: 'tbreak',
		aliases: ['tb'],
		group: 'stops',
		usage: 'tbreak [FUNCTION | FILE:LINE | LINE] [if EXPRESSION]',
		summary: 'Like break, for one hit only.',
		help: conditionHelp,
		complete: locations,
		run: (session, argument) => setBreakpoint(session, argument, true),
	}),
	command({
		name: 'toggle',
		group: 'stops',
		usage: 'toggle [FUNCTION | FILE:LINE | LINE]',
		summary: 'Sets a breakpoint, or deletes the one that is there.',
		complete: locations,
		run: toggleBreakpoint,
	}),
	command({
		name: 'watch',
		aliases: ['wa'],
		group: 'stops',
		usage: 'watch EXPRESSION',
		summary: "Stops when the expression's value changes, and says who changed it.",
		help: 'Names are looked up in the focused frame when it is set. While its function is not running, an expression of its locals has no value and does not stop anything.',
		complete: identifiers,
		run: watch,
	}),
	command({
		name: 'delete',
		aliases: ['del'],
		group: 'stops',
		usage: 'delete [NUMBER ...]',
		summary: 'Deletes breakpoints and watchpoints; alone: all of them.',
		complete: breakpointNumbers,
		run: remove,
	}),
	command({
		name: 'enable',
		aliases: ['en'],
		group: 'stops',
		usage: 'enable [NUMBER ...]',
		summary: 'Lets breakpoints stop again.',
		complete: breakpointNumbers,
		run: (session, argument) => setEnabled(session, argument, true),
	}),
	command({
		name: 'disable',
		aliases: ['dis'],
		group: 'stops',
		usage: 'disable [NUMBER ...]',
		summary: 'Keeps breakpoints, but lets them stop nothing.',
		complete: breakpointNumbers,
		run: (session, argument) => setEnabled(session, argument, false),
	}),
	command({
		name: 'condition',
		group: 'stops',
		usage: 'condition NUMBER [EXPRESSION]',
		summary: "Changes a breakpoint's condition; without an expression takes it away.",
		complete: breakpointNumbers,
		run: setCondition,
	}),
	command({
		name: 'display',
		aliases: ['disp'],
		group: 'stops',
		usage: 'display [EXPRESSION]',
		summary: "Shows an expression after every step, in the focused CPU's scope; alone: shows them all now.",
		complete: identifiers,
		run: display,
	}),
	command({
		name: 'undisplay',
		group: 'stops',
		usage: 'undisplay [NUMBER]',
		summary: 'Stops displaying; alone: everything.',
		complete: ({ displays }) => displays.map(({ id }) => String(id)),
		run: undisplay,
	}),
];
