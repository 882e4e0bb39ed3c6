import { describe, expect, it } from 'vitest';
import { castLines } from '../../source/report/asciicast.ts';

const cast = {
	columns: 80,
	rows: 24,
	title: 'A race\u001b[31m\nof two',
	frames: [
		{ seconds: 0.3336, output: '\u001b[Hone', marker: 'start' },
		{ seconds: 1.3336, output: 'two', marker: 'a\u0007b' },
		{ seconds: 2, output: '', marker: null },
	],
};

function parsed(version: 2 | 3): unknown[] {
	return [...castLines(cast, version)].map((line): unknown => {
		expect(line.endsWith('\n')).toBe(true);
		expect(line.slice(0, -1)).not.toContain('\n');
		return JSON.parse(line);
	});
}

describe('a cast', () => {
	it('of version 2 has a header with width and height, and absolute times', () => {
		expect(parsed(2)).toEqual([
			{ version: 2, width: 80, height: 24, title: 'A race?[31m of two', env: { TERM: 'xterm-256color' } },
			[0, 'o', '\u001b[Hone'],
			[0, 'm', 'start'],
			[0.334, 'o', 'two'],
			[0.334, 'm', 'a?b'],
			[1.668, 'o', ''],
			[3.668, 'o', ''],
		]);
	});

	it('of version 3 has a header with the terminal, and intervals', () => {
		expect(parsed(3)).toEqual([
			{ version: 3, term: { cols: 80, rows: 24, type: 'xterm-256color' }, title: 'A race?[31m of two' },
			[0, 'o', '\u001b[Hone'],
			[0, 'm', 'start'],
			[0.334, 'o', 'two'],
			[0, 'm', 'a?b'],
			[1.334, 'o', ''],
			[2, 'o', ''],
		]);
	});
});
