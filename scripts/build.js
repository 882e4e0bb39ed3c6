/**
 * Bundles the program into dist/. Plain JavaScript, because `npm ci` runs it (through `prepare`) before anything else.
 *
 *     node scripts/build.js                always
 *     node scripts/build.js --if-changed   only when something is newer than the last build
 */
import { readdirSync, statSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bundle, root } from './bundle.js';

const dist = join(root, 'dist');
const inputs = ['source', 'scripts', 'package.json', 'package-lock.json'];

/**
 * What is bundled: the program, and every `source/**\/NAME.worker.ts` as dist/NAME.worker.js. What `source/cli.ts`
 * imports dynamically becomes a chunk of its own, so verbs without a screen do not load Ink and React.
 *
 * @returns {Record<string, string>} name of the output -> source file
 */
function programEntries() {
	const files = readdirSync(join(root, 'source'), { recursive: true, encoding: 'utf8' });
	const workers = files.filter((file) => file.endsWith('.worker.ts'));
	return {
		cli: 'source/cli.ts',
		...Object.fromEntries(workers.map((file) => [basename(file, '.ts'), join('source', file)])),
	};
}

/**
 * Milliseconds since the epoch of the newest change at or below `path`. A deleted file counts too: its folder changed.
 *
 * @param {string} path
 * @returns {number}
 */
function newestChange(path) {
	const status = statSync(path);
	if (!status.isDirectory()) return status.mtimeMs;
	return Math.max(status.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

function isUpToDate() {
	const built = statSync(join(dist, 'cli.js'), { throwIfNoEntry: false });
	return built !== undefined && inputs.every((input) => newestChange(join(root, input)) <= built.mtimeMs);
}

if (!process.argv.includes('--if-changed') || !isUpToDate()) {
	const started = new Date();
	await bundle(programEntries(), dist);
	// A source that was saved while this ran must count as newer.
	utimesSync(join(dist, 'cli.js'), started, started);
}
