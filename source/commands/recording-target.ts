/** Whether a recording can be made, asked before what would be recorded has begun. */

import { statSync } from 'node:fs';
import { plainLine } from '../language/plain-text.ts';
import { RecordingError } from '../session/recording.ts';
import { folderFault } from './new-file.ts';

/** Complains about a file that could not be recorded into: startRecorder takes new files and empty ones. @throws {RecordingError} */
export function requireRecordable(file: string): void {
	const status = statSync(file, { throwIfNoEntry: false });
	if (status !== undefined && status.size > 0) {
		throw new RecordingError(
			`Cannot record into ${plainLine(file)}: the file exists and is not empty, and is never overwritten. Choose another name.`,
		);
	}
	const fault = status === undefined ? folderFault(file) : null;
	if (fault !== null) throw new RecordingError(`Cannot record into ${plainLine(file)}: ${fault}.`);
}
