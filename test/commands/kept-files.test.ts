import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keptFiles } from '../../source/commands/kept-files.ts';
import { main } from '../../source/commands/main.ts';
import { counter, mmstep } from './command-line.ts';

/** A folder that is not there yet, in one that is removed after the test. */
function newFolder(): string {
	const parent = mkdtempSync(join(tmpdir(), 'mmstep-kept-'));
	onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
	return join(parent, 'a', 'b');
}

/** The file of the only result that is kept. */
function onlyFile(folder: string): string {
	const names = readdirSync(folder);
	expect(names).toHaveLength(1);
	return join(folder, names[0] ?? '');
}

const shared = { a: 1 };
const value = { list: [shared, shared, undefined], none: undefined, text: 'ä' };

describe('results in files', () => {
	it('are read as they were written, with what was shared', () => {
		const folder = newFolder();
		keptFiles(folder, 'w').write('one', value);
		const read = keptFiles(folder, 'w').read('one') as typeof value;
		expect(read).toStrictEqual(value);
		expect(read.list[0]).toBe(read.list[1]);
		expect(keptFiles(folder, 'w').read('two')).toBeUndefined();
	});

	it('are not read when they were written by another build', () => {
		const folder = newFolder();
		keptFiles(folder, 'w').write('one', value);
		expect(keptFiles(folder, 'v').read('one')).toBeUndefined();
	});

	it('are as good as none when a file is damaged, and are replaced', () => {
		const folder = newFolder();
		const kept = keptFiles(folder, 'w');
		kept.write('one', value);
		const file = onlyFile(folder);
		const whole = readFileSync(file);
		const damaged = [whole.subarray(0, -1), whole.subarray(0, 10), Buffer.alloc(0), Buffer.from(whole)];
		damaged[3]?.writeUInt8((whole.at(-2) ?? 0) ^ 1, whole.length - 2);
		for (const bytes of damaged) {
			writeFileSync(file, bytes);
			expect(kept.read('one')).toBeUndefined();
		}
		kept.write('one', value);
		expect(kept.read('one')).toStrictEqual(value);
		expect(onlyFile(folder)).toBe(file);
	});

	it('are left out where nothing can be written', () => {
		const folder = newFolder();
		mkdirSync(join(folder, '..'), { recursive: true });
		writeFileSync(folder, 'a file where the folder should be');
		const kept = keptFiles(folder, 'w');
		kept.write('one', value);
		expect(kept.read('one')).toBeUndefined();
		// Nor what no file can hold.
		const other = keptFiles(newFolder(), 'w');
		other.write('one', () => 1);
		expect(other.read('one')).toBeUndefined();
	});

	// Who may do everything may write there too.
	it.skipIf(process.getuid?.() === 0)('are left out in a folder that is write-protected', () => {
		const folder = newFolder();
		const kept = keptFiles(folder, 'w');
		kept.write('one', value);
		chmodSync(folder, 0o500);
		onTestFinished(() => chmodSync(folder, 0o700));
		kept.write('two', value);
		expect([kept.read('one'), kept.read('two')]).toStrictEqual([value, undefined]);
	});

	it('take no more room than they may: what was written first goes', () => {
		const folder = newFolder();
		const kept = keptFiles(folder, 'w', { files: 3, bytes: 10_000 });
		for (const [age, name] of ['a', 'b', 'c', 'd'].entries()) {
			kept.write(name, name);
			const file = readdirSync(folder).find((one) => one.startsWith(name)) ?? '';
			utimesSync(join(folder, file), 1000 + age, 1000 + age);
		}
		expect(['a', 'b', 'c', 'd'].map((name) => kept.read(name))).toEqual([undefined, 'b', 'c', 'd']);
		kept.write('large', 'x'.repeat(9_960));
		expect(readdirSync(folder)).toHaveLength(1);
		kept.write('too large', 'x'.repeat(10_100));
		expect(kept.read('too large')).toBeUndefined();
		expect(kept.read('large')).toHaveLength(9_960);
	});

	it('make a command say the same, without reading or compiling again', async () => {
		const folder = newFolder();
		const kept = keptFiles(folder, 'w');
		const run = async (argv: readonly string[]) => {
			let out = '';
			const print = (text: string): void => {
				out += text;
			};
			const status = await main(argv, { out: print, err: () => {}, isInteractive: false, kept });
			return { status, out };
		};
		const argv = ['run', counter, '--json'];
		const { status, out } = await mmstep(...argv);
		expect(await run(argv)).toEqual({ status, out });
		const names = readdirSync(folder);
		expect(names.map((name) => name.split('-')[0]).sort()).toEqual(['program', 'scenario']);
		const written = names.map((name) => readFileSync(join(folder, name)));
		expect(await run(argv)).toEqual({ status, out });
		expect(readdirSync(folder).map((name) => readFileSync(join(folder, name)))).toEqual(written);
	});
});
