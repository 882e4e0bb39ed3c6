import { describe, expect, it } from 'vitest';
import { itfTrace } from '../../source/report/itf.ts';
import { bundledIds, loadBundled } from '../../source/scenario/bundled.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { execute, startSession } from '../../source/session/commands.ts';
import { runSchedule } from '../../source/session/schedule.ts';
import type { Session } from '../../source/session/session.ts';
import { newSession, sessionAfter } from '../session/two-counters.ts';
import { itfFaults, typeFaults } from './itf-rules.ts';

interface Trace {
	readonly '#meta': { readonly varTypes: Readonly<Record<string, string>>; readonly omitted?: number };
	readonly vars: readonly string[];
	readonly states: readonly Readonly<Record<string, unknown>>[];
}

function traceOf(session: Session): Trace {
	return JSON.parse(itfTrace(session)) as Trace;
}

/** A session along the first schedule of each bundled scenario. */
const bundled = bundledIds().map((id): [string, Session] => {
	const scenario = loadBundled(id);
	const schedule = scenario.schedules[0]?.id;
	const session = startSession(buildTarget(scenario, { schedule }), schedule);
	return [id, runSchedule(session, Number.POSITIVE_INFINITY, false).session];
});

describe('a trace in the Informal Trace Format', () => {
	it.each(bundled)('of %s keeps the rules of the format, and its types', (_id, session) => {
		const text = itfTrace(session);
		expect(itfFaults(text)).toEqual([]);
		const { '#meta': meta, vars, states } = JSON.parse(text) as Trace;
		expect(states.length).toBe(session.timeline.cursor.depth + 1);
		expect(Object.keys(meta.varTypes)).toEqual(vars);
		const faults = vars.flatMap((name) =>
			states.flatMap((state) => typeFaults(state[name], meta.varTypes[name] ?? '')),
		);
		expect(faults.slice(0, 3)).toEqual([]);
	});

	it('holds the globals by their names, with the values that they have', () => {
		const session = sessionAfter(newSession(), 'schedule mail', 'mail 8');
		const { states } = traceOf(session);
		const values = states.map((state) => state.total as { '#bigint': string });
		expect(values[0]).toEqual({ '#bigint': '0' });
		// Three times one, and twice two.
		expect(values.at(-1)).toEqual({ '#bigint': '7' });
		expect(states[0]?.box).toEqual({ value: { '#bigint': '0' }, limit: { '#bigint': '0' } });
		expect(states.at(-1)?.rounds).toHaveLength(3);
		expect(states.map((state) => state.lock)).toContain('held by CPU0');
	});

	it('says who moved, as Quint does', () => {
		const { states } = traceOf(sessionAfter(newSession(), '0', 'cpu 1 op'));
		expect(states.map((state) => [state['mbt::actionTaken'], state['mbt::nondetPicks']])).toEqual([
			['init', { alternative: none, grain: none }],
			['cpu0', { alternative: { tag: 'Some', value: { '#bigint': '0' } }, grain: { tag: 'Some', value: 'line' } }],
			['cpu1', { alternative: { tag: 'Some', value: { '#bigint': '0' } }, grain: { tag: 'Some', value: 'op' } }],
		]);
	});

	it('keeps the last states of what is too long, and says how many are missing', () => {
		const session = sessionAfter(newSession(), 'schedule mail', 'mail 8');
		const { depth } = session.timeline.cursor;
		const short = JSON.parse(itfTrace(session, { states: 5, characters: 1e9 })) as Trace;
		expect(short.states).toEqual(traceOf(session).states.slice(-5));
		expect(short['#meta'].omitted).toBe(depth + 1 - 5);
		const one = itfTrace(session, { states: 5, characters: 1 });
		expect((JSON.parse(one) as Trace).states).toHaveLength(1);
	});

	it('holds no control characters of anybody', () => {
		const noted = execute(sessionAfter(newSession(), '0'), 'note harm').session;
		const forged = { ...noted, notes: noted.notes.map((note) => ({ ...note, text: 'a\u001b[31m\u202eb\nc' })) };
		const text = itfTrace(forged);
		expect(text).toContain('a?[31m?b c');
		// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
		expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|\\u00/);
	});
});

const none = { tag: 'None', value: { '#tup': [] } };

describe('the rules', () => {
	it('find what is against them', () => {
		const trace = (state: object): string => JSON.stringify({ vars: ['x'], states: [state] });
		expect(itfFaults(trace({ x: true }))).toEqual([]);
		for (const state of [
			{},
			{ x: 1 },
			{ x: { '#bigint': 1 } },
			{ x: { '#map': [1] } },
			{ x: { '#bag': [] } },
			{ x: '', y: '' },
		]) {
			expect(itfFaults(trace(state))).toHaveLength(1);
		}
		expect(typeFaults({ a: [{ '#bigint': '1' }] }, '{ a: Seq(Int) }')).toEqual([]);
		for (const value of [{ a: [true] }, { a: {} }, { b: [] }, { a: [], b: '' }]) {
			expect(typeFaults(value, '{ a: Seq(Int) }')).not.toEqual([]);
		}
	});
});
