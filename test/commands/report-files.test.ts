import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { itfFaults } from '../report/itf-rules.ts';
import { readXml } from '../report/xml.ts';
import { counter, mmstep } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'mmstep-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const race = join(folder, 'race');
await mmstep('run', counter, '--schedule', 'lost', '--record', race);

async function written(name: string): Promise<string> {
	const path = join(folder, name);
	const { status, err } = await mmstep('report', race, '--output', path);
	// A violation was found; the kernels are not searched for what does not tell of them.
	expect({ status, err }).toEqual({ status: 1, err: `the report is in ${path}\n` });
	return readFileSync(path, 'utf8');
}

describe('report', () => {
	it('writes a trace, a picture and a cast, as the ending of the file says', async () => {
		expect(itfFaults(await written('race.itf.json'))).toEqual([]);
		expect(readXml(await written('race.svg'))[0]?.name).toBe('svg');
		const [head = ''] = (await written('race.cast')).split('\n');
		expect(JSON.parse(head)).toMatchObject({ version: 2, width: 80, height: 24 });
	});

	it('plays on a screen of another size, and in the other version', async () => {
		const { out } = await mmstep('report', race, '--format', 'asciicast-v3', '--size', '120x40');
		expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({ version: 3, term: { cols: 120, rows: 40 } });
	});

	it.each(['0x0', '80', '80x24x7', '39x24', '301x24', '80x11', '80x101'])('has no screen of size %s', async (size) => {
		const { status, err } = await mmstep('report', race, '--format', 'asciicast', '--size', size);
		expect(status).toBe(2);
		expect(err).toContain('--size takes COLUMNSxROWS');
	});
});
