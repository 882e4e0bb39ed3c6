/**
 * Values of type `step_t`: 0 is `never`, so that a zeroed variable says so, and a step is its number plus one. The order of
 * values is the order of time.
 */

export const neverStamp = 0;

/** The value for a step number (0 is the set-up). */
export function timeStamp(step: number): number {
	return step + 1;
}

/** `never`, `the set-up`, `step 12`. */
export function timeStampText(value: number): string {
	if (value <= neverStamp) return 'never';
	return value === timeStamp(0) ? 'the set-up' : `step ${value - 1}`;
}
