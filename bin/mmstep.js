#!/usr/bin/env node
// Starts dist/cli.js. Kept apart from it, and in plain old JavaScript, so that an old Node.js gets a sentence
// and not a stack trace.

import module from 'node:module';
import { fileURLToPath } from 'node:url';

const required = 22;
const found = process.versions.node;

/** @param {string} text */
function refuse(text) {
	process.stderr.write(`mmstep: ${text}\n`);
	process.exitCode = 2;
}

/** @param {NodeJS.ErrnoException} error */
function explain(error) {
	if (error.code === 'ERR_MODULE_NOT_FOUND' && /^Cannot find module '[^']*dist.cli\.js'/.test(error.message)) {
		refuse('it has not been built; run `npm ci` (or `npm run build`) in its folder first');
	} else {
		throw error;
	}
}

if (Number.parseInt(found, 10) < required) {
	refuse(
		`needs Node.js ${required} or newer, but this is ${found} (${process.execPath}); ` +
			'install a newer one, or in a clone use `npm ci && npm start`, which brings its own',
	);
} else {
	process.env.NODE_ENV = 'production';
	// What Node.js has compiled is kept beside what it was compiled from, where that can be written. It is not there on old ones.
	module.enableCompileCache?.(fileURLToPath(new URL('../dist/compiled', import.meta.url)));
	import(new URL('../dist/cli.js', import.meta.url).href).catch(explain);
}
