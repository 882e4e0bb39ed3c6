import { fileURLToPath } from 'node:url';
import { askOnTerminal } from './commands/ask.ts';
import { keptFiles } from './commands/kept-files.ts';
import { main } from './commands/main.ts';

/** Set by the bundler: a hash of all that the program is made of. Who runs the sources has none, and nothing is kept. */
const build = process.env.MMSTEP_BUILD;

let isBroken = false;

// A reader that has seen enough (`mmstep list | head -1`) is no error; a disk that is full is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	if (!isBroken && error.code !== 'EPIPE') {
		const reason = error.code === 'ENOSPC' ? 'the disk is full' : (error.code ?? error.message);
		process.stderr.write(`mmstep: the output cannot be written: ${reason}\n`);
		process.exitCode = 4;
	}
	isBroken = true;
});
process.stderr.on('error', () => {});

try {
	const status = await main(process.argv.slice(2), {
		out: (text) => {
			if (!isBroken) process.stdout.write(text);
		},
		err: (text) => {
			process.stderr.write(text);
		},
		isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb',
		...(process.stderr.isTTY === true && process.env.TERM !== 'dumb'
			? { terminal: { columns: () => process.stderr.columns } }
			: {}),
		...(build === undefined
			? {}
			: {
					kept: keptFiles(
						fileURLToPath(new URL('./compiled/models', import.meta.url)),
						`${build} ${process.versions.v8}`,
					),
				}),
		ask: askOnTerminal,
		onInterrupt: (listener) => {
			process.on('SIGINT', listener);
			return () => process.off('SIGINT', listener);
		},
	});
	// Not over what a failed write has said meanwhile.
	process.exitCode ??= status;
} catch (error) {
	// Not one of the documented statuses: whoever asked for a verdict must not take a crash for one.
	process.stderr.write(
		`mmstep: this is a bug in mmstep, please report it\n${error instanceof Error ? error.stack : String(error)}\n`,
	);
	process.exitCode = 70;
}
