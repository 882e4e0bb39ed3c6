/**
 * `npm run bench [-- NAME...]` runs `test/bench/NAME.bench.ts`, or all of them: each exports `run(): Promise<void>` and
 * prints ratios rather than times, so that the results of different machines can be compared. They run bundled, as the
 * program does, because Node does not read .tsx.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle, root } from '../../scripts/bundle.js';

interface Benchmark {
	run(): Promise<void>;
}

const suffix = '.bench.ts';
const directory = join(root, 'dist-bench');

const all = readdirSync(join(root, 'test/bench'))
	.filter((file) => file.endsWith(suffix))
	.map((file) => file.slice(0, -suffix.length))
	.sort();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));

if (unknown.length > 0) {
	console.error(`no benchmark ${unknown.join(', ')}; there are: ${all.join(', ')}`);
	process.exitCode = 2;
} else if (all.length === 0) {
	console.log('no benchmarks in test/bench yet');
} else {
	const names = wanted.length > 0 ? wanted : all;
	process.env.NODE_ENV = 'production';
	await bundle(Object.fromEntries(names.map((name) => [name, `test/bench/${name}${suffix}`])), directory);
	for (const name of names) {
		console.log(`\n${name}`);
		const benchmark: Benchmark = await import(pathToFileURL(join(directory, `${name}.js`)).href);
		await benchmark.run();
	}
}
