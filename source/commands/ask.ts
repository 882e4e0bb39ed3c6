/** Asks for a line on the terminal, beside results that may go elsewhere. */

import { createInterface } from 'node:readline';

/** The line that the user types; undefined when the input ends before. Ctrl-C does what it does where nothing is asked. */
export function askOnTerminal(question: string): Promise<string | undefined> {
	const reader = createInterface({ input: process.stdin, output: process.stderr });
	return new Promise((resolve) => {
		let isDone = false;
		const leave = (): void => {
			isDone = true;
			reader.close();
		};
		reader.on('SIGINT', () => {
			leave();
			process.stderr.write('\n');
			process.kill(process.pid, 'SIGINT');
		});
		reader.on('close', () => {
			if (isDone) return;
			process.stderr.write('\n');
			resolve(undefined);
		});
		reader.question(question, (answer) => {
			leave();
			resolve(answer);
		});
	});
}
