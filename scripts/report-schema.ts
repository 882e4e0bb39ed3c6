/**
 * Writes source/report/report.schema.json, for readers of JSON reports, from source/report/bug-report.ts. A test fails when it is
 * out of date.
 *
 *     npx node scripts/report-schema.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bugReportJsonSchema } from '../source/report/bug-report.ts';
import { root } from './bundle.js';

writeFileSync(
	join(root, 'source', 'report', 'report.schema.json'),
	`${JSON.stringify(bugReportJsonSchema(), null, '\t')}\n`,
);
