import { alignColumns, asciiText } from '../report/wrap.ts';
import { bundledScenarios } from '../scenario/bundled.ts';
import { type CommandIo, exitCodes } from './io.ts';
import type { Verb } from './verb.ts';

export const listVerb: Verb = {
	name: 'list',
	usage: 'list',
	summary: 'scenarios that come with mmstep',
	help: [
		'--json: {format: "mmstep-list", version: 1, scenarios: [{id, title, summary,',
		'problem}]}; problem is null, or why the scenario cannot be used.',
	],
	flags: ['json'],
	operands: { least: 0, most: 0 },
	run: (_operands, { json }, io) => {
		const scenarios = bundledScenarios();
		if (json) {
			const data = scenarios.map(({ id, title, summary, problem }) => ({ id, title, summary, problem }));
			io.out(`${JSON.stringify({ format: 'mmstep-list', version: 1, scenarios: data }, null, 2)}\n`);
		} else {
			for (const line of scenarioLines()) io.out(`${line}\n`);
		}
		return exitCodes.ok;
	},
};

/** The bundled scenarios as aligned lines; a broken one says so. */
function scenarioLines(): string[] {
	const rows = bundledScenarios().map(({ id, title, problem }) => [
		id,
		asciiText(problem === null ? title : `(cannot be used) ${problem}`),
	]);
	return rows.length === 0 ? ['no scenario came with this mmstep'] : alignColumns(rows);
}

/** What `mmstep` says when it is started without a terminal and without arguments. */
export function introduce(io: CommandIo): void {
	io.out('mmstep: a time-travel debugger for Linux memory-management races\n\nscenarios:\n');
	for (const line of scenarioLines()) io.out(`  ${line}\n`);
	io.out(
		'\n' +
			'There is no terminal here, so the debugger was not started. Without one:\n' +
			'  mmstep show SCENARIO                            what a scenario proves, and its schedules\n' +
			'  mmstep run SCENARIO/KERNEL --schedule NAME      step through it and print what happened\n' +
			'  mmstep --help                                   everything else\n',
	);
}
