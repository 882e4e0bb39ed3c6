import { alignColumns, asciiText, wrapLine, wrapProse } from '../report/wrap.ts';
import type { ExpectedVerdict, Scenario, ScenarioKernel } from '../scenario/scenario.ts';
import { exitCodes, UsageError } from './io.ts';
import { openScenario } from './open-scenario.ts';
import type { Verb } from './verb.ts';

export const showVerb: Verb = {
	name: 'show',
	usage: 'show SCENARIO[/KERNEL]',
	summary: 'what a scenario proves; its kernels, programs, options and schedules',
	help: [
		'With a KERNEL: what it stands for, and what can be reached on it, with the reasons.',
		'',
		'--json: {format: "mmstep-show", version: 1, id, title, summary, proves, source,',
		'machine, kernels, programs, options, schedules, expected, muted}, as in',
		'scenario.yaml; with a KERNEL, the kernels, schedules and expected verdicts are',
		'those of that kernel alone.',
	],
	flags: ['json'],
	operands: { least: 1, most: 1 },
	run: ([name = ''], { json }, io) => {
		const { scenario, kernel: id } = openScenario(name, io.kept);
		const kernel = scenario.kernels.find((one) => one.id === id);
		if (id !== null && kernel === undefined) {
			throw new UsageError(
				`${scenario.id} has no kernel "${id}"\nkernels: ${scenario.kernels.map((one) => one.id).join(', ')}`,
			);
		}
		const text = kernel === undefined ? scenarioText(scenario) : kernelText(scenario, kernel);
		io.out(
			json
				? `${JSON.stringify(scenarioData(kernel === undefined ? scenario : onKernel(scenario, kernel)), null, 2)}\n`
				: `${text.join('\n')}\n`,
		);
		return exitCodes.ok;
	},
};

/** What of a scenario is about one kernel. */
function onKernel(scenario: Scenario, kernel: ScenarioKernel): Scenario {
	const isAbout = ({ kernels }: { readonly kernels: readonly string[] }): boolean => kernels.includes(kernel.id);
	const only = <About extends { readonly kernels: readonly string[] }>(all: readonly About[]): readonly About[] =>
		all.filter(isAbout).map((one) => ({ ...one, kernels: [kernel.id] }));
	return {
		...scenario,
		kernels: [kernel],
		schedules: only(scenario.schedules),
		expected: only(scenario.expected),
	};
}

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

/** The scenario: what it proves and what can be reached on which kernel first, then everything else that can be chosen. */
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
		...(scenario.expected.length === 0
			? section(
					'kernels',
					scenario.kernels.map(({ id, title }) => [id, title]),
				)
			: [
					'kernels, and the violations that can be reached on them',
					'(with which programs, and why: mmstep show SCENARIO/KERNEL):',
					...alignColumns(
						scenario.kernels.flatMap((kernel) => kernelRows(scenario, kernel)),
						'  ',
					),
				]),
		...section(
			'programs',
			scenario.programs.map((program) => [program.id, program.title]),
		),
		...section(
			'options (--set ID=VALUE)',
			scenario.options.map((option) => [
				option.id,
				option.values.map((value) => (value === option.default ? `[${value}]` : value)).join(' '),
				option.title,
			]),
		),
		...section(
			'schedules (--schedule ID)',
			scenario.schedules.map(({ id, title, kernels }) => {
				const on = kernels.length === scenario.kernels.length ? 'every kernel' : kernels.join(', ');
				return [id, `${title} (${on})`];
			}),
		),
		...section(
			'not reported',
			scenario.muted.map(({ kind, reason }) => [kind, reason]),
		),
	);
	return lines;
}

/** A line with the kernel's title, and one with the kinds that can be reached on it. */
function kernelRows(scenario: Scenario, { id, title }: ScenarioKernel): string[][] {
	const reached = reachableKinds(scenario, id);
	return [[id, asciiText(title)], ...(reached === '' ? [] : [['', `-> ${reached}`]])];
}

/** `stale-tlb, leak`, `none`, or nothing when the table does not speak of the kernel. */
function reachableKinds(scenario: Scenario, kernel: string): string {
	const entries = scenario.expected.filter(({ kernels }) => kernels.includes(kernel));
	const kinds = new Set(entries.flatMap((entry) => entry.kinds));
	if (entries.length === 0) return '';
	return kinds.size === 0 ? 'none' : [...kinds].join(', ');
}

/** The programs of an entry, each with the option values that the entry is about. */
function programsOf({ programs, options, across }: ExpectedVerdict): string[] {
	const several = Object.entries(across).map(([id, values]) => ` ${id}=${values.join('|')}`);
	const values = [...Object.entries(options).map(([id, value]) => ` ${id}=${value}`), ...several];
	return programs.map((program) => program + values.join(''));
}

/** One kernel: what it is, and its rows of the table, grouped by verdict, each with its reason. */
function kernelText(scenario: Scenario, kernel: ScenarioKernel): string[] {
	const config = Object.entries(kernel.config).map(([symbol, value]) => `${symbol}=${value}`);
	const entries = scenario.expected.filter(({ kernels }) => kernels.includes(kernel.id));
	const groups = Map.groupBy(entries, ({ kinds }) => (kinds.length === 0 ? 'none' : kinds.join(', ')));
	const schedules = scenario.schedules.filter(({ kernels }) => kernels.includes(kernel.id));
	return [
		...wrapLine(asciiText(`${scenario.id}/${kernel.id}: ${kernel.title}`), 79, 2),
		...(kernel.summary === '' ? [] : ['', ...wrapProse(kernel.summary)]),
		...(config.length === 0 ? [] : ['', 'configuration:', ...config.map((line) => `  ${asciiText(line)}`)]),
		...(groups.size === 0 ? [] : ['', 'what can be reached:']),
		...[...groups].flatMap(([kinds, rows]) => [`  ${kinds}`, ...rows.flatMap((row) => verdictLines(scenario, row))]),
		...(schedules.length === 0 ? [] : ['']),
		...section(
			'schedules (--schedule ID)',
			schedules.map(({ id, title }) => [id, title]),
		),
	];
}

const sources: Readonly<Record<string, string>> = {
	mail: 'from the thread',
	search: 'found by search',
	argument: 'by argument',
	open: 'open',
};

function verdictLines(scenario: Scenario, entry: ExpectedVerdict): string[] {
	const isAll = entry.programs.length === scenario.programs.length && Object.keys(entry.options).length === 0;
	const programs = isAll ? 'every program' : programsOf(entry).join(', ');
	const known = sources[entry.known] ?? entry.known;
	return [
		...wrapLine(asciiText(`with ${programs}`), 75).map((line) => `    ${line}`),
		...wrapProse(entry.reason === '' ? `(${known})` : `${entry.reason} (${known})`, '      ', 79),
	];
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
