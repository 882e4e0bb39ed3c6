import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecordingFile } from '../../source/session/recording-file.ts';
import { replayRecording } from '../../source/session/replay.ts';

const folder = join(import.meta.dirname, '../../fixtures/golden/vma/open');

/** What the search answered where nobody had said anything; the reasons are in the scenarios. */
const answers: Readonly<Record<string, string>> = {
	'patch3-copy.jsonl': 'mapped-after-truncate in alloc_set_pte',
	'under-ptl-punch.jsonl': 'assertion in truncate_inode_page',
	'under-ptl-invalidate.jsonl': 'assertion in invalidate_inode_pages2_range',
	'under-ptl-khugepaged.jsonl': 'assertion in collapse_file_page',
	'mapcount-first-truncate.jsonl': 'assertion in truncate_inode_page',
	'mapcount-first-punch.jsonl': 'assertion in truncate_inode_page',
	'mapcount-first-invalidate.jsonl': 'assertion in invalidate_inode_pages2_range',
	'mapcount-first-khugepaged.jsonl': 'assertion in collapse_file_page',
	'mapcount-first-mapping-truncate.jsonl': 'assertion in truncate_inode_page',
	'mapcount-first-mapping-punch.jsonl': 'assertion in truncate_inode_page',
	'mapcount-first-mapping-invalidate.jsonl': 'assertion in invalidate_inode_pages2_range',
	'mapcount-first-mapping-khugepaged.jsonl': 'assertion in collapse_file_page',
};

describe('recordings of the answers to open rows', () => {
	it('are all accounted for', () => {
		expect(readdirSync(folder).sort()).toEqual(Object.keys(answers).sort());
	});

	it.each(Object.entries(answers))('%s replays to %s', (file, answer) => {
		const { session, divergence } = replayRecording(readRecordingFile(join(folder, file)));
		expect(divergence).toBeNull();
		expect(session.timeline.cursor.violations.map((found) => `${found.kind} in ${found.function}`)).toEqual([answer]);
	});
});
