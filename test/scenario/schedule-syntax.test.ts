import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScheduleStep } from '../../source/scenario/scenario.ts';
import {
	parseScheduleLine,
	parseScheduleStep,
	printScheduleStep,
	ScheduleSyntaxError,
} from '../../source/scenario/schedule-syntax.ts';

const actor = fc.oneof(
	fc.tuple(fc.constantFrom('cpu', 'ipi', 'mmu'), fc.nat(7)).map(([kind, number]) => `${kind}${number}`),
	fc.constant('rcu'),
);
const identifier = fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/);
const balanced = fc
	.array(fc.constantFrom('(a)', '((b))', ' == ', 'vb->free', ' && ', '!', '0', '(a) || (b)'), {
		minLength: 1,
		maxLength: 6,
	})
	.map((parts) => parts.join('').trim());

const step: fc.Arbitrary<ScheduleStep> = fc.oneof(
	fc.record({ kind: fc.constant('times' as const), actor, count: fc.integer({ min: 1, max: 100_000 }) }),
	fc.record({
		kind: fc.constant('untilFunction' as const),
		actor,
		function: identifier,
		event: fc.constantFrom('returns' as const, 'called' as const),
	}),
	fc.record({
		kind: fc.constant('untilLine' as const),
		actor,
		text: fc.string({ minLength: 1, unit: 'grapheme' }),
		after: fc.boolean(),
	}),
	fc.record({
		kind: fc.constant('untilExpression' as const),
		actor,
		// Parentheses around the whole are the syntax's own and are not kept.
		expression: balanced.map((text) => `x == ${text}`),
	}),
	fc.record({
		kind: fc.constant('untilStatus' as const),
		actor,
		status: fc.constantFrom('blocked' as const, 'done' as const),
	}),
);

function complaint(text: string, parse: (text: string) => unknown = parseScheduleStep): [string, string] {
	try {
		parse(text);
	} catch (error) {
		if (error instanceof ScheduleSyntaxError) {
			return [error.message, text.slice(error.offset, error.offset + error.length)];
		}
		throw error;
	}
	throw new Error(`"${text}" was accepted`);
}

describe('a step of a schedule', () => {
	it('is read back as it is printed', () => {
		fc.assert(
			fc.property(step, (one) => {
				expect(parseScheduleStep(printScheduleStep(one))).toEqual(one);
			}),
		);
	});

	it('may have blanks anywhere between its words', () => {
		expect(parseScheduleStep('  cpu0   until  vb_alloc\treturns ')).toEqual(
			parseScheduleStep('cpu0 until vb_alloc returns'),
		);
	});

	it('tells a function called "line" or "done" from the words', () => {
		expect(parseScheduleStep('cpu0 until done returns')).toEqual({
			kind: 'untilFunction',
			actor: 'cpu0',
			function: 'done',
			event: 'returns',
		});
	});

	it('takes an expression whose outer parentheses are two pairs', () => {
		expect(parseScheduleStep('cpu0 until (a) || (b)')).toMatchObject({ expression: '(a) || (b)' });
		expect(parseScheduleStep('cpu0 until ((a) || (b))')).toMatchObject({ expression: '(a) || (b)' });
	});

	it.each([
		['cpu', 'not an actor', 'cpu'],
		['', 'empty step', ''],
		['cpu0 untl f returns', 'not expected after the actor', 'untl'],
		['cpu0 until f retuns', 'after "until"', 'f retuns'],
		['cpu0 until', 'after "until"', ''],
		['cpu0 x0', '1 to 100000 times', '0'],
		['cpu0 x99999999999999999999', '1 to 100000 times', '99999999999999999999'],
		['cpu0 line pmd_clear', 'double quotes', 'p'],
		['cpu0 line ""', 'double quotes', '"'],
		['cpu0 line "x" y', 'nothing is expected', 'y'],
		['cpu0 until (a', 'without its ")"', '('],
		['cpu0 until (a))', 'without its "("', ')'],
		['cpu0 until ()', 'empty expression', '()'],
	])('%j is refused, and the place is shown', (text, message, place) => {
		const [found, marked] = complaint(text);
		expect(found).toContain(message);
		expect(marked).toBe(place);
	});
});

describe('a schedule on one line', () => {
	const steps = (text: string) => parseScheduleLine(text).map((entry) => printScheduleStep(entry.step));

	it('has a short form', () => {
		expect(steps('0 0 1*3 rcu ipi1 mmu0*2')).toEqual(['cpu0', 'cpu0', 'cpu1 x3', 'rcu', 'ipi1', 'mmu0 x2']);
	});

	it('mixes with the long form', () => {
		expect(steps('0 1; cpu0 until vb_free returns; rcu;; cpu1 line "a; b" ;')).toEqual([
			'cpu0',
			'cpu1',
			'cpu0 until vb_free returns',
			'rcu',
			'cpu1 line "a; b"',
		]);
	});

	it('points into the whole line when a part is wrong', () => {
		expect(complaint('0 0; cpu1 until f retuns', parseScheduleLine)[1]).toBe('f retuns');
		expect(complaint('0 1*0', parseScheduleLine)).toEqual(['a step is repeated 1 to 100000 times', '0']);
		expect(complaint(' ; ', parseScheduleLine)[0]).toContain('empty schedule');
	});
});
