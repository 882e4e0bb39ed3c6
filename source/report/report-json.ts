/** A report as JSON: schemas/report.schema.json says what is in it. */

import type { BugReport } from './bug-report.ts';

/** The text of the file, with its last line end. */
export function reportJson(report: BugReport): string {
	return `${JSON.stringify(report, null, 2)}\n`;
}
