/** Steps and records until it is killed; says a line for each step once it is recorded. Run by the recorder's test. */

import { writeSync } from 'node:fs';
import { execute } from '../../source/session/commands.ts';
import { startRecorder } from '../../source/session/recorder.ts';
import { endlessSession } from './endless.ts';

let session = endlessSession();
const recorder = startRecorder(process.argv[2] ?? '', session);
for (let step = 0; step < 1_000_000; step++) {
	session = execute(session, String(step % 2)).session;
	recorder.follow(session);
	writeSync(1, `${session.timeline.cursor.depth}\n`);
}
