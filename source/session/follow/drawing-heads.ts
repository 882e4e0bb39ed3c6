/** Where the columns of a drawing begin: a line of heads such as `CPU 1    CPU 2`, or words with rules below them. */

import { isRule, type Segment, segmentsOf, type TextLine } from './drawing-text.ts';

export interface Heads {
	/** Index into the lines. */
	readonly at: number;
	/** Index of the first line below. */
	readonly below: number;
	readonly segments: readonly Segment[];
}

const numbered =
	/^(?:CPU|Thread|Task|Process|Proc|T|P|kthread|CPU-thread)[ _#-]?(?:\d{1,3}|[A-D])\b(?!\s*[:(=]\s*\w+\()/i;

/** Whether a piece of a line is such as stands over a column. */
function isHead({ text }: Segment): boolean {
	return (
		(numbered.test(text) || text === 'rcu' || /\(CPU ?\d+\)$/i.test(text)) && !/[:;=]/.test(text.replace(/\(.*$/, ''))
	);
}

/** Every line of heads, in order. */
export function findHeads(lines: readonly TextLine[]): Heads[] {
	const found: Heads[] = [];
	for (let at = 0; at < lines.length; at++) {
		const heads = headsAt(lines, at);
		if (heads === null) continue;
		found.push(heads);
		at = heads.below - 1;
	}
	return found;
}

function headsAt(lines: readonly TextLine[], at: number): Heads | null {
	const text = lines[at]?.text ?? '';
	if (text.trim() === '' || isRule(text)) return null;
	const segments = segmentsOf(withoutBars(text));
	const next = lines.findIndex((line, index) => index > at && line.text.trim() !== '');
	const isUnderlined = next === at + 1 && isRule(lines[next]?.text ?? '');
	const areNumbered = segments.length > 0 && segments.every(isHead) && segments.some(({ text }) => text !== 'rcu');
	if (segments.length === 0 || !(areNumbered || (isUnderlined && segments.length >= 2))) return null;
	// One head alone is one only if it stands apart.
	if (segments.length === 1 && !isUnderlined && !/^CPU\d+ \(.*\)$/.test(segments[0]?.text ?? '')) return null;
	if (isUnderlined && !areNumbered && !isUnderEach(segments, segmentsOf(withoutBars(lines[next]?.text ?? ''))))
		return null;
	if (isUnderlined) return { at, below: next + 1, segments };
	const whole = withRests(segments, segmentsOf(withoutBars(lines[at + 1]?.text ?? '')));
	return whole === null ? { at, below: at + 1, segments } : { at, below: at + 2, segments: whole };
}

/** Heads such as `CPU2 (user` with `thread)` below; null when the line below is something else. */
function withRests(heads: readonly Segment[], below: readonly Segment[]): Segment[] | null {
	const isOpen = ({ text }: Segment): boolean => text.includes('(') && !text.includes(')');
	const rests = heads.map((head) => below.find(({ start }) => start >= head.start && start - head.start <= 4));
	const areAll = heads.every((head, index) => isOpen(head) === (rests[index] !== undefined));
	if (below.length === 0 || !areAll || below.length !== heads.filter(isOpen).length) return null;
	return heads.map((head, index) => ({ ...head, text: `${head.text} ${rests[index]?.text ?? ''}`.trim() }));
}

/** Rules below heads of words: one for each, so that a table or a quoted title is not taken for a drawing. */
function isUnderEach(heads: readonly Segment[], rules: readonly Segment[]): boolean {
	return (
		rules.length === heads.length &&
		heads.every((head, index) => Math.abs(head.start - (rules[index]?.start ?? -9)) <= 3)
	);
}

/** Bars between columns say no more than blanks do. */
export function withoutBars(text: string): string {
	return text.replace(/(^|\s)\|(?=\s|$)/g, '$1 ');
}
