import { main } from './commands/main.ts';

let isBroken = false;

// A reader that has seen enough (`mmstep list | head -1`) is no error; a disk that is full is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	if (!isBroken && error.code !== 'EPIPE') {
		process.stderr.write(`mmstep: the output cannot be written: ${error.code ?? error.message}\n`);
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
