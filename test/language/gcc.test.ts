import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Program } from '../../source/language/code.ts';
import { compileExpression } from '../../source/language/expression.ts';
import { evaluate } from '../../source/machine/evaluate.ts';
import type { Machine } from '../../source/machine/machine.ts';
import { initialState } from '../../source/machine/step.ts';
import { hasGcc, runWithGcc } from './gcc.ts';
import { randomPrograms } from './random-program.ts';
import { compileText, runFunction } from './run-code.ts';
import { snippets } from './snippets.ts';

const without = hasGcc ? '' : ' (skipped: no gcc here)';

describe(`model C and gcc agree${without}`, () => {
	it.skipIf(!hasGcc).each(Object.entries(snippets))('%s', (_name, text) => {
		const [expected] = runWithGcc(`${text}\nint main(void) { printf("%ld\\n", test()); return 0; }\n`);
		const program = compileText(text);
		expect(String(runFunction(program, 'test').result)).toBe(expected);
		expect(runOnMachine(program)).toBe(expected);
	});
});

/** What the machine of the debugger makes of it. */
function runOnMachine(program: Program): string {
	const machine: Machine = {
		program,
		configuration: {
			...{ cpus: 1, frames: 1, tableSizes: [1], pageSize: 4096, rcu: 'preemptible', fill: 'explicit' },
			...{ memoryModel: 'sc', maxInstructions: 100_000, maxStackDepth: 64, maxObjects: 1000 },
		},
		setup: null,
		entries: [null],
		mutedKinds: [],
	};
	const { state } = initialState(machine);
	const result = evaluate(machine, state, compileExpression(program, 'test()', null), 0, 0);
	return result.ok ? String(result.value) : result.message;
}

describe(`random programs${without}`, () => {
	it.skipIf(!hasGcc)(
		'give what they give when gcc compiled them',
		() => {
			const text = randomPrograms(16, 1);
			const calls = Array.from(
				{ length: 64 },
				(_, index) => [Math.floor(index / 4), index * 7 - 300, index * 31] as const,
			);
			const main = calls.map(([test, a, b]) => `printf("%ld\\n", test${test}(${a}, ${b}));`).join('\n');
			const expected = runWithGcc(`${text}\nint main(void) { ${main} return 0; }\n`);
			const program = compileText(text);
			const wrong = calls.flatMap(([test, a, b], index) => {
				const got = valueOrRefusal(() => runFunction(program, `test${test}`, [a, b]).result);
				return got === expected[index] || got === 'refused'
					? []
					: [`test${test}(${a}, ${b}): ${got}, not ${expected[index]}`];
			});
			expect(wrong).toEqual([]);
		},
		20_000,
	);
});

const variables = [
	['int', 'i', '-2147483648..2147483647'],
	['unsigned int', 'u', '0..4294967295'],
	['long', 'l', '-1048576..1048576'],
	['u8', 'b', '0..255'],
	['s16', 's', '-32768..32767'],
] as const;

const leaf = fc.oneof(
	fc.constantFrom(...variables.map(([, name]) => name)),
	fc.integer({ min: -70000, max: 70000 }).map((n) => `(${n})`),
	fc.constantFrom('3u', '5L', '0x7fffffff', '4294967295u', '0xffffffff', '1', '0'),
);

/** Integer expressions whose 64-bit results stay below 2^53: products and shifts are of 32-bit operands. */
const expression = fc.letrec<{ e: string }>((tie) => ({
	e: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		leaf,
		fc
			.tuple(tie('e'), fc.constantFrom('+', '-', '&', '|', '^', '<', '<=', '>', '>=', '==', '!=', '&&', '||'), tie('e'))
			.map(([a, op, b]) => `(${a} ${op} ${b})`),
		fc.tuple(tie('e'), tie('e')).map(([a, b]) => `((int)${a} * (int)${b})`),
		fc.tuple(tie('e'), tie('e')).map(([a, b]) => `((unsigned int)${a} * (u8)${b})`),
		fc.tuple(tie('e'), fc.constantFrom('/', '%'), tie('e')).map(([a, op, b]) => `(${a} ${op} ((u16)${b} + 1))`),
		fc.tuple(tie('e'), fc.nat(31)).map(([a, n]) => `((int)${a} << ${n})`),
		fc.tuple(tie('e'), fc.nat(31)).map(([a, n]) => `((unsigned int)${a} >> ${n})`),
		fc.tuple(tie('e'), fc.nat(31)).map(([a, n]) => `((int)${a} >> ${n})`),
		fc.tuple(fc.constantFrom('-', '~', '!', '+'), tie('e')).map(([op, a]) => `(${op}${a})`),
		fc
			.tuple(fc.constantFrom('u8', 's8', 's16', 'u32', 'int', 'long', 'bool'), tie('e'))
			.map(([t, a]) => `((${t})${a})`),
		fc.tuple(tie('e'), tie('e'), tie('e')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
	),
})).e;

const values = fc.record({
	i: fc.integer(),
	u: fc.nat(0xffffffff),
	l: fc.integer({ min: -(2 ** 20), max: 2 ** 20 }),
	b: fc.nat(255),
	s: fc.integer({ min: -32768, max: 32767 }),
});

type Values = typeof values extends fc.Arbitrary<infer T> ? T : never;

/** The expression as the value of a function of the variables. */
function functionOf(index: number, text: string): string {
	const parameters = variables.map(([type, name]) => `${type} ${name}`).join(', ');
	return `long test${index}(${parameters}) { return (long)(${text}); }`;
}

function literal(value: number): string {
	return value === -(2 ** 31) ? '(-2147483647 - 1)' : `(${value})`;
}

/** The same with the variables' values in their place, for the compiler to compute. */
function constantFunction(text: string, given: Values): string {
	const names: Readonly<Record<string, string>> = Object.fromEntries(variables.map(([type, name]) => [name, type]));
	const replaced = text.replace(/(?<!\w)[iulbs](?!\w)/g, (name) => {
		return `((${names[name]})${literal(given[name as keyof Values])})`;
	});
	return `long test(void) { return (long)(${replaced}); }`;
}

/** The value, or why there is none. Results beyond 2^53 are outside the model, and must be refused rather than rounded. */
function valueOrRefusal(compute: () => number): string {
	try {
		return String(compute());
	} catch (error) {
		return /does not fit/.test(String(error)) ? 'refused' : String(error);
	}
}

describe(`random integer expressions${without}`, () => {
	const samples = fc.sample(fc.tuple(expression, values), { numRuns: 400, seed: 20230523 });
	const functions = samples.map(([text], index) => functionOf(index, text)).join('\n');
	const ask = (): string[] => {
		const calls = samples.map(([, { i, u, l, b, s }], index) => {
			return `printf("%ld\\n", test${index}(${[i, u, l, b, s].map(literal)}));`;
		});
		return runWithGcc(`${functions}\nint main(void) { ${calls.join('\n')} return 0; }\n`);
	};
	let answers: readonly string[] | null = null;
	const compare = (evaluate: (sample: (typeof samples)[number], index: number) => string): string[] => {
		answers ??= ask();
		const expected = answers;
		const got = samples.map(evaluate);
		expect(got.filter((value) => value === 'refused').length).toBeLessThan(samples.length / 20);
		return samples.flatMap(([text, given], index) => {
			const fine = got[index] === expected[index] || got[index] === 'refused';
			return fine ? [] : [`${text} with ${JSON.stringify(given)}: ${got[index]}, not ${expected[index]}`];
		});
	};

	it.skipIf(!hasGcc)('have the value that gcc gives them when they run', () => {
		const program = compileText(functions);
		const wrong = compare(([, { i, u, l, b, s }], index) =>
			valueOrRefusal(() => runFunction(program, `test${index}`, [i, u, l, b, s]).result),
		);
		expect(wrong).toEqual([]);
	});

	it.skipIf(!hasGcc)('have the same value when the compiler computes them', () => {
		const wrong = compare(([text, given]) =>
			valueOrRefusal(() => {
				const run = runFunction(compileText(constantFunction(text, given)), 'test');
				expect(run.instructions).toBeLessThanOrEqual(2);
				return run.result;
			}),
		);
		expect(wrong).toEqual([]);
	});
});
