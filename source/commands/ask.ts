/** Asks for a line on the terminal, beside results that may go elsewhere. */

import { createInterface } from 'node:readline';

/** The line that the user types; undefined when the input ends before. */
export function askOnTerminal(question: string): Promise<string | undefined> {
	const reader = createInterface({ input: process.stdin, output: process.stderr });
	return new Promise((resolve) => {
		reader.on('close', () => resolve(undefined));
		reader.question(question, (answer) => {
			resolve(answer);
			reader.close();
		});
	});
}
