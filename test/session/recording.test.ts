import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	decodeRecording,
	encodeAction,
	encodeHeader,
	type RecordedAction,
	RecordingError,
	type RecordingHeader,
	recordingLimits,
} from '../../source/session/recording.ts';

const header: RecordingHeader = {
	tool: 'mmstep 0.1.0',
	scenario: { id: 'two-counters', texts: [{ path: 'scenario.yaml', text: 'title: ü\n' }] },
	selection: { kernel: 'plain', program: 'both', options: { bits: '4' } },
	codeHash: '0123456789abcdef',
	start: 'fedcba9876543210',
};

function stepTo(depth: number, actor = 'cpu0'): RecordedAction {
	const fingerprint = depth.toString(16).padStart(16, '0');
	return { kind: 'step', depth, actor, grain: 'line', alternative: 0, fingerprint };
}

const actions: readonly RecordedAction[] = [
	stepTo(1),
	stepTo(2, 'cpu1'),
	{ kind: 'note', branch: 'main', depth: 2, text: 'hier fehlt die Räumung' },
	{ kind: 'goto', branch: 'main', depth: 1 },
	{ kind: 'fork', branch: 'b2' },
	{ kind: 'step', depth: 2, actor: 'rcu', grain: 'op', alternative: 3, fingerprint: 'ffffffffffffffff' },
	{ kind: 'rename', branch: 'b2', to: 'late' },
	{ kind: 'schedule', schedule: { id: 'mail', next: 1, ends: [2], partial: { taken: 2, inside: null } } },
	{ kind: 'schedule', schedule: { id: 'mail', next: 0, ends: [], partial: null } },
	{ kind: 'schedule', schedule: null },
];

const text = encodeHeader(header) + actions.map(encodeAction).join('');
const bytes = Buffer.from(text);

describe('a recording', () => {
	it('comes back as it was written', () => {
		const recording = decodeRecording(text);
		expect(recording.header).toEqual(header);
		expect(recording.actions).toEqual(actions);
		expect(recording).toMatchObject({ remarks: [], end: 'whole', goodBytes: bytes.length });
	});

	it('may come in chunks of any size', () => {
		for (const size of [1, 2, 3, 7, 64, 1000]) {
			const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
				bytes.subarray(index * size, (index + 1) * size),
			);
			expect(decodeRecording(chunks)).toEqual(decodeRecording(text));
		}
	});

	it('survives a reader that uses one buffer for all chunks', () => {
		function* reused(): Generator<Uint8Array> {
			const buffer = Buffer.alloc(16);
			for (let at = 0; at < bytes.length; at += 16) {
				const length = bytes.copy(buffer, 0, at, at + 16);
				yield buffer.subarray(0, length);
			}
		}
		expect(decodeRecording(reused()).actions).toEqual(actions);
	});

	it('has one action a line, named by actor and index', () => {
		expect(text.split('\n')[1]).toBe('{"n":1,"a":"cpu0","g":"line","alt":0,"fp":"0000000000000001"}');
	});

	it('ignores keys it does not know, for a later version', () => {
		const line = '{"n":1,"a":"cpu0","g":"line","alt":0,"fp":"0000000000000001","cost":7}\n';
		expect(decodeRecording(encodeHeader(header) + line).actions).toEqual([stepTo(1)]);
	});
});

describe('a recording cut off', () => {
	it('at any byte gives a prefix of the actions, or says that there is nothing to replay', () => {
		const headerLength = Buffer.byteLength(encodeHeader(header));
		for (let length = 0; length < bytes.length; length++) {
			const cut = bytes.subarray(0, length);
			if (length < headerLength) {
				expect(() => decodeRecording(cut), `at ${length}`).toThrow(RecordingError);
				continue;
			}
			const recording = decodeRecording(cut);
			expect(recording.actions).toEqual(actions.slice(0, recording.actions.length));
			const isBetweenLines = bytes[length - 1] === 0x0a;
			expect(recording.end, `at ${length}`).toBe(isBetweenLines ? 'whole' : 'torn');
			expect(recording.remarks).toHaveLength(isBetweenLines ? 0 : 1);
			expect(bytes.subarray(0, recording.goodBytes).at(-1)).toBe(0x0a);
			expect(recording.goodBytes).toBeLessThanOrEqual(length);
		}
	});

	it('says so in the first line', () => {
		expect(() => decodeRecording('')).toThrow(/empty/);
		expect(() => decodeRecording(bytes.subarray(0, 10))).toThrow(/ends within its first line/);
		expect(() => decodeRecording(bytes.subarray(0, 100))).toThrow(/ends within its first line/);
	});
});

describe('a damaged recording', () => {
	it('with any byte changed gives a clear error or a prefix that was not touched', () => {
		const lineOf = (offset: number) => bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length;
		for (let offset = 0; offset < bytes.length; offset++) {
			for (const flip of [0x01, 0x80]) {
				const damaged = Buffer.from(bytes);
				damaged[offset] = (bytes[offset] ?? 0) ^ flip;
				try {
					const recording = decodeRecording(damaged);
					const untouched = Math.max(0, lineOf(offset) - 1);
					expect(recording.actions.slice(0, untouched)).toEqual(actions.slice(0, untouched));
					if (recording.end === 'damaged') expect(recording.remarks.join()).toMatch(/Line \d+ of the recording/);
				} catch (error) {
					expect(error, `byte ${offset}`).toBeInstanceOf(RecordingError);
					expect(offset).toBeLessThan(Buffer.byteLength(encodeHeader(header)));
					expect(String(error)).not.toMatch(/\n/);
				}
			}
		}
	}, 20_000);

	it('stops at the first line that cannot be read, and says which', () => {
		const lines = text.split('\n');
		lines[3] = '{"n":3,"a":"cpu0"';
		const recording = decodeRecording(lines.join('\n'));
		expect(recording.actions).toHaveLength(2);
		expect(recording).toMatchObject({ end: 'damaged' });
		expect(recording.remarks[0]).toBe(
			'Line 4 of the recording is damaged (not JSON); the 2 steps before it are used, what follows is not.',
		);
	});

	it('refuses actions out of their bounds', () => {
		const wrong = [
			'{"n":0,"a":"cpu0","g":"line","alt":0,"fp":"0000000000000001"}',
			'{"n":1,"a":"cpu0","g":"leap","alt":0,"fp":"0000000000000001"}',
			'{"n":1,"a":"../../x","g":"line","alt":0,"fp":"0000000000000001"}',
			'{"n":1,"a":"cpu0","g":"line","alt":-1,"fp":"0000000000000001"}',
			'{"n":1,"a":"cpu0","g":"line","alt":0,"fp":"1"}',
			'{"n":1e300,"a":"cpu0","g":"line","alt":0,"fp":"0000000000000001"}',
			'{"fork":"a:b"}',
			'{"fork":""}',
			'{"goto":-1,"branch":"main"}',
			'{"schedule":"mail","next":-1,"ends":[]}',
			'{"__proto__":{"fork":"x"}}',
			'[]',
			'7',
			'null',
			'"note"',
			'',
		];
		for (const line of wrong) {
			const recording = decodeRecording(`${encodeHeader(header)}${line}\n`);
			expect(recording, line).toMatchObject({ actions: [], end: 'damaged' });
		}
	});

	it('refuses a line that is too long without parsing it', () => {
		const note = `{"note":"${'x'.repeat(recordingLimits.line)}","branch":"main","n":0}\n`;
		expect(decodeRecording(encodeHeader(header) + note)).toMatchObject({ actions: [], end: 'damaged' });
	});
});

describe('what is no recording', () => {
	it('is refused from its first bytes, whatever its size', () => {
		let read = 0;
		function* garbage(first: number): Generator<Uint8Array> {
			for (let chunk = 0; chunk < 1600; chunk++) {
				read += 65_536;
				yield Buffer.alloc(65_536, first);
			}
		}
		expect(() => decodeRecording(garbage(0x00))).toThrow(/not an mmstep recording/);
		expect(read).toBe(65_536);
		read = 0;
		expect(() => decodeRecording(garbage(0x7b))).toThrow(/longer than the 4 MB/);
		expect(read).toBeLessThanOrEqual(recordingLimits.header + 2 * 65_536);
	});

	it('is refused with one paragraph of plain text', () => {
		const foreign = [
			'\u001b[31mred\u001b[0m\n',
			'{}\n',
			'{"format":"asciicast","version":2}\n',
			'{"version":2,"width":80,"height":24}\n',
			'PK\u0003\u0004',
			'\n\n\n',
			'{"format":"mmstep-recording"}\n',
			'{"format":"mmstep-recording","version":0}\n',
			'{"format":"mmstep-recording","version":1}\n',
			'{"format":"mmstep-recording","version":"1"}\n',
			'{"format":"\u001b]0;x\u0007","version":1}\n',
		];
		for (const input of foreign) {
			try {
				decodeRecording(input);
				expect.unreachable(input);
			} catch (error) {
				expect(error).toBeInstanceOf(RecordingError);
				// biome-ignore lint/suspicious/noControlCharactersInRegex: none may come through
				expect(String(error)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
			}
		}
	});

	it('says to update when the format is newer', () => {
		const newer = text.replace('"version":1', '"version":2');
		expect(() => decodeRecording(newer)).toThrow(/format version 2.*Update mmstep/);
	});

	it('may be anything at all', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (input) => {
				expect(() => decodeRecording(input)).toThrow(RecordingError);
			}),
		);
	});

	it('says where its header is wrong', () => {
		const wrong = text.replace('"codeHash":"0123456789abcdef"', '"codeHash":"zz"');
		expect(() => decodeRecording(wrong)).toThrow(/header of the recording is damaged at codeHash/);
	});
});

describe('texts of a recording', () => {
	it('lose escape sequences and control characters', () => {
		const note = { note: 'a\u001b[31mred\u001b[0m \u001b]0;title\u0007b\u0000c\nd\u202eе', branch: 'main', n: 0 };
		const [action] = decodeRecording(`${encodeHeader(header)}${JSON.stringify(note)}\n`).actions;
		if (action?.kind !== 'note') return expect.unreachable();
		expect(action.text).toMatch(/^ared/);
		// biome-ignore lint/suspicious/noControlCharactersInRegex: none may come through
		expect(action.text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
		expect(action.text).not.toContain('31m');
		const tool = decodeRecording(encodeHeader({ ...header, tool: 'x\u001b[2Jy' }));
		expect(tool.header.tool).toBe('xy');
	});

	it('are cut at their bounds', () => {
		const note = { note: 'n'.repeat(10_000), branch: 'main', n: 0 };
		const [action] = decodeRecording(`${encodeHeader(header)}${JSON.stringify(note)}\n`).actions;
		expect(action?.kind === 'note' && action.text.length).toBe(recordingLimits.note);
	});
});
