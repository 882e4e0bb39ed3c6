import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../source/scenario/parse-scenario.ts';
import { ScenarioError } from '../../source/scenario/scenario.ts';
import { counterFolder } from './folders.ts';

const text = readFileSync(join(counterFolder, 'scenario.yaml'), 'utf8');
const files = [{ path: 'counter.c', text: '' }];

function check(yaml: string): void {
	try {
		const scenario = parseScenario('x', [{ path: 'scenario.yaml', text: yaml }, ...files]);
		expect(scenario.kernels.length).toBeGreaterThan(0);
	} catch (error) {
		if (!(error instanceof ScenarioError)) throw error;
		expect(error.message).toMatch(/^scenario\.yaml:\d+:\d+: error: \S/);
		// biome-ignore lint/suspicious/noControlCharactersInRegex: nothing that steers a terminal may be in a message
		expect(error.message).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
	}
}

describe('any scenario.yaml', { timeout: 60_000 }, () => {
	it('with a piece cut out, put elsewhere or replaced is read or refused, with a place', () => {
		const piece = fc.oneof(
			fc.constantFrom(
				'',
				'[',
				'{',
				'"',
				"'",
				': ',
				'- ',
				'\n',
				'\t',
				'&a ',
				'*a ',
				'!!js ',
				'<<: ',
				'|',
				'#',
				'\0',
				'\x1b[m',
			),
			fc.string({ maxLength: 10 }),
		);
		fc.assert(
			fc.property(fc.nat(text.length), fc.nat(40), piece, (from, length, insert) => {
				check(text.slice(0, from) + insert + text.slice(from + length));
			}),
			{ numRuns: 300 },
		);
	});

	it('of anything at all is read or refused, with a place', () => {
		fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), check));
	});

	it('with any value in any place is read or refused, with a place', () => {
		const value = fc.oneof(
			fc.jsonValue({ maxDepth: 3 }),
			fc.constantFrom('all', 1e300, -0, '__proto__', 'constructor'),
		);
		const keys = [
			'title',
			'files',
			'machine',
			'kernels',
			'programs',
			'options',
			'expected',
			'schedules',
			'muted',
			'__proto__',
		];
		const base = {
			title: 'T',
			files: ['counter.c'],
			machine: { cpus: 1 },
			kernels: [{ id: 'k' }],
			programs: [{ id: 'p', cpus: [{}] }],
		};
		fc.assert(
			fc.property(fc.constantFrom(...keys), value, (key, data) => {
				check(JSON.stringify({ ...base, [key]: data }));
			}),
			{ numRuns: 300 },
		);
	});
});
