import { describe, expect, it } from 'vitest';
import { actionsBetween, beginningOf, recordingHeader } from '../../source/session/history.ts';
import { decodeRecording, encodeAction, encodeHeader } from '../../source/session/recording.ts';
import {
	differingParts,
	type RecordingDifference,
	type Replayed,
	recordingDifference,
} from '../../source/session/recording-difference.ts';
import { replayRecording } from '../../source/session/replay.ts';
import type { Session } from '../../source/session/session.ts';
import { newSession, sessionAfter } from './two-counters.ts';

function replayed(session: Session): Replayed {
	const lines = actionsBetween(beginningOf(session), session).map(encodeAction);
	const recording = decodeRecording(encodeHeader(recordingHeader(session, 'mmstep test')) + lines.join(''));
	return { recording, session: replayRecording(recording).session };
}

function compare(a: readonly string[], b: readonly string[], isOver = () => false): RecordingDifference {
	return recordingDifference(
		replayed(sessionAfter(newSession(), ...a)),
		replayed(sessionAfter(newSession(), ...b)),
		isOver,
	);
}

describe('two recordings', () => {
	it('of the same session are the same', () => {
		const lines = ['0', '1', 'note here', 'back', '0', 'branch other'];
		expect(differingParts(compare(lines, lines))).toEqual([]);
	});

	it('part at the first step that another actor makes', () => {
		const difference = compare(['0', '0', '1'], ['0', '1', '0']);
		expect(difference.schedule).toMatchObject({ step: 2, a: { actor: 'cpu0' }, b: { actor: 'cpu1' } });
		expect(difference.state?.step).toBe(2);
	});

	it('part where one of them has ended', () => {
		const difference = compare(['0', '0'], ['0']);
		expect(difference.schedule).toMatchObject({ step: 2, a: { actor: 'cpu0' }, b: null });
		expect(difference.steps).toEqual({ a: 2, b: 1 });
		expect(difference.state).toBeNull();
	});

	it('may come to the same end by other ways', () => {
		// Each CPU's first line only gets going: nothing is shared yet.
		const difference = compare(['0', '1'], ['1', '0']);
		expect(difference.schedule?.step).toBe(1);
		expect(difference).toMatchObject({ end: [], isSameEnd: true });
		expect(difference.data).toBeNull();
		expect(differingParts(difference)).toEqual(['schedule', 'states']);
	});

	it('differ in notes by how often each was made, and where', () => {
		const difference = compare(['0', 'note a', 'note a', 'note b'], ['0', 'note b', 'note a', 'note c']);
		expect(differingParts(difference)).toEqual(['notes']);
		expect(difference.notes.onlyA.map(({ text }) => text)).toEqual(['a']);
		expect(difference.notes.onlyB.map(({ text }) => text)).toEqual(['c']);
	});

	it('differ in branches by name, and by steps where the name is the same', () => {
		const difference = compare(
			['0', '0', 'back', '1', 'branch late'],
			['0', '0', 'back', 'cpu 1 op', 'branch late', 'back', 'branch more'],
		);
		expect(difference.branches).toMatchObject({
			onlyA: [],
			onlyB: [{ name: 'more', steps: 1 }],
			differing: [{ name: 'late', step: 2 }],
		});
	});

	it('are not compared for longer than allowed, and that is said', () => {
		const difference = compare(['0', '0', '1'], ['0', '1', '0'], () => true);
		expect(difference).toMatchObject({ gaveUp: true, state: null });
		expect(compare(['0'], ['0']).gaveUp).toBe(false);
	});
});
