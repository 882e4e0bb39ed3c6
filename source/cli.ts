import { main } from './commands/main.ts';

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

const status = await main(process.argv.slice(2), {
	out: (text) => {
		if (!isBroken) process.stdout.write(text);
	},
	err: (text) => {
		process.stderr.write(text);
	},
	isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb',
});
process.exitCode ??= status;
