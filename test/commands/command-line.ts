import { fileURLToPath } from 'node:url';
import { main } from '../../source/commands/main.ts';

export interface Outcome {
	readonly status: number;
	readonly out: string;
	readonly err: string;
}

/** Runs mmstep in this process, without a terminal. */
export async function mmstep(...argv: readonly string[]): Promise<Outcome> {
	let out = '';
	let err = '';
	const status = await main(argv, {
		out: (text) => {
			out += text;
		},
		err: (text) => {
			err += text;
		},
		isInteractive: false,
	});
	return { status, out, err };
}

export const counter = fileURLToPath(new URL('../../fixtures/scenarios/counter', import.meta.url));
