/**
 * What scenario.yaml may hold. The JSON Schema for editors (scenarios/scenario.schema.json) is made from this, so every field
 * says what it is for. What one field says about another (ids that must exist, schedules that must parse) is checked in
 * parse-scenario.ts.
 */

import { z } from 'zod';
import { once } from '../language/once.ts';
import { violationKinds } from '../machine/violation.ts';

/** Bounds on a stranger's file; far above what a model that can be searched needs. */
export const limits = {
	cpus: 16,
	frames: 4096,
	levels: 5,
	tableSize: 512,
	items: 500,
	text: 20_000,
	rows: 20_000,
} as const;

/** What the data of a scenario.yaml has to be. Made when it is asked for, because that takes longer than to read a file. */
export const scenarioSchema = once(() => {
	const id = z
		.string()
		.max(60)
		.regex(/^[a-z0-9][a-z0-9-]*$/, 'an id is made of small letters, digits and "-"');
	const symbol = z
		.string()
		.max(100)
		.regex(/^CONFIG_[A-Z0-9_]+$/, 'a configuration symbol looks like CONFIG_SOME_NAME');
	const functionName = z
		.string()
		.max(100)
		.regex(/^[A-Za-z_]\w*$/, 'expected the name of a model C function');
	const text = z.string().max(limits.text);
	const line = z.string().max(300);
	/** YAML reads `4` as a number and `true` as a boolean; options and symbols take them as they are written. */
	const scalar = z.union([z.string().max(300), z.number(), z.boolean()]).transform(String);
	const table = <T extends z.ZodType>(item: T) => z.array(item).max(limits.items);

	const config = z
		.record(symbol, scalar)
		.describe('CONFIG_ symbols. "y" is 1, "n" leaves the symbol undefined, a number is itself.');
	const values = z.record(id, scalar).describe('Values of options, by option id.');
	const severalValues = z.record(id, z.union([scalar, z.array(scalar).min(1).max(limits.items)]));
	const idsOrAll = z.union([z.literal('all'), table(id)]);

	const program = z.strictObject({
		id: id.describe('Short name, used on the command line.'),
		title: line.optional().describe('One line for lists.'),
		summary: text.optional().describe('What this program is for.'),
		setup: functionName
			.optional()
			.describe('Model C function (no arguments) that CPU 0 runs to its end before time begins.'),
		cpus: z
			.array(
				z.strictObject({
					name: line.optional().describe("The CPU's role, shown above its column: maps and calls."),
					entry: functionName.nullish().describe('Function (no arguments) that it runs; none: takes interrupts only.'),
				}),
			)
			.min(1)
			.max(limits.cpus)
			.describe('One entry a CPU, in order.'),
		config: config.optional().describe('CONFIG_ symbols this program sets.'),
		options: values.optional().describe("Values of options that are this program's defaults."),
	});

	const option = z.strictObject({
		id: id.describe('Short name, used as --set ID=VALUE.'),
		title: line.optional().describe('One line for lists.'),
		values: z.array(scalar).min(1).max(limits.items).describe('The values it may have.'),
		default: scalar.describe('The value without --set; one of values.'),
		define: symbol
			.optional()
			.describe('Symbol that carries the value: CONFIG_X=value for a number; CONFIG_X_WORD=1 for a word.'),
		machine: z
			.enum(['rcu', 'fill', 'cpus', 'frames'])
			.optional()
			.describe(
				'Setting of the machine that the value sets: rcu (preemptible, classic), fill (explicit, speculative), cpus, frames.',
			),
	});

	const kernel = z.strictObject({
		id: id.describe('Short name, used as SCENARIO/KERNEL.'),
		title: line.optional().describe('One line for lists.'),
		summary: text.optional().describe('Which kernel versions or patch this stands for.'),
		config: config.optional().describe('CONFIG_ symbols this kernel sets: "y" is 1, "n" leaves one undefined.'),
	});

	const expected = z.strictObject({
		kernels: idsOrAll.describe('Kernel ids, or all.'),
		programs: idsOrAll.optional().describe('Program ids, or all (the default).'),
		options: severalValues
			.optional()
			.describe(
				'Option values the row speaks of; the others keep their defaults. A list of values, or all: each of them, with each of the other options.',
			),
		kinds: table(z.enum(violationKinds)).describe('Kinds of violation that are reachable; [] for none.'),
		reason: text.optional().describe('Why.'),
		known: z.enum(['mail', 'search', 'argument', 'open']).optional().describe('Where it is known from.'),
	});

	const step = z.string().max(1000);
	const scheduleStep = z.union([
		step,
		z.strictObject({
			step: step.describe('The step: cpu0 until vb_alloc returns.'),
			note: text.optional().describe("The thread's argument beside this step, in own words."),
			mark: line.optional().describe('A short name of the moment after this step: mail line 2.'),
		}),
	]);

	const schedule = z.strictObject({
		id: id.describe('Short name, used as --schedule ID.'),
		title: line.optional().describe('One line for lists.'),
		summary: text.optional().describe('What it shows.'),
		kernels: idsOrAll.optional().describe('Kernels it is written for; the first is its default. Default: all.'),
		program: id.optional().describe('Program it runs; default: the first.'),
		options: values.optional().describe('Option values it needs.'),
		steps: z
			.array(scheduleStep)
			.min(1)
			.max(limits.items)
			.describe(
				'Steps: cpu0 | cpu2 x3 | cpu0 until F returns | cpu0 until F called | cpu1 line "text" | cpu0 until line "text" | cpu0 until (expression) | cpu0 until blocked | cpu0 until done | ipi1 | rcu',
			),
	});

	return z
		.strictObject({
			title: line.min(1).describe('One line for the list.'),
			summary: text.optional().describe('What happens, in a few sentences.'),
			proves: text.optional().describe('What stepping and checking this scenario proves, and what it leaves out.'),
			source: z
				.strictObject({
					subject: line.optional().describe("The mail's subject."),
					author: line.optional().describe('Who wrote it.'),
					date: line.optional().describe('When: 2023-05-23.'),
					'message-id': line.optional().describe('Its Message-ID, without the angle brackets.'),
				})
				.optional()
				.describe('The discussion it comes from.'),
			files: z
				.array(z.string().max(300))
				.min(1)
				.max(100)
				.describe('Model C files to compile: in this folder, or kernel/... for the library.'),
			machine: z
				.strictObject({
					cpus: z.int().min(1).max(limits.cpus).describe('Number of CPUs; macro NR_CPUS.'),
					frames: z
						.int()
						.min(0)
						.max(limits.frames)
						.optional()
						.describe('Number of page frames (default 8); macro NR_FRAMES.'),
					'table-sizes': z
						.array(z.int().min(1).max(limits.tableSize))
						.min(1)
						.max(limits.levels)
						.optional()
						.describe('Entries of a page table at each level, root first; [12] (the default) is one table of 12 PTEs.'),
				})
				.describe('The machine it runs on.'),
			panes: table(line).optional().describe('Panes to show first, in order.'),
			options: table(option).optional().describe('Settings of the machine or of the start.'),
			kernels: table(kernel).min(1).describe('Variants of the code; the first is the default.'),
			programs: table(program).min(1).describe('What each CPU runs; the first is the default.'),
			expected: table(expected).optional().describe('Which violations can be reached where.'),
			schedules: table(schedule).optional().describe('Sequences of steps to follow; the first is the default.'),
			muted: table(
				z.strictObject({
					kind: z.enum(violationKinds).describe('The kind that is not reported.'),
					reason: text.min(1).describe('Why not.'),
				}),
			)
				.optional()
				.describe('Detectors switched off, each with its reason.'),
		})
		.describe('A scenario of mmstep: one race, its kernels, programs and options.');
});

export type ScenarioDocument = z.output<ReturnType<typeof scenarioSchema>>;

/** The JSON Schema for editors, as it is published. */
export function scenarioJsonSchema(): object {
	const { $schema, ...rest } = z.toJSONSchema(scenarioSchema(), { io: 'input', target: 'draft-2020-12' });
	return { $schema, title: 'mmstep scenario', ...rest };
}
