/**
 * Format strings of reports and views, printf's way: `%d %u %x` integers, `%s` text, `%p` a pointer by its object's name, `%a`
 * a virtual address by its range's name, `%f` a frame, `%t` a time stamp, `%%`. Widths and lengths do not exist. The compiler
 * checks formats against their arguments; what it would refuse is shown here as well as it can be.
 */

import { addressName, frameName, hexText, type NameSource, pointerName } from './names.ts';
import { timeStampText } from './time-stamp.ts';

const conversions = /%(?:%|([a-z]))/g;

/** Letters that take an argument. */
const conversionLetters = 'duxspaft';

/**
 * The text that a format and its arguments make. An argument that is missing is shown as `?`; a conversion that is not known
 * stays as it is written and takes no argument.
 */
export function formatText(source: NameSource, format: string, values: readonly number[]): string {
	let next = 0;
	return format.replace(conversions, (written: string, letter: string | undefined) => {
		if (letter === undefined) return '%';
		if (!conversionLetters.includes(letter)) return written;
		const value = values[next++];
		return value === undefined ? '?' : valueText(source, letter, value);
	});
}

/** The arguments that a format shows as anything but a moment: a moment says how a state came about, not what it is. */
export function withoutTimes(format: string, values: readonly number[]): readonly number[] {
	const letters = [...format.matchAll(conversions)].flatMap(([, letter]) =>
		letter !== undefined && conversionLetters.includes(letter) ? [letter] : [],
	);
	return values.filter((_, index) => letters[index] !== 't');
}

function valueText(source: NameSource, letter: string, value: number): string {
	switch (letter) {
		case 'u':
			return value < 0 ? BigInt.asUintN(64, BigInt(value)).toString() : value.toString();
		case 'x':
			return hexText(value);
		case 's':
			return source.machine.program.texts[value] ?? '';
		case 'p':
			return pointerName(source, value);
		case 'a':
			return addressName(source, null, value);
		case 'f':
			return frameName(value);
		case 't':
			return timeStampText(value);
		default:
			return value.toString();
	}
}
