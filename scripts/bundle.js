import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * A hash of the sources and of the versions of the packages that a bundle is made of: results of another program are not read.
 *
 * @returns {string}
 */
function buildHash() {
	const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
	const source = join(root, 'source');
	for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' }).sort()) {
		if (/\.tsx?$/.test(name)) hash.update(`${name}\n`).update(readFileSync(join(source, name)));
	}
	return hash.digest('hex').slice(0, 16);
}

/**
 * Bundles programs with all their packages. Every file of the output lies directly in `directory`, so
 * `new URL("../scenarios/", import.meta.url)` and `new URL("./NAME.worker.js", import.meta.url)` mean the same
 * in all of them, whichever chunk the code ends up in.
 *
 * @param {Record<string, string>} input output name without extension -> source file, relative to the project
 * @param {string} directory where the output goes; what lay there before is replaced only once all is bundled
 */
export async function bundle(input, directory) {
	const build = await rolldown({
		cwd: root,
		input,
		platform: 'node',
		transform: {
			define: { 'process.env.NODE_ENV': '"production"', 'process.env.MMSTEP_BUILD': JSON.stringify(buildHash()) },
		},
		resolve: {
			// Ink loads its developer tools only when asked to, but a bundler would follow the import.
			alias: { 'react-devtools-core': join(root, 'scripts/empty.cjs') },
		},
	});
	const { output } = await build.write({
		dir: directory,
		format: 'esm',
		entryFileNames: '[name].js',
		chunkFileNames: '[name]-[hash].js',
	});
	await build.close();
	const written = new Set(output.map(({ fileName }) => fileName));
	for (const name of readdirSync(directory)) {
		if (!written.has(name)) rmSync(join(directory, name), { recursive: true, force: true });
	}
}
