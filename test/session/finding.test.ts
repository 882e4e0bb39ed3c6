import { describe, expect, it } from 'vitest';
import { WaySearch } from '../../source/explore/goal.ts';
import { Transitions } from '../../source/explore/transitions.ts';
import { choices } from '../../source/machine/step.ts';
import { libraryFolder } from '../../source/scenario/bundled.ts';
import { loadScenarioFolder } from '../../source/scenario/load.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { execute, startSession } from '../../source/session/commands.ts';
import { arrived } from '../../source/session/finding-commands.ts';
import type { CommandResult, Session } from '../../source/session/session.ts';
import { counter } from '../commands/command-line.ts';

const scenario = loadScenarioFolder(counter, libraryFolder());
const racy = startSession(buildTarget(scenario, { kernel: 'no-lock' }));
const locked = startSession(buildTarget(scenario, { kernel: 'lock' }));

/** Does what a front end does with the effect of a command. */
function ask(session: Session, line: string): CommandResult {
	const { effects } = execute(session, line);
	const [effect] = effects;
	if (effect?.kind !== 'find') throw new Error(`${line} asks for nothing`);
	const { target, timeline } = session;
	const search = new WaySearch(new Transitions(target.machine), timeline.cursor.state, effect.request.question);
	search.run();
	return arrived(session, effect.request, search.answer);
}

describe('looking for what can still happen', () => {
	it('finds the nearest violation, and goes there', () => {
		const { session, stopped } = ask(racy, 'nearest');
		const actors: number[] = [];
		for (let at = session.timeline.cursor; at.parent !== null; at = at.parent)
			actors.push(at.action?.choice.actor ?? -1);
		const switches = actors.filter((actor, index) => index > 0 && actor !== actors[index - 1]).length;
		expect(ask(racy, 'check').output[0]?.text).toBe(
			`invariant in count_one can be reached in 4 op steps with ${switches} context switches; \`nearest\` goes there`,
		);
		expect(stopped).toBe(true);
		expect(session.timeline.cursor.depth).toBe(4);
		expect(session.timeline.cursor.violations.map(({ kind }) => kind)).toEqual(['invariant']);
	});

	it('says when nothing can go wrong any more', () => {
		expect(ask(locked, 'check').output[0]?.text).toMatch(/^nothing can go wrong any more/);
		const { session } = ask(racy, 'nearest');
		const over = ask(session, 'check');
		expect(over.output[0]?.text).toMatch(/^nothing can go wrong any more, whatever is chosen \(\d+ states?\)$/);
	});

	it('goes the shortest way to where an expression is true', () => {
		const { session, output } = ask(racy, 'reach counter == 1');
		expect(session.timeline.cursor.depth).toBe(2);
		expect(output.map(({ text }) => text).join()).toContain('counter == 1 holds, after 2 op steps');
		expect(ask(session, 'reach counter == 1').output[0]?.text).toBe('counter == 1 holds here');
		expect(ask(locked, 'reach cpu1_count').session.timeline.cursor.depth).toBe(0);
		expect(ask(locked, 'reach counter == 3').output[0]?.text).toContain('cannot come to hold');
	});

	it('says of a function that it runs, not that it holds', () => {
		const { session, output } = ask(racy, 'reach count_one');
		expect(output.map(({ text }) => text).join()).toContain('count_one is running, after 1 op step');
		expect(ask(session, 'reach count_one').output[0]?.text).toBe('count_one is running here');
		expect(ask(racy, 'avoid count_one').output[0]?.text).toContain('it runs sooner or later');
	});

	it('knows a mistyped function when it sees one', () => {
		const said = (line: string): string =>
			execute(racy, line)
				.output.map(({ text }) => text)
				.join('\n');
		expect(said('reach count_on')).toContain('did you mean "count_one"?');
		expect(said('avoid counter_is')).not.toContain('count_one');
	});

	it('goes to an end on a way without it, or says that there is none', () => {
		const { session } = ask(racy, 'avoid counter == 2');
		expect(choices(session.target.machine, session.timeline.cursor.state)).toEqual([]);
		expect(ask(locked, 'avoid counter == 2').output[0]?.text).toContain('cannot be avoided');
		expect(ask(racy, 'avoid counter == 0').output[0]?.text).toContain('cannot be avoided');
	});

	it.each([
		['reach', 'say what to reach'],
		['avoid nonsense + 1', 'not of locals'],
		['nearest 3', 'nearest'],
	])('refuses %s', (line, message) => {
		const { output, effects } = execute(racy, line);
		expect(effects).toEqual([]);
		expect(output.map(({ text }) => text).join()).toContain(message);
	});
});
