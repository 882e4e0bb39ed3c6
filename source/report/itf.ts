/**
 * A session in the Informal Trace Format, https://apalache-mc.org/docs/adr/015adr-trace.html, so that viewers of traces open it:
 * one state a step, with `mbt::actionTaken` (who moved) and `mbt::nondetPicks` as Quint writes them.
 */

import packageJson from '../../package.json' with { type: 'json' };
import { plainLine } from '../language/plain-text.ts';
import { actorName } from '../machine/step.ts';
import { codeHashOf } from '../scenario/target.ts';
import { contextOfActor, placeOf, sourceLine } from '../session/place.ts';
import type { Session, TimelineNode } from '../session/session.ts';
import { heapLayouts, type ItfVariable, itfVariables } from './itf-state.ts';
import { type ItfValue, itfInt, itfNone, itfSome } from './itf-values.ts';
import { pathOf } from './session-text.ts';

/** What a trace may be: a session may have a million steps, and a viewer has to hold every state. */
export const itfLimits = { states: 2000, characters: 64 * 1024 * 1024 } as const;

/**
 * The way from the start to the cursor as the text of an `.itf.json` file. Of a session that is too long the last states are
 * kept, those before the harm; `#meta` says how many are not there.
 */
export function itfTrace(
	session: Session,
	limits: { readonly states: number; readonly characters: number } = itfLimits,
): string {
	const path = pathOf(session);
	const recent = path.slice(-limits.states);
	const layouts = new Set(recent.flatMap(({ state }) => heapLayouts(state)));
	const variables = itfVariables(session.target, layouts);
	const states: string[] = [];
	let characters = 0;
	for (const node of recent.toReversed()) {
		const text = JSON.stringify(stateData(session, node, variables));
		characters += text.length;
		if (characters > limits.characters && states.length > 0) break;
		states.push(text);
	}
	states.reverse();
	const omitted = path.length - states.length;
	const head = {
		'#meta': metaOf(session, variables, omitted),
		vars: [...variables.map(({ name }) => name), ...mbtNames],
	};
	const [open] = JSON.stringify(head).split(/\}$/);
	return `${open},"states":[\n${states.join(',\n')}\n]}\n`;
}

const mbtNames = ['mbt::actionTaken', 'mbt::nondetPicks'] as const;

function metaOf({ target }: Session, variables: readonly ItfVariable[], omitted: number): object {
	const { scenario, selection } = target;
	const harm = omitted === 0 ? {} : { omitted };
	return {
		format: 'ITF',
		'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
		description: `Created by mmstep ${packageJson.version} from a model`,
		varTypes: {
			...Object.fromEntries(variables.map(({ name, type }) => [name, type])),
			'mbt::actionTaken': 'Str',
			'mbt::nondetPicks': '{ alternative: Some(Int) | None(UNIT), grain: Some(Str) | None(UNIT) }',
		},
		scenario: scenario.id,
		title: plainLine(scenario.title),
		kernel: selection.kernel,
		program: selection.program,
		options: selection.options,
		codeHash: codeHashOf(target),
		...harm,
	};
}

function stateData(session: Session, node: TimelineNode, variables: readonly ItfVariable[]): object {
	const values = variables.map(({ name, valueIn }): [string, ItfValue] => [name, valueIn(node.state)]);
	return { '#meta': stateMeta(session, node), ...Object.fromEntries(values), ...mbtValues(session, node) };
}

/** Where the step was made, its line, and what was reported and noted there: words, not state. */
function stateMeta({ target, timeline, notes }: Session, { depth, action, parent, violations }: TimelineNode): object {
	const context = action === null ? -1 : contextOfActor(target, action.choice.actor);
	const place = action?.choice.actor === context && parent !== null ? placeOf(target, parent.state, context) : null;
	const branch = timeline.branches[timeline.current]?.name;
	const own = notes.filter((note) => note.depth === depth && note.branch === branch).map(({ text }) => plainLine(text));
	return {
		step: depth,
		...(place === null
			? {}
			: {
					function: place.name,
					file: plainLine(place.file),
					line: place.line,
					text: plainLine(sourceLine(target, place.file, place.line)),
				}),
		...(violations.length === 0
			? {}
			: { reports: violations.map(({ kind, severity, title }) => ({ kind, severity, title: plainLine(title) })) }),
		...(own.length === 0 ? {} : { notes: own }),
	};
}

function mbtValues(
	{ target }: Session,
	{ action }: TimelineNode,
): Readonly<Record<(typeof mbtNames)[number], ItfValue>> {
	if (action === null) {
		return { 'mbt::actionTaken': 'init', 'mbt::nondetPicks': { alternative: itfNone, grain: itfNone } };
	}
	const { choice, grain } = action;
	return {
		'mbt::actionTaken': actorName(target.machine, choice.actor),
		'mbt::nondetPicks': { alternative: itfSome(itfInt(choice.alternative)), grain: itfSome(grain) },
	};
}
