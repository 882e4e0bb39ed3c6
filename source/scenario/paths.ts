/** Display paths: `programs.c` in the scenario folder, `kernel/mm/vmalloc.c` in the library. Plain computation. */

/** Folder that stands for the model library in every path of a scenario. */
export const libraryPrefix = 'kernel/';

/** Why `path` cannot name a file of a scenario, or null when it can. */
export function pathObjection(path: string): string | null {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: a control character is just what it looks for
	if (/[\u0000-\u001f\u007f-\u009f]/.test(path)) return 'a file name cannot hold control characters';
	if (path.includes('\\')) return 'write paths with "/"';
	if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'paths are relative to the scenario folder';
	if (path.split('/').includes('..')) return 'files must lie in the scenario folder or in kernel/';
	if (path.split('/').some((part) => part === '' || part === '.')) return 'write the path without "." and "//"';
	return null;
}

/** Names in `#include` lines of a text, whatever conditions they stand under. */
export function includesOf(text: string): { name: string; isSystem: boolean }[] {
	return [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)/gm)].map((match) => ({
		name: match[1] ?? match[2] ?? '',
		isSystem: match[2] !== undefined,
	}));
}
