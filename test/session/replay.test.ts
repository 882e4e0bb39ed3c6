import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { buildTarget, codeHashOf } from '../../source/scenario/target.ts';
import { execute, startSession } from '../../source/session/commands.ts';
import { actionsBetween, beginningOf, recordingHeader } from '../../source/session/history.ts';
import { continueRecorder, startRecorder } from '../../source/session/recorder.ts';
import { decodeRecording, encodeAction, encodeHeader, RecordingError } from '../../source/session/recording.ts';
import { nodeFiles, type RecordingFiles, readRecordingFile } from '../../source/session/recording-file.ts';
import { replayOn, replayRecording } from '../../source/session/replay.ts';
import type { Session } from '../../source/session/session.ts';
import { nodesBetween } from '../../source/session/timeline.ts';
import { projectRoot } from '../modules.ts';
import { editedScenario, newSession, runLines, scenario, sessionAfter } from './two-counters.ts';

const folder = mkdtempSync(join(tmpdir(), 'mmstep-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function recorded(session: Session): string {
	const header = encodeHeader(recordingHeader(session, 'mmstep test'));
	return header + actionsBetween(beginningOf(session), session).map(encodeAction).join('');
}

/** What a replay must give back: every branch with its choices and states, where one stands, the notes, the schedule. */
function essence(session: Session): unknown {
	const { timeline, notes, schedule } = session;
	return {
		branches: timeline.branches.map(({ name, tip }) => ({
			name,
			steps: nodesBetween(timeline.root, tip).map(({ action, state }) => ({ action, state })),
		})),
		current: timeline.branches[timeline.current]?.name,
		depth: timeline.cursor.depth,
		notes,
		schedule: schedule === null ? null : { ...schedule, schedule: schedule.schedule.id, at: schedule.at.depth },
	};
}

const session = sessionAfter(
	newSession(),
	...['0', '0', '1', 'note before the branch', 'back 2', '1', 'branch late', 'cpu 1 op', 'goto main:1', 'branch mine'],
	...['0', 'cpu 1 over', 'note on \u001b[31mmine', 'goto late:2', 'schedule mail', 'mail 2', 'back'],
);
const text = recorded(session);

describe('a replay', () => {
	it('gives the session back: branches, names, notes, schedule, place', () => {
		const replay = replayRecording(decodeRecording(text));
		expect(replay.divergence).toBeNull();
		expect(replay.remarks).toEqual([]);
		expect(essence(replay.session)).toEqual(essence(session));
	});

	it('can be recorded again, to the same bytes', () => {
		expect(recorded(replayRecording(decodeRecording(text)).session)).toBe(text);
	});

	it('gives back any session, told at once or command by command', () => {
		const command = fc.constantFrom(
			...['0', '1', '0', '1', 'cpu 0 op', 'cpu 1 over', 'back', 'back 3', 'goto start', 'goto end', 'mail', 'mail 2'],
			...['branch one', 'branch two', 'switch main', 'switch one', 'switch b2', 'note n', 'schedule', 'schedule mail'],
			...['break add', 'continue', 'schedule off'],
		);
		fc.assert(
			fc.property(fc.array(command, { maxLength: 25 }), (lines) => {
				const start = newSession('plain', 'mail');
				const stepwise: string[] = [encodeHeader(recordingHeader(start, 'mmstep test'))];
				stepwise.push(...actionsBetween(beginningOf(start), start).map(encodeAction));
				let at = start;
				for (const line of lines) {
					const next = execute(at, line).session;
					stepwise.push(...actionsBetween(at, next).map(encodeAction));
					at = next;
				}
				for (const recording of [recorded(at), stepwise.join('')]) {
					const replay = replayOn(start.target, decodeRecording(recording));
					expect(replay.divergence).toBeNull();
					expect(essence(replay.session)).toEqual(essence(at));
				}
			}),
			{ numRuns: 40 },
		);
	}, 20_000);

	it('of a recording cut at any line is a part of the session', () => {
		const lines = text.split('\n');
		for (let count = 1; count < lines.length; count++) {
			const replay = replayOn(session.target, decodeRecording(`${lines.slice(0, count).join('\n')}\n`));
			expect(replay.divergence, `after ${count} lines`).toBeNull();
		}
	});

	it('of a recording with any byte changed never does worse than to stop early', () => {
		const short = sessionAfter(newSession(), '0', '1', 'back', '0', 'note so', 'branch two', 'goto main');
		const bytes = Buffer.from(recorded(short));
		const headerLength = bytes.indexOf(0x0a) + 1;
		const good = nodesOf(short);
		// Every byte of the actions; of the header, which mostly is scenario text that is compiled each time, a sample.
		const offsets = Array.from({ length: bytes.length }, (_, index) => index).filter(
			(offset) => offset >= headerLength || offset % 499 === 0,
		);
		for (const offset of offsets) {
			const damaged = Buffer.from(bytes);
			damaged[offset] = (bytes[offset] ?? 0) ^ 0x01;
			try {
				const recording = decodeRecording(damaged);
				const isInHeader = offset < headerLength;
				const replay = isInHeader ? replayRecording(recording) : replayOn(short.target, recording);
				// Whatever the damage: outside the model no state is reached that the session did not have.
				if (!isInHeader)
					expect(
						nodesOf(replay.session).every((state) => good.includes(state)),
						`${offset}`,
					).toBe(true);
			} catch (error) {
				expect(error, `byte ${offset}: ${String(error)}`).toBeInstanceOf(RecordingError);
			}
		}
	}, 20_000);
});

function nodesOf({ timeline }: Session): string[] {
	return timeline.branches.flatMap(({ tip }) =>
		nodesBetween(timeline.root, tip).map(({ state }) => JSON.stringify(state)),
	);
}

describe('a divergence', () => {
	it('is found at the first step whose state is another one', () => {
		const lines = text.split('\n');
		const wrong = lines.map((line, index) => (index === 2 ? line.replace(/"fp":"."?/, '"fp":"0') : line));
		// A fingerprint of another state: the first digit changed.
		wrong[2] = (lines[2] ?? '').replace(/"fp":"(.)/, (_all, digit: string) => `"fp":"${digit === '0' ? '1' : '0'}`);
		const { session: prefix, divergence } = replayRecording(decodeRecording(wrong.join('\n')));
		expect(prefix.timeline.cursor.depth).toBe(1);
		expect(divergence).toMatchObject({ step: 2, action: 2, actor: 'cpu0' });
		expect(divergence?.message).toMatch(/step 2, cpu0: the state after it .* differs from the recorded one/);
		expect(divergence?.expected).not.toBe(divergence?.actual);
	});

	it('is found where the actor cannot do what it did', () => {
		const line = { n: 1, a: 'rcu', g: 'line', alt: 0, fp: '0'.repeat(16) };
		const { divergence } = replayRecording(decodeRecording(`${text.split('\n')[0]}\n${JSON.stringify(line)}\n`));
		expect(divergence?.message).toMatch(/step 1, rcu: it cannot run here: rcu has nothing to do/);
		const nobody = { ...line, a: 'cpu9' };
		expect(
			replayRecording(decodeRecording(`${text.split('\n')[0]}\n${JSON.stringify(nobody)}\n`)).divergence?.message,
		).toMatch(/no such actor/);
	});

	it('is found where an action does not fit what came before', () => {
		const first = text.split('\n')[0] ?? '';
		const wrong = [
			{ goto: 5, branch: 'main' },
			{ goto: 0, branch: 'other' },
			{ fork: 'main' },
			{ rename: 'b7', to: 'x' },
			{ schedule: 'mail', next: 2, ends: [1, 2] },
			{ schedule: 'nothing', next: 0, ends: [] },
			{ n: 2, a: 'cpu0', g: 'line', alt: 0, fp: '0'.repeat(16) },
		];
		for (const line of wrong) {
			const { divergence } = replayRecording(decodeRecording(`${first}\n${JSON.stringify(line)}\n`));
			expect(divergence, JSON.stringify(line)).not.toBeNull();
			expect(divergence?.action).toBe(1);
		}
	});
});

describe('a model that has changed', () => {
	const edited = editedScenario((source) => source.replace('total = before + amount;', 'total = before + 2 * amount;'));

	it('is told of, and the replay uses the texts of the recording', () => {
		const replay = replayRecording(decodeRecording(text), () => edited);
		expect(replay.divergence).toBeNull();
		expect(replay.remarks.join()).toMatch(/two-counters has changed since .* uses the recording's own texts/);
		expect(essence(replay.session)).toEqual(essence(session));
	});

	it('is no remark when the code is the same', () => {
		const moved = editedScenario((source) => `/* a comment */ ${source}`);
		expect(replayRecording(decodeRecording(text), () => scenario).remarks).toEqual([]);
		expect(replayRecording(decodeRecording(text), () => moved).remarks.length).toBeLessThanOrEqual(1);
	});

	it('shows where another code goes another way', () => {
		const target = buildTarget(edited, session.target.selection);
		const header = { ...recordingHeader(startSession(target), 'mmstep test'), codeHash: codeHashOf(session.target) };
		const swapped = encodeHeader(header) + text.slice(text.indexOf('\n') + 1);
		const replay = replayRecording(decodeRecording(swapped));
		expect(replay.remarks.join()).toMatch(/compiles to other code here/);
		expect(replay.divergence?.message).toMatch(/differs from the recorded one/);
		expect(replay.divergence?.changes.length).toBeGreaterThan(0);
	});

	it('that does not compile is a clear error', () => {
		const [first = '', ...rest] = text.split('\n');
		const broken = first.replace('spin_lock(&lock);', 'spin_lock(&lokc);');
		expect(() => replayRecording(decodeRecording([broken, ...rest].join('\n')))).toThrow(RecordingError);
		const gone = first.replace('"kernel":"plain"', '"kernel":"gone"');
		expect(() => replayRecording(decodeRecording([gone, ...rest].join('\n')))).toThrow(/no kernel "gone"/);
	});
});

describe('a recorder', () => {
	const file = (name: string) => join(folder, name);

	it('writes every action as it happens', () => {
		const start = newSession();
		const recorder = startRecorder(file('live'), start);
		expect(readRecordingFile(file('live')).actions).toEqual([]);
		const one = execute(start, '0').session;
		expect(recorder.follow(one)).toBeNull();
		expect(readRecordingFile(file('live')).actions).toHaveLength(1);
		recorder.follow(one);
		recorder.follow(execute(one, 'print total').session);
		expect(readRecordingFile(file('live')).actions).toHaveLength(1);
		recorder.follow(execute(one, '1').session);
		recorder.close();
		expect(readRecordingFile(file('live'))).toMatchObject({ end: 'whole', actions: [{ depth: 1 }, { depth: 2 }] });
	});

	it('that starts late holds the session from its beginning, all branches', () => {
		startRecorder(file('late'), session).close();
		const replay = replayRecording(readRecordingFile(file('late')));
		expect(essence(replay.session)).toEqual(essence(session));
	});

	it('never overwrites a file', () => {
		writeFileSync(file('precious'), 'mine\n');
		expect(() => startRecorder(file('precious'), session)).toThrow(/exists and is not empty, and is never overwritten/);
		expect(readFileSync(file('precious'), 'utf8')).toBe('mine\n');
		writeFileSync(file('empty'), '');
		startRecorder(file('empty'), session).close();
		expect(readRecordingFile(file('empty')).end).toBe('whole');
	});

	it('numbers a name that was not chosen by the user', () => {
		const names = [1, 2, 3].map(() => {
			const recorder = startRecorder(file('auto.mmstep'), session, { numbered: true });
			recorder.close();
			return recorder.file;
		});
		expect(names).toEqual([file('auto.mmstep'), file('auto-2.mmstep'), file('auto-3.mmstep')]);
	});

	it('says why a file cannot be written', () => {
		expect(() => startRecorder(folder, session)).toThrow(/Cannot record into .*: it is a folder/);
		expect(() => startRecorder(join(folder, 'no', 'such'), session)).toThrow(/there is no such folder/);
		expect(() => startRecorder('/dev/null', session)).toThrow(/it is not a file/);
		expect(() => readRecordingFile(file('nothing'))).toThrow(/there is no such file/);
		expect(() => readRecordingFile(folder)).toThrow(/Cannot (open|read) .*: it is (not a file|a folder)/);
	});

	it('continues a recording from the end of its replay', () => {
		startRecorder(file('goes-on'), session).close();
		const recording = readRecordingFile(file('goes-on'));
		const replayed = replayRecording(recording).session;
		const recorder = continueRecorder(file('goes-on'), recording, replayed);
		const more = sessionAfter(replayed, 'goto late', '0', 'note and on');
		recorder.follow(more);
		recorder.close();
		const again = replayRecording(readRecordingFile(file('goes-on')));
		expect(again.divergence).toBeNull();
		expect(essence(again.session)).toEqual(essence(more));
	});

	it('cuts a torn line off before it goes on', () => {
		const bytes = Buffer.from(text);
		for (const cut of [1, 5, 20]) {
			writeFileSync(file('torn'), bytes.subarray(0, bytes.length - cut));
			const recording = readRecordingFile(file('torn'));
			expect(recording.end).toBe('torn');
			const replayed = replayRecording(recording).session;
			const recorder = continueRecorder(file('torn'), recording, replayed);
			recorder.follow(sessionAfter(replayed, 'note after the crash'));
			recorder.close();
			const whole = readRecordingFile(file('torn'));
			expect(whole.end).toBe('whole');
			expect(whole.actions.at(-1)).toMatchObject({ kind: 'note', text: 'after the crash' });
			rmSync(file('torn'));
		}
	});

	it('continues nothing that is damaged or that has changed meanwhile', () => {
		writeFileSync(file('damaged'), `${text}nonsense\n`);
		const damaged = readRecordingFile(file('damaged'));
		expect(() => continueRecorder(file('damaged'), damaged, session)).toThrow(/it is damaged/);
		writeFileSync(file('changed'), text);
		const recording = readRecordingFile(file('changed'));
		writeFileSync(file('changed'), `${text}{"note":"x","branch":"main","n":0}\n`);
		expect(() => continueRecorder(file('changed'), recording, session)).toThrow(/has changed since it was opened/);
	});

	it('reports a full disk once, stops, and leaves a whole recording', () => {
		let room = Number.POSITIVE_INFINITY;
		const files: RecordingFiles = {
			...nodeFiles,
			write: (handle, bytes) => {
				if (room <= 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
				const taken = nodeFiles.write(handle, bytes.subarray(0, Math.min(bytes.length, room)));
				room -= taken;
				return taken;
			},
		};
		const start = newSession();
		const recorder = startRecorder(file('full'), start, { files });
		const one = execute(start, '0').session;
		recorder.follow(one);
		room = 10;
		const two = execute(one, '0').session;
		expect(recorder.follow(two)).toMatch(/The recording .*full has stopped: the disk is full/);
		expect(recorder.isRecording()).toBe(false);
		expect(recorder.follow(execute(two, '0').session)).toBeNull();
		expect(readRecordingFile(file('full'))).toMatchObject({ end: 'whole', actions: [{ depth: 1 }] });
		recorder.close();
	});

	it('reports an unwritable file at once', () => {
		const files: RecordingFiles = {
			...nodeFiles,
			open: () => {
				throw Object.assign(new Error('no'), { code: 'EACCES' });
			},
		};
		expect(() => startRecorder(file('secret'), session, { files })).toThrow(/permission denied/);
	});

	it('loses nothing of what was done when it is killed', async () => {
		// The child says each step after it was recorded, and is killed in the middle of its work.
		const script = fileURLToPath(new URL('./recording-child.ts', import.meta.url));
		const child = spawn(join(projectRoot, 'node_modules/.bin/node'), [script, file('killed')], { stdio: 'pipe' });
		let said = 0;
		let errors = '';
		child.stderr.on('data', (data: Buffer) => {
			errors += data.toString();
		});
		child.stdout.on('data', (data: Buffer) => {
			said += data.filter((byte) => byte === 0x0a).length;
			if (said >= 20) child.kill('SIGKILL');
		});
		const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
		expect(signal, errors).toBe('SIGKILL');
		const recording = readRecordingFile(file('killed'));
		expect(recording.end).not.toBe('damaged');
		expect(recording.actions.length).toBeGreaterThanOrEqual(said);
		const replay = replayRecording(recording);
		expect(replay.divergence).toBeNull();
		expect(replay.session.timeline.cursor.depth).toBeGreaterThanOrEqual(20);
	}, 20_000);

	it('is refused quickly when it is a hundred megabytes of something else', () => {
		writeFileSync(file('huge'), '');
		truncateSync(file('huge'), 100_000_000);
		const start = performance.now();
		expect(() => readRecordingFile(file('huge'))).toThrow(/not an mmstep recording/);
		expect(performance.now() - start).toBeLessThan(1000);
	});

	it('does not hang on a pipe', () => {
		execFileSync('mkfifo', [file('pipe')]);
		expect(() => startRecorder(file('pipe'), session)).toThrow(/it is not a file/);
		expect(() => readRecordingFile(file('pipe'))).toThrow(/it is not a file/);
	});
});

describe('escape sequences in a recording', () => {
	it('do not come out of it', () => {
		const hostile = text.replace('"note":"', '"note":"\\u001b]0;owned\\u0007\\u001b[2J');
		const replay = replayRecording(decodeRecording(hostile));
		const notes = replay.session.notes.map((note) => note.text).join();
		// biome-ignore lint/suspicious/noControlCharactersInRegex: none may come through
		expect(notes).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
		expect(
			runLines(replay.session, 'notes')
				.output.map((line) => line.text)
				.join(),
		).not.toContain('\u001b');
	});
});
