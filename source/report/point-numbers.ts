import type { BugReport } from './bug-report.ts';

/** Puts the numbers of the drawing in place of the steps that a text names: `filled at step 58` -> `filled at (6)`. */
export function withPointNumbers(points: BugReport['points'], text: string): string {
	const numberOf = new Map(points.map(({ number, step }) => [step, number]));
	return text.replace(/\bstep (\d{1,9})\b/g, (whole, step: string) => {
		const number = numberOf.get(Number(step));
		return number === undefined ? whole : `(${number})`;
	});
}
