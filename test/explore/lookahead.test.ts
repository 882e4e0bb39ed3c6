import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds, type Question, WaySearch } from '../../source/explore/goal.ts';
import { Lookahead, type Outlook } from '../../source/explore/lookahead.ts';
import { Transitions } from '../../source/explore/transitions.ts';
import type { Instruction } from '../../source/language/code.ts';
import { compileExpression } from '../../source/language/expression.ts';
import type { RunnableExpression } from '../../source/machine/evaluate.ts';
import { identityOf } from '../../source/machine/identity.ts';
import { type Choice, type Machine, MachineError, type StepResult } from '../../source/machine/machine.ts';
import type { MachineState } from '../../source/machine/state.ts';
import { choices, initialState, step } from '../../source/machine/step.ts';
import { parseScenario } from '../../source/scenario/parse-scenario.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { constant, global, load, long } from '../machine/assembler.ts';
import { randomGrain, randomModel } from '../machine/random-model.ts';
import { endlessTexts } from '../tui/sample.ts';

/** States that the naive search may meet; models that have more are left out. */
const maxStates = 1500;

function tryStep(machine: Machine, state: MachineState, choice: Choice): StepResult | null {
	try {
		return step(machine, state, choice, 'op');
	} catch (error) {
		if (error instanceof MachineError) return null;
		throw error;
	}
}

function isViolation({ violations }: StepResult): boolean {
	return violations.some(({ severity }) => severity === 'violation');
}

/** Steps from a choice to the nearest violation, on the immutable machine alone; null for none, 'open' when that cannot be said. */
function naiveDistance(machine: Machine, start: MachineState, first: Choice): number | null | 'open' {
	let level: (readonly [MachineState, Choice])[] = [[start, first]];
	const met = new Set<string>();
	let isBroken = false;
	for (let steps = 1; level.length > 0; steps++) {
		const next: (readonly [MachineState, Choice])[] = [];
		for (const [state, choice] of level) {
			const after = tryStep(machine, state, choice);
			if (after === null) {
				isBroken = true;
				continue;
			}
			if (isViolation(after)) return steps;
			const identity = identityOf(machine, after.state);
			if (met.has(identity)) continue;
			met.add(identity);
			if (met.size > maxStates) return 'open';
			for (const onward of choices(machine, after.state)) next.push([after.state, onward]);
		}
		level = next;
	}
	return isBroken ? 'open' : null;
}

function outlookOf(machine: Machine, state: MachineState): Outlook {
	const search = new Lookahead(new Transitions(machine), state);
	search.run();
	return search.outlook;
}

/** A state somewhere on the way, often in the middle of a line. */
function stateAfter(machine: Machine, schedule: readonly (readonly [number, 'op' | 'line' | 'over' | 'out'])[]) {
	let { state } = initialState(machine);
	for (const [pick, grain] of schedule) {
		const open = choices(machine, state);
		const choice = open[pick % Math.max(1, open.length)];
		if (choice === undefined) break;
		try {
			state = step(machine, state, choice, grain).state;
		} catch (error) {
			if (error instanceof MachineError) break;
			throw error;
		}
	}
	return state;
}

const schedule = fc.array(fc.tuple(fc.nat({ max: 11 }), randomGrain), { maxLength: 8 });

function wayOf(machine: Machine, state: MachineState, question: Question) {
	const search = new WaySearch(new Transitions(machine), state, question);
	search.run();
	return search.answer;
}

describe('the outlook of every choice', () => {
	it('is what a naive search over the immutable machine finds, from states in the middle of lines too', () => {
		let compared = 0;
		let safe = 0;
		fc.assert(
			fc.property(randomModel(3, 2), schedule, (machine, steps) => {
				const state = stateAfter(machine, steps);
				const { choices: outlook, isFinal } = outlookOf(machine, state);
				expect(isFinal).toBe(true);
				expect(outlook.map(({ choice }) => choice)).toEqual(choices(machine, state));
				for (const { choice, prospect } of outlook) {
					const expected = naiveDistance(machine, state, choice);
					if (expected === 'open') continue;
					compared++;
					if (expected === null) safe++;
					expect(prospect.kind === 'violation' ? prospect.steps : prospect.kind).toBe(expected ?? 'safe');
				}
			}),
			{ numRuns: 120 },
		);
		expect(safe).toBeGreaterThan(3);
		expect(compared - safe).toBeGreaterThan(3);
	});

	it('is the same however it is cut into slices, and never takes back what it has said', () => {
		fc.assert(
			fc.property(randomModel(3, 2), fc.integer({ min: 1, max: 7 }), (machine, slice) => {
				const { state } = initialState(machine);
				const search = new Lookahead(new Transitions(machine), state);
				const said = new Map<number, string>();
				while (!search.isDone) {
					search.run(slice);
					for (const [index, { prospect }] of search.outlook.choices.entries()) {
						if (prospect.kind === 'unknown') continue;
						const text = JSON.stringify(prospect);
						expect(said.get(index) ?? text).toBe(text);
						said.set(index, text);
					}
				}
				expect(search.outlook).toEqual(outlookOf(machine, state));
			}),
			{ numRuns: 60 },
		);
	});

	it('says nothing that it does not know when it has to give up', () => {
		fc.assert(
			fc.property(randomModel(4, 2), (machine) => {
				const { state } = initialState(machine);
				const whole = outlookOf(machine, state);
				const search = new Lookahead(new Transitions(machine), state, { states: 6, bytes: 2 ** 26 });
				search.run();
				for (const [index, { prospect }] of search.outlook.choices.entries()) {
					if (prospect.kind !== 'unknown') expect(prospect).toEqual(whole.choices[index]?.prospect);
					else expect(prospect.states).toBeLessThanOrEqual(search.outlook.states);
				}
			}),
			{ numRuns: 60 },
		);
	});
});

/** `x == wanted`, as the compiler would have it. */
function valueOfX(wanted: number): RunnableExpression {
	const code: readonly Instruction[] = [
		global(0, 0),
		load(1, 0),
		constant(2, wanted),
		{ op: 'binary', result: 3, operator: '==', left: 1, right: 2, type: long },
	];
	const line = { file: -1, line: 1, column: 1, statement: false };
	return { code, lines: code.map(() => line), registers: 4, result: 3 };
}

/** Steps to the nearest state where something holds; null for none. */
function naiveWay(machine: Machine, start: MachineState, isGoal: (state: MachineState) => boolean) {
	let level = [start];
	const met = new Set([identityOf(machine, start)]);
	let isBroken = false;
	for (let steps = 0; level.length > 0; steps++) {
		if (level.some(isGoal)) return steps;
		const next: MachineState[] = [];
		for (const state of level) {
			for (const choice of choices(machine, state)) {
				const after = tryStep(machine, state, choice);
				if (after === null) isBroken = true;
				if (after === null || met.has(identityOf(machine, after.state))) continue;
				met.add(identityOf(machine, after.state));
				next.push(after.state);
			}
		}
		if (met.size > maxStates) return 'open';
		level = next;
	}
	return isBroken ? 'open' : null;
}

describe('ways', () => {
	it('to the nearest violation are as long as the nearest choice says, and end with it', () => {
		fc.assert(
			fc.property(randomModel(3, 2), schedule, (machine, steps) => {
				const state = stateAfter(machine, steps);
				const answer = wayOf(machine, state, { kind: 'violation' });
				const distances = outlookOf(machine, state).choices.flatMap(({ prospect }) =>
					prospect.kind === 'violation' ? [prospect.steps] : [],
				);
				if (answer.kind !== 'way') {
					expect(distances).toEqual([]);
					return;
				}
				expect(answer.way.length).toBe(Math.min(...distances));
				let at = { state } as StepResult;
				for (const choice of answer.way) at = step(machine, at.state, choice, 'op');
				expect(isViolation(at)).toBe(true);
				expect(at.violations.map(({ kind }) => kind)).toContain(answer.violation?.kind);
			}),
			{ numRuns: 80 },
		);
	});

	it('to a function, and around it, hold what they promise on the immutable machine', () => {
		let around = 0;
		let never = 0;
		fc.assert(
			fc.property(randomModel(3, 2), (machine) => {
				// with_local, which does an operation of its own.
				const condition = { kind: 'function', function: 1 } as const;
				const { state } = initialState(machine);
				const reach = wayOf(machine, state, { kind: 'reach', condition });
				if (reach.kind === 'way') {
					let at = state;
					for (const choice of reach.way) {
						expect(holds(machine, at, condition)).toBe(false);
						at = step(machine, at, choice, 'op').state;
					}
					expect(holds(machine, at, condition)).toBe(true);
				}
				const avoid = wayOf(machine, state, { kind: 'avoid', condition });
				if (avoid.kind === 'none') {
					never++;
					expect(reach.kind).toBe('way');
				}
				if (avoid.kind !== 'way') return;
				around++;
				let at = state;
				for (const choice of avoid.way) {
					at = step(machine, at, choice, 'op').state;
					expect(holds(machine, at, condition)).toBe(false);
				}
				if (!avoid.isEndless) expect(choices(machine, at)).toEqual([]);
			}),
			{ numRuns: 120 },
		);
		expect(around).toBeGreaterThan(3);
		expect(never).toBeGreaterThan(0);
	});

	it('to where a value is what was asked for are the shortest, and only where it is none are there none', () => {
		let found = 0;
		let none = 0;
		fc.assert(
			fc.property(randomModel(3, 2), schedule, fc.constantFrom(1, 1, 2), (machine, steps, wanted) => {
				const condition = { kind: 'expression', code: valueOfX(wanted), context: 0 } as const;
				const state = stateAfter(machine, steps);
				const answer = wayOf(machine, state, { kind: 'reach', condition });
				const expected = naiveWay(machine, state, (at) => holds(machine, at, condition));
				if (expected === 'open') return;
				if (answer.kind === 'way') {
					found++;
					expect(answer.way.length).toBe(expected);
				} else {
					none++;
					expect(expected).toBe(null);
				}
			}),
			{ numRuns: 120 },
		);
		expect(found).toBeGreaterThan(3);
		expect(none).toBeGreaterThan(3);
	});

	it('that avoid something go round for ever where nothing comes to an end', () => {
		const { machine } = buildTarget(parseScenario('endless', endlessTexts), {});
		const { state } = initialState(machine);
		const code = compileExpression(machine.program, 'counter > 3', null);
		const condition = { kind: 'expression', code, context: 0 } as const;
		const answer = wayOf(machine, state, { kind: 'avoid', condition });
		if (answer.kind !== 'way') throw new Error(`this is ${answer.kind}`);
		expect(answer.isEndless).toBe(true);
		const met = [identityOf(machine, state)];
		let at = state;
		for (const choice of answer.way) {
			at = step(machine, at, choice, 'op').state;
			expect(holds(machine, at, condition)).toBe(false);
			met.push(identityOf(machine, at));
		}
		expect(met.slice(0, -1)).toContain(met.at(-1));
	});
});
