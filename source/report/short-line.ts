import { plainLine } from '../language/plain-text.ts';

/** Characters of one text of a report. Names, titles and remarks are shorter; what is longer was made to be. */
const longest = 2000;

/** A text as one line without control characters, cut where nobody would read on. */
export function shortLine(text: string): string {
	return text.length <= longest ? plainLine(text) : `${plainLine(text.slice(0, longest))} ...`;
}
