/** A report as JSON: source/report/report.schema.json says what is in it. */

import type { BugReport } from './bug-report.ts';

/** The text of the file, with its last line end; ASCII, so that it can be looked at on any terminal. */
export function reportJson(report: BugReport): string {
	const text = JSON.stringify(report, null, 2);
	const ascii = text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
	return `${ascii}\n`;
}
