import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../../source/language/code.ts';
import { compileModel } from '../../source/language/compile.ts';
import type { MachineState } from '../../source/machine/state.ts';

const scenarios = join(import.meta.dirname, '../../scenarios');

/** Compiles one text, which may include headers of the model library. Its file is `test.c`. */
export function compileText(text: string, config: Readonly<Record<string, string>> = {}): Program {
	const read = (path: string): string | null => {
		if (path === 'test.c') return text;
		try {
			return path.startsWith('kernel/') ? readFileSync(join(scenarios, path), 'utf8') : null;
		} catch {
			return null;
		}
	};
	return compileModel({ files: ['test.c'], config, read });
}

/** First cell of the global of that name (of CPU 0's copy). */
export function globalNamed(program: Program, state: MachineState, name: string): number {
	const index = program.globals.findIndex((global) => global.name === name);
	const object = state.objects.find((candidate) => candidate?.origin === 'global' && candidate.owner === index);
	if (object == null) throw new Error(`no global ${name}`);
	return object.cells[0] ?? 0;
}
