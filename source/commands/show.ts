import { alignColumns, asciiText, wrapProse } from '../report/wrap.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { exitCodes, UsageError } from './io.ts';
import { openScenario } from './open-scenario.ts';
import type { Verb } from './verb.ts';

export const showVerb: Verb = {
	name: 'show',
	usage: 'show SCENARIO',
	summary: 'what a scenario proves; its kernels, programs, options and schedules',
	help: [
		'--json: {format: "mmstep-show", version: 1, id, title, summary, proves, source,',
		'machine, kernels, programs, options, schedules, expected, muted}, as in',
		'scenario.yaml.',
	],
	flags: ['json'],
	operands: { least: 1, most: 1 },
	run: ([name = ''], { json }, io) => {
		const { scenario, kernel } = openScenario(name);
		if (kernel !== null && !scenario.kernels.some(({ id }) => id === kernel)) {
			throw new UsageError(
				`${scenario.id} has no kernel "${kernel}"\nkernels: ${scenario.kernels.map(({ id }) => id).join(', ')}`,
			);
		}
		io.out(json ? `${JSON.stringify(scenarioData(scenario), null, 2)}\n` : `${scenarioText(scenario).join('\n')}\n`);
		return exitCodes.ok;
	},
};

function scenarioData(scenario: Scenario): object {
	const { texts: _texts, files: _files, panes: _panes, schedules, ...rest } = scenario;
	return {
		format: 'mmstep-show',
		version: 1,
		...rest,
		schedules: schedules.map(({ entries, ...schedule }) => ({
			...schedule,
			steps: entries.map(({ text, note, mark }) => ({ step: text, note, mark })),
		})),
	};
}

/** The scenario on half a screen or so. */
export function scenarioText(scenario: Scenario): string[] {
	const { source } = scenario;
	const lines = [asciiText(scenario.title), ''];
	if (scenario.proves !== '') lines.push(...wrapProse(scenario.proves), '');
	else if (scenario.summary !== '') lines.push(...wrapProse(scenario.summary), '');
	if (source.subject !== '') {
		const by = [source.author, source.date].filter((word) => word !== '').join(', ');
		lines.push(...wrapProse(`From: "${source.subject}"${by === '' ? '' : ` by ${by}`}`));
		if (source.messageId !== '') lines.push(asciiText(`Message-ID: <${source.messageId}>`));
		lines.push('');
	}
	lines.push(
		...section(
			'kernels',
			scenario.kernels.map((kernel) => [kernel.id, kernel.title]),
		),
	);
	lines.push(
		...section(
			'programs',
			scenario.programs.map((program) => [program.id, program.title]),
		),
	);
	lines.push(
		...section(
			'options (--set ID=VALUE)',
			scenario.options.map((option) => [
				option.id,
				option.values.map((value) => (value === option.default ? `[${value}]` : value)).join(' '),
				option.title,
			]),
		),
	);
	lines.push(
		...section(
			'schedules (--schedule ID)',
			scenario.schedules.map((schedule) => [schedule.id, `${schedule.title} (${schedule.kernels.join(', ')})`]),
		),
	);
	lines.push(
		...section(
			'violations that can be reached',
			scenario.kernels.flatMap((kernel) => expectedRow(scenario, kernel.id)),
		),
	);
	lines.push(
		...section(
			'not reported',
			scenario.muted.map(({ kind, reason }) => [kind, reason]),
		),
	);
	return lines;
}

/** What can be reached on a kernel, and with which programs; the table with its reasons is in the JSON. */
function expectedRow(scenario: Scenario, kernel: string): string[][] {
	const rows = scenario.expected.filter((row) => row.kernels.includes(kernel));
	if (rows.length === 0) return [];
	const places = new Map<string, Set<string>>();
	for (const row of rows) {
		const options = Object.entries(row.options).map(([id, value]) => ` ${id}=${value}`);
		const programs = row.programs.map((program) => program + options.join(''));
		for (const kind of row.kinds) places.set(kind, new Set([...(places.get(kind) ?? []), ...programs]));
	}
	const count = scenario.programs.length;
	const words = [...places].map(([kind, on]) => {
		const where = on.size === count ? 'every program' : on.size <= 2 ? [...on].join(', ') : `${on.size} programs`;
		return `${kind} (${where})`;
	});
	return [[kernel, words.length === 0 ? 'none' : words.join(', ')]];
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
	if (rows.length === 0) return [];
	return [
		`${title}:`,
		...alignColumns(
			rows.map((row) => row.map(asciiText)),
			'  ',
		),
	];
}
