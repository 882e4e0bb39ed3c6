import { plainOf, type Span, type StyledLine } from './styled.ts';

/** A line with the places marked where it has the text. */
export function highlight(styled: StyledLine, text: string, isFound: boolean): StyledLine {
	const needle = text.toLowerCase();
	const whole = plainOf(styled).toLowerCase();
	if (needle === '' || !whole.includes(needle)) return styled;
	const marks = new Set<number>();
	for (let at = whole.indexOf(needle); at >= 0; at = whole.indexOf(needle, at + needle.length)) {
		for (let index = at; index < at + needle.length; index++) marks.add(index);
	}
	let offset = 0;
	return styled.flatMap((piece): Span[] => {
		const pieces: Span[] = [];
		for (let from = 0; from < piece.text.length; ) {
			const isMarked = marks.has(offset + from);
			let to = from + 1;
			while (to < piece.text.length && marks.has(offset + to) === isMarked) to++;
			pieces.push({ text: piece.text.slice(from, to), tone: isMarked ? (isFound ? 'selected' : 'match') : piece.tone });
			from = to;
		}
		offset += piece.text.length;
		return pieces;
	});
}
