import { quoteText } from '../tokens/token.ts';
import type { Run } from './preprocessor-run.ts';
import { cutSource, type SourceText } from './source-text.ts';

/** Characters of one file. */
const lengthLimit = 512 * 1024;

export interface NoSource {
	readonly kind: 'missing' | 'refused';
	readonly message: string;
}

/** The file's tokens, or why there are none. Each file is cut into tokens once. */
export function readSource(run: Run, path: string): SourceText | NoSource {
	const known = run.known.texts.get(path);
	if (known !== undefined) {
		if (!run.files.has(path)) run.files.set(path, { path, text: known.text });
		return known;
	}
	const text = run.read(path);
	if (text === null) return { kind: 'missing', message: `there is no file ${quoteText(path)}` };
	if (text.length > lengthLimit) {
		const message = `${quoteText(path)} is longer than ${lengthLimit / 1024} KiB: this is no model`;
		return { kind: 'refused', message };
	}
	const source = cutSource(text, path);
	run.files.set(path, { path, text });
	run.known.texts.set(path, source);
	return source;
}
