import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

export const root = fileURLToPath(new URL('..', import.meta.url));

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
		transform: { define: { 'process.env.NODE_ENV': '"production"' } },
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
