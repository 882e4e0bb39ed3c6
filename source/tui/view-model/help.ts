/** The help screen, made from the tables of keys and commands. */

import { commandTable, groupTitle } from '../../session/commands.ts';
import { keyTable } from '../../session/key-table.ts';
import { screenKeys } from '../state/keymap.ts';
import { line, type StyledLine, span, wrapText } from '../text/styled.ts';

const known = new Map<number, readonly StyledLine[]>();

/** All keys and commands, in two columns where there is room. */
export function helpLines(width: number): readonly StyledLine[] {
	const cached = known.get(width);
	if (cached !== undefined) return cached;
	const lines = makeHelp(width);
	known.set(width, lines);
	return lines;
}

function makeHelp(width: number): readonly StyledLine[] {
	const keyLine = (keys: readonly string[], summary: string, separator = ' '): readonly StyledLine[] =>
		entry(keys.map(keyLabel).join(separator), 14, summary, width);
	const digits = keyTable.filter(({ keys }) => keys.every((key) => /^\d$/.test(key)));
	const others = keyTable.filter((binding) => !digits.includes(binding));
	return [
		line(' Keys that are commands', 'heading'),
		...keyLine(['0', '9'], 'lets that CPU run to its next line', '..'),
		...others.flatMap(({ keys, summary }) => keyLine(keys, summary)),
		[],
		line(' Keys of the screen', 'heading'),
		...screenKeys.flatMap(({ keys, summary }) => keyLine(keys, summary)),
		[],
		line(' Marks', 'heading'),
		[span('   *', 'changed'), span('  changed by the last move', 'plain')],
		...entry('PAST', 14, 'later steps are kept: End leads to them, another choice grows a branch', width),
		...entry('wrong in 9', 14, 'a violation can be reached in 9 steps', width),
		...entry('safe', 14, 'whatever is chosen, no violation can follow', width),
		[span('   !stale', 'bad'), span('  a cached translation that the page tables no longer say', 'plain')],
		[],
		line(' Commands (type : first; Tab completes, up recalls; words may be cut short)', 'heading'),
		...[...new Set(commandTable.map(({ group }) => group))].flatMap((group): StyledLine[] => [
			line(`  ${groupTitle(group)}`, 'strong'),
			...commandTable
				.filter((command) => command.group === group)
				.flatMap(({ usage, summary }) => entry(usage, 28, summary, width)),
		]),
	];
}

const names: Readonly<Record<string, string>> = {
	left: 'Left',
	right: 'Right',
	up: 'Up',
	down: 'Down',
	home: 'Home',
	end: 'End',
	space: 'Space',
	tab: 'Tab',
	'shift-tab': 'Shift-Tab',
	pageup: 'PgUp',
	pagedown: 'PgDn',
	enter: 'Enter',
	escape: 'Esc',
	f1: 'F1',
};

/** A key as it is written on the keyboard. */
export function keyLabel(name: string): string {
	return names[name] ?? name.replace(/^ctrl-(.)$/, (_, letter: string) => `Ctrl-${letter.toUpperCase()}`);
}

/** What is explained, and its explanation beside it on as many lines as it needs; below it when it is long itself. */
function entry(title: string, column: number, text: string, width: number): readonly StyledLine[] {
	const indent = ' '.repeat(column + 4);
	const lines = wrapText(text, Math.max(10, width - column - 5));
	const [first = '', ...rest] = lines;
	const head = span(`   ${title.padEnd(column)} `, 'key');
	if (title.length > column) return [[head], ...lines.map((part) => [span(indent + part)])];
	return [[head, span(first)], ...rest.map((part) => [span(indent + part)])];
}
