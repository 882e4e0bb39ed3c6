import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { continueRecorder, startRecorder } from '../../source/session/recorder.ts';
import { decodeRecording, RecordingError } from '../../source/session/recording.ts';
import { readRecordingFile } from '../../source/session/recording-file.ts';
import { replayRecording } from '../../source/session/replay.ts';
import { newSession, sessionAfter } from './two-counters.ts';

const folder = mkdtempSync(join(tmpdir(), 'mmstep-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const session = sessionAfter(newSession(), '0', '1', 'note nobody flushes it', 'back 1', '0', 'branch late');
const file = join(folder, 'session.mmstep');
startRecorder(file, session).close();
const bytes = readFileSync(file);
const lines = bytes.toString().trimEnd().split('\n');

/** The sums as the format's description has them, computed without the program. */
function describedSums(all: readonly string[]): string[] {
	const sums: string[] = [];
	for (const line of all) {
		const body = line.slice(0, line.lastIndexOf(',"sum":'));
		const digest = createHash('sha256')
			.update(`${sums.at(-1) ?? ''}${body}`)
			.digest('hex');
		sums.push(digest.slice(0, 8));
	}
	return sums;
}

describe('the check sums of a recording', () => {
	it('are what the format says they are', () => {
		expect(lines.map((line) => (JSON.parse(line) as { sum: string }).sum)).toEqual(describedSums(lines));
	});

	it('notice every byte that is changed, in notes and texts too', () => {
		const whole = decodeRecording(bytes);
		for (let at = 0; at < bytes.length; at++) {
			// Every place of the actions, and some of the long header.
			if (at < (lines[0]?.length ?? 0) && at % 41 !== 0) continue;
			const changed = Buffer.from(bytes);
			changed[at] = (changed[at] ?? 0) ^ 1;
			let read: ReturnType<typeof decodeRecording>;
			try {
				read = decodeRecording(changed);
			} catch (error) {
				expect(error).toBeInstanceOf(RecordingError);
				continue;
			}
			expect(read.end, `byte ${at}`).not.toBe('whole');
			expect(read.actions).toEqual(whole.actions.slice(0, read.actions.length));
		}
	});

	it('notice a line that is missing, doubled or elsewhere', () => {
		const [header = '', first = '', second = '', ...rest] = lines;
		for (const other of [
			[header, second, ...rest],
			[header, first, first, second, ...rest],
			[header, second, first, ...rest],
		]) {
			expect(decodeRecording(`${other.join('\n')}\n`).end).toBe('damaged');
		}
	});

	it('are asked of all lines or of none', () => {
		const without = lines.map((line) => line.replace(/,"sum":"[0-9a-f]{8}"\}$/, '}'));
		expect(decodeRecording(`${without.join('\n')}\n`)).toMatchObject({ end: 'whole', sum: null });
		const [plainHeader = ''] = without;
		const [, plainStep = ''] = without;
		expect(decodeRecording(`${[plainHeader, ...lines.slice(1)].join('\n')}\n`).remarks[0]).toMatch(
			/^Line 2 .*the first line has none/,
		);
		expect(decodeRecording(`${[lines[0], plainStep].join('\n')}\n`).remarks[0]).toMatch(/^Line 2 .*sum is missing/);
	});

	it('go on when a recording is continued, and stay away where there were none', () => {
		for (const isSummed of [true, false]) {
			const path = join(folder, `continued-${isSummed}.mmstep`);
			startRecorder(path, session).close();
			const text = readFileSync(path, 'utf8');
			const start = isSummed ? text : text.replaceAll(/,"sum":"[0-9a-f]{8}"\}$/gm, '}');
			rmSync(path);
			writeFileSync(path, start);
			const recording = readRecordingFile(path);
			const replay = replayRecording(recording);
			const recorder = continueRecorder(path, recording, replay.session);
			recorder.follow(sessionAfter(replay.session, '1', 'note more'));
			recorder.close();
			const again = readRecordingFile(path);
			expect(again).toMatchObject({ end: 'whole', remarks: [] });
			expect(again.actions.at(-1)).toMatchObject({ kind: 'note', text: 'more' });
			expect(readFileSync(path, 'utf8').includes('"sum"')).toBe(isSummed);
		}
	});
});

describe('a replay', () => {
	it('stops where its time is over, with what was done', () => {
		const recording = decodeRecording(bytes);
		let asked = 0;
		const replay = replayRecording(
			recording,
			() => null,
			() => ++asked > 2,
		);
		expect(replay).toMatchObject({ divergence: null, gaveUp: { actions: 2 } });
		expect(replay.session.timeline.cursor.depth).toBe(2);
	});
});
