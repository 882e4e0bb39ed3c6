/**
 * Check sums of a recording's lines. Fingerprints tell when a step has changed, but nothing tells of a letter that has changed
 * in a note or in a comment of the model: so every line ends with `,"sum":"8 hex digits"}`, the beginning of the SHA-256 of
 * the line before's sum (nothing for the first line) and of this line's bytes up to that comma. As each depends on the one
 * before, a line that is missing, doubled or in another place is noticed too; one that is cut off at the end of the file
 * cannot be. It is against accidents: whoever can change a line can compute its sum.
 *
 * To a reader that knows nothing of it, it is one more key to ignore. A recording without sums is as good as it was.
 */

import { hash } from 'node:crypto';

const sumLength = 8;
const pattern = /^,"sum":"([0-9a-f]{8})"\}$/;
const tailLength = ',"sum":"01234567"}'.length;

/** Lines of JSON objects, with line ends, as a recording has them: each with its sum. */
export function withSums(lines: string, before: string): { readonly text: string; readonly sum: string } {
	let sum = before;
	let text = '';
	for (const line of lines.split('\n')) {
		if (line === '') continue;
		const body = line.slice(0, -1);
		sum = sumOf(sum, Buffer.from(body));
		text += `${body},"sum":"${sum}"}\n`;
	}
	return { text, sum };
}

/** The sum that a line (without its line end) carries; null when it carries none. */
export function carriedSum(line: Uint8Array): string | null {
	const tail = Buffer.from(line.subarray(Math.max(0, line.length - tailLength))).toString('latin1');
	return pattern.exec(tail)?.[1] ?? null;
}

/** The sum that a line which carries one must have. @param before the sum of the line before; empty for the first line */
export function expectedSum(line: Uint8Array, before: string): string {
	return sumOf(before, line.subarray(0, line.length - tailLength));
}

function sumOf(before: string, body: Uint8Array): string {
	return hash('sha256', Buffer.concat([Buffer.from(before), body]), 'hex').slice(0, sumLength);
}
