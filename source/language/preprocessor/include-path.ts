/** Where an include may be found. Paths are display paths: `x.h` in the scenario folder, `kernel/x.h` in the model library. */

/** Where to look for an include, in order, or why it may not be looked for at all. */
export type IncludeSearch =
	| { readonly kind: 'candidates'; readonly paths: readonly string[] }
	| { readonly kind: 'refused'; readonly message: string; readonly advice: string };

const library = 'kernel';
const libraryIncludes = 'kernel/include';

/**
 * Resolves what an #include names. The result holds normalised paths without `..`; none leaves the tree that it begins in.
 *
 * @param includer display path of the file with the #include
 * @param name what is between the quotes or angle brackets
 * @param isSystem true for angle brackets, which look in the library's include folder only
 */
export function searchInclude(includer: string, name: string, isSystem: boolean): IncludeSearch {
	if (name === '') return refused('the name of the file to include is empty', 'write #include "name.h"');
	if (/^[/~]|^[A-Za-z]:/.test(name)) {
		return refused(
			'an include cannot name an absolute path',
			'includes are relative to the file, the scenario folder or kernel/include',
		);
	}
	if (/[\\\p{C}]/u.test(name)) {
		return refused(
			'an include cannot have a backslash or a control character in its name',
			'folders are separated by /',
		);
	}
	const climbs = name.split('/').includes('..');
	if (isSystem) {
		if (climbs)
			return refused('an include in angle brackets cannot contain ..', 'it is looked up in kernel/include only');
		return { kind: 'candidates', paths: joinPath(libraryIncludes, name) };
	}
	const beside = joinPath(folderOf(includer), name);
	if (climbs) {
		if (beside.length === 0) {
			return refused(
				`this include leaves the ${treeOf(includer) === library ? 'model library' : 'scenario folder'}`,
				'a model includes files of its own folder and of kernel/ only: copy the file into the scenario',
			);
		}
		return { kind: 'candidates', paths: beside };
	}
	const paths = [...beside, ...joinPath('', name), ...joinPath(libraryIncludes, name)];
	return { kind: 'candidates', paths: [...new Set(paths)] };
}

function refused(message: string, advice: string): IncludeSearch {
	return { kind: 'refused', message, advice };
}

function folderOf(path: string): string {
	return path.split('/').slice(0, -1).join('/');
}

/** The tree of a path: `kernel`, or the scenario folder, which is ''. */
function treeOf(path: string): string {
	return path === library || path.startsWith(`${library}/`) ? library : '';
}

/** Joins and normalises; empty when the path climbs out of the tree of `folder`. */
function joinPath(folder: string, name: string): string[] {
	const root = treeOf(folder) === library ? 1 : 0;
	const parts = folder === '' ? [] : folder.split('/');
	for (const part of name.split('/')) {
		if (part === '' || part === '.') continue;
		if (part === '..') {
			if (parts.length <= root) return [];
			parts.pop();
		} else {
			parts.push(part);
		}
	}
	return parts.length === 0 ? [] : [parts.join('/')];
}
