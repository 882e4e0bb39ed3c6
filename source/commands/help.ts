/** The help texts, made from the tables of verbs and flags. */

import packageJson from '../../package.json' with { type: 'json' };
import { alignColumns, wrapProse } from '../report/wrap.ts';
import { type FlagName, flagTable } from './arguments.ts';
import type { Verb } from './verb.ts';

const statuses = [
	['0', 'as expected'],
	['1', 'a violation was found, or a verdict other than the expected one'],
	['2', 'wrong use of the command line'],
	['3', 'a scenario or recording that cannot be used'],
	['4', 'gave up: a schedule could not be followed to its end, or a bound was reached'],
	['130', 'interrupted'],
];

/** `mmstep --help` */
export function generalHelp(verbs: readonly Verb[], debuggerFlags: readonly FlagName[]): string {
	return [
		...wrapProse(`${packageJson.description}.`),
		'',
		'usage:',
		...alignColumns(
			[
				['mmstep [SCENARIO[/KERNEL] | RECORDING]', 'the debugger; without arguments the picker'],
				...verbs.map((verb) => [`mmstep ${verb.usage}`, verb.summary]),
			],
			'  ',
		),
		'',
		'A SCENARIO is one of "mmstep list" or a folder with a scenario.yaml. "mmstep VERB',
		'--help" says more about a verb.',
		'',
		'flags of the debugger:',
		...flagLines([...debuggerFlags, 'help', 'version']),
		'',
		'exit status:',
		...alignColumns(statuses, '  '),
		'',
	].join('\n');
}

/** `mmstep VERB --help` */
export function verbHelp(verb: Verb): string {
	return [
		`usage: mmstep ${verb.usage}${verb.flags.length > 0 ? ' [FLAGS]' : ''}`,
		'',
		`${verb.summary[0]?.toUpperCase()}${verb.summary.slice(1)}.`,
		'',
		...verb.help,
		...(verb.help.length > 0 ? [''] : []),
		'flags:',
		...flagLines([...verb.flags, 'help']),
		'',
	].join('\n');
}

function flagLines(names: readonly FlagName[]): string[] {
	return alignColumns(
		names.map((name) => {
			const flag: { summary: string; value?: string; shortFlag?: string } = flagTable[name];
			const short = flag.shortFlag === undefined ? '' : `, -${flag.shortFlag}`;
			return [`--${name}${flag.value === undefined ? '' : ` ${flag.value}`}${short}`, flag.summary];
		}),
		'  ',
	);
}
