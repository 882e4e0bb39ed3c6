/**
 * A violation as the kernel's own detectors lay out theirs (KASAN, KCSAN, lockdep), so that those who read kernel logs know
 * where to look; and with words that keep anybody from taking it for a log of a running kernel.
 */

import packageJson from '../../package.json' with { type: 'json' };
import { plainLine, plainRow } from '../language/plain-text.ts';
import { contextName } from '../machine/describe.ts';
import type { Violation } from '../machine/violation.ts';
import type { Target } from '../scenario/scenario.ts';
import { codeHashOf } from '../scenario/target.ts';
import { withoutKind } from './violation-phrases.ts';
import { asciiText, wrapLine, wrapProse } from './wrap.ts';

const rule = '='.repeat(66);

/** The report of one violation, warning or note, as lines of ASCII text. */
export function splat(target: Target, violation: Violation): string[] {
	const { scenario, selection } = target;
	const options = Object.entries(selection.options).map(([id, value]) => `${id}=${value}`);
	return [
		rule,
		...headLines(violation),
		'',
		'This is a report from a model, not from a running kernel.',
		'',
		...actorLines(target, violation),
		...callTrace(violation),
		...details(violation),
		...wrapLine(
			`Scenario: ${scenario.id}, kernel: ${selection.kernel}, program: ${selection.program}${options.length > 0 ? `, ${options.join(', ')}` : ''}`,
			75,
			10,
		),
		`Reported by mmstep ${packageJson.version}, model ${codeHashOf(target)}`,
		rule,
	].map(asciiText);
}

/** `BUG: mmstep: use-after-free in f`, and what is wrong. As with KCSAN, the words of a data race say both. */
function headLines(violation: Violation): string[] {
	const { kind, function: fn } = violation;
	const title = plainLine(violation.title);
	const lead = `${heading(violation)}: mmstep: `;
	if (title.startsWith(`${kind} in `)) return wrapProse(lead + title).map(notARule);
	return [`${lead}${kind}${fn === '' ? '' : ` in ${fn}`}`, ...wrapProse(withoutKind(kind, title)).map(notARule)];
}

function heading(violation: Violation): string {
	switch (violation.severity) {
		case 'violation':
			return 'BUG';
		case 'warning':
			return 'WARNING';
		case 'note':
			return 'NOTE';
	}
}

/** `CPU: 0 (maps and calls) Step: 57 At: kernel/mm/vmalloc.c:310` */
function actorLines(target: Target, violation: Violation): string[] {
	const { actor, file, line, step } = violation;
	const program = target.scenario.programs.find(({ id }) => id === target.selection.program);
	const cpu = program?.cpus.findIndex((_, index) => contextName(target.machine, index) === actor) ?? -1;
	const role = program?.cpus[cpu]?.name ?? '';
	const parts = [
		...(actor === '' ? [] : [`${actor.replace(/^CPU/, 'CPU: ')}${role === '' ? '' : ` (${role})`}`]),
		`Step: ${step}`,
		...(file === '' ? [] : [`At: ${file}:${line}`]),
	];
	const joined = parts.join('  ');
	return joined.length <= 75 ? [joined] : parts.flatMap((part) => wrapLine(part, 75, 1));
}

/** A text of a model must not end the report. */
function notARule(line: string): string {
	return line.startsWith('====') ? ` ${line}` : line;
}

function callTrace({ stack, kind }: Violation): string[] {
	// The details of a data race have the stacks of both sides.
	if (stack.length === 0 || kind === 'data-race') return [''];
	return ['Call Trace:', ...stack.map((entry) => ` ${entry.function} (${entry.file}:${entry.line})`), ''];
}

function details(violation: Violation): string[] {
	if (violation.details.length === 0) return [];
	const lines = violation.details.flatMap((detail) => history(plainRow(detail)) ?? [plainRow(detail)]);
	const last = lines.at(-1) === '' ? [] : [''];
	return [...lines.flatMap((line) => wrapLine(asciiText(line), 75, 2)).map(notARule), ...last];
}

/** Who allocated or freed an object, in the layout of KASAN; null for any other line. */
function history(detail: string): readonly string[] | null {
	const parts = /^(allocated|freed) at (step \d+|the set-up), (\S+) in (\S+ \(\S+\))$/.exec(detail);
	if (parts === null) return null;
	const [, verb = '', step = '', who = '', where = ''] = parts;
	return [
		`${verb === 'freed' ? 'Freed' : 'Allocated'} by ${who} ${step === 'the set-up' ? 'in' : 'at'} ${step}:`,
		` ${where}`,
		'',
	];
}
