/**
 * What a recorded session says, as plain data: the one object that every format of a report is rendered from. The schema is
 * published as JSON Schema (scripts/report-schema.ts) and is what `mmstep report --format json` prints.
 *
 * Every text is a single line without control characters (`plainLine`), but may hold any other character of Unicode, and
 * anything that Markdown, XML or a mail would take for its own: a renderer escapes what it writes.
 */

import { z } from 'zod';
import { violationKinds } from '../language/violation-kinds.ts';

const text = z.string();
const step = z.number().int().min(0);
const line = z.number().int().min(0);

const stackEntry = z.object({ function: text, file: text, line }).readonly();

const reportedViolation = z
	.object({
		kind: z.enum(violationKinds),
		severity: z.enum(['violation', 'warning', 'note']),
		title: text,
		step: step.describe('number of the step at which it was found'),
		actor: text.describe('`CPU0`, `rcu`; empty for what nobody did'),
		function: text,
		file: text,
		line,
		stack: z.array(stackEntry).readonly().describe('innermost first'),
		details: z.array(text).readonly(),
		splat: z
			.array(text)
			.readonly()
			.describe('the same as lines of ASCII text, laid out as the kernel lays out its reports'),
	})
	.readonly();

const drawingColumn = z
	.object({
		actor: text.describe('`CPU0`, or `rcu` for the context of RCU callbacks'),
		role: text.describe("the program's name for it: `mremap`; may be empty"),
		context: z.number().int().min(0),
	})
	.readonly();

/** What an event of the drawing is. */
export const eventKinds = [
	'call',
	'return',
	'lock',
	'unlock',
	'rcu',
	'read',
	'write',
	'memory',
	'frame',
	'tlb-fill',
	'tlb-hit',
	'tlb-flush',
	'interrupt',
	'fault',
	/** The actor has to wait here; the text is in brackets in a drawing. */
	'wait',
	/** A warning or note of a detector. */
	'warning',
	/** What a detector found: the harm. */
	'violation',
] as const;

const drawnEvent = z
	.object({
		step: step.describe('number of the step, counted from 1; 0 is the start'),
		column: z.number().int().min(0).describe('index into columns'),
		depth: z.number().int().min(0).describe('nesting among the calls that are drawn, a blank each'),
		kind: z.enum(eventKinds),
		text: text.describe('`lock(D1.ptl)`, `pmd_clear(old_pmd)`; of harm, its title'),
		comment: text.describe('what a reader should know beside it, drawn in [ brackets ]; empty for none'),
		point: z.number().int().min(1).nullable().describe('number of the point in `points` that is about this event'),
		omitted: z.number().int().min(0).describe('events of the session left out between the one before and this one'),
		function: text.describe('in which it happened; empty for hardware'),
		file: text,
		line,
	})
	.readonly();

const drawing = z
	.object({
		columns: z.array(drawingColumn).readonly(),
		events: z.array(drawnEvent).readonly().describe('in order of time; the harm is the last'),
		isFull: z.boolean().describe('whether everything is drawn, or only what matters to the harm'),
		omitted: z.number().int().min(0).describe('events that are not drawn'),
	})
	.readonly();

const stateTable = z
	.object({
		title: text.describe('`page tables`, `TLBs`, `locks`, `pages`, `objects`'),
		rows: z
			.array(
				z
					.object({
						label: text,
						before: text.describe('at `before`; empty for nothing'),
						after: text.describe('at the violation; empty for nothing'),
					})
					.readonly(),
			)
			.readonly(),
	})
	.readonly();

const kernelRow = z
	.object({
		kernel: text,
		title: text,
		isReported: z.boolean().describe('whether it is the kernel of this session'),
		outcome: z
			.enum(['found', 'none', 'undecided', 'failed'])
			.describe('none: no violation on any schedule; undecided: none found so far; failed: it could not be searched'),
		kinds: z
			.array(z.enum(violationKinds))
			.readonly()
			.describe('kinds of violation that can be reached, as far as searched'),
		complete: z.boolean().describe('whether every interleaving was covered'),
		bound: text.describe('what ended the search before; empty when nothing did'),
		states: z.number().int().min(0),
	})
	.readonly();

export const bugReportSchema = z
	.object({
		format: z.literal('mmstep-report'),
		version: z.literal(1),
		tool: text.describe('`mmstep 0.1.0`'),
		subject: text.describe('one line as a mail has it, with `[model]` at its end'),
		summary: z.array(text).readonly().describe('paragraphs'),
		scenario: z
			.object({
				id: text,
				title: text,
				source: z.object({ subject: text, author: text, date: text, messageId: text }).readonly(),
			})
			.readonly(),
		kernel: z.object({ id: text, title: text }).readonly(),
		program: z.object({ id: text, title: text }).readonly(),
		options: z.array(z.object({ id: text, value: text, isDefault: z.boolean() }).readonly()).readonly(),
		memoryModel: text,
		codeHash: text.describe('of the compiled model, 16 hexadecimal digits'),
		schedule: z
			.object({ id: text, title: text })
			.readonly()
			.nullable()
			.describe('of the scenario, when one was followed'),
		steps: step.describe('steps of the session up to where it is reported'),
		drawing,
		points: z
			.array(z.object({ number: z.number().int().min(1), step, text }).readonly())
			.readonly()
			.describe(
				'the numbered events of the drawing, and what a thread says of them; one entry for each step of an event',
			),
		violations: z.array(reportedViolation).readonly().describe('violations first, then warnings and notes'),
		state: z
			.object({
				before: z.object({ step, text }).readonly().describe('the moment compared with'),
				after: z.object({ step, text }).readonly(),
				tables: z.array(stateTable).readonly().describe('only what is involved'),
			})
			.readonly(),
		kernels: z
			.object({ seconds: z.number().describe('limit for each kernel'), rows: z.array(kernelRow).readonly() })
			.readonly()
			.nullable()
			.describe('which kernels of the scenario have it, from the checker; null when it was not asked'),
		reproduce: z.array(text).readonly().describe('commands, the first of which is enough'),
		notes: z
			.array(z.object({ branch: text, step, text }).readonly())
			.readonly()
			.describe("the user's, on the branch that is reported"),
		remarks: z
			.array(text)
			.readonly()
			.describe('what a reader should know about the recording itself: damage, for example'),
	})
	.readonly();

export type BugReport = z.infer<typeof bugReportSchema>;
export type Drawing = BugReport['drawing'];
export type DrawingColumn = Drawing['columns'][number];
export type DrawnEvent = Drawing['events'][number];
export type ReportedViolation = BugReport['violations'][number];
export type ReportedState = BugReport['state'];
export type KernelRow = NonNullable<BugReport['kernels']>['rows'][number];

/** The JSON Schema of a report, as it is published in source/report/report.schema.json. */
export function bugReportJsonSchema(): object {
	const { $schema, ...rest } = z.toJSONSchema(bugReportSchema, { target: 'draft-2020-12' });
	return { $schema, title: 'mmstep report', ...rest };
}
