/**
 * Mutants of model C: texts in which one thing that keeps races out has been taken away. Statements are found line by line, as
 * the models write them: one statement a line, the body of a one-line `if` on the next.
 *
 * What is taken away: a lock with its unlocks; a lock, an unlock, a flush, a read section's beginning or end alone; a check that
 * leaves early; and the order of two neighbouring statements of which one is such an operation, or changes a list, a page table
 * or a lifetime.
 */

export interface Mutant {
	readonly file: string;
	/** Of the first changed line, counted from 1. */
	readonly line: number;
	readonly function: string;
	readonly kind: 'no lock' | 'no call' | 'no check' | 'swapped';
	/** What was taken away, in a few words. */
	readonly what: string;
	readonly text: string;
	/** Why the model says that it is not needed, from a comment `not needed here: ...` at the line or right above; or empty. */
	readonly excuse: string;
}

const call = /^(\t+)(?:\(void\))?([a-z_][\w]*)\((.*)\);\s*(?:\/\*.*\*\/)?$/;
const declaration =
	/^\t+(?:const |static |struct |union |enum |unsigned |signed |int |long |bool |char |text |u\d+ |[a-z_]+_t )/;
const assignment = /^\t+[^=(]+(?:->|\.|\[)[^=]*(?:[-+|&]|<<)?=[^=].*;\s*(?:\/\*.*\*\/)?$/;
const leaving = /^\t+(?:goto \w+|return\b.*|continue|break);$/;
const early = /^(\t+)((?:\} )?else )?if \((.*)\)\s*(?:\/\*.*\*\/)?$/;

/** Operations without which races come in. */
const guards = /(?<!b)lock(?!dep)|^rcu_read|^down_|^up_|^flush_|^tlb_flush|^smp_|^synchronize_|^wait_|barrier/;
/** Operations whose order matters to others. */
const ordered =
	/(?<!b)lock|^rcu_|^down_|^up_|^flush_|^smp_|^kfree|^call_rcu|^xa_|^list_|^set_p|^p..?_(?:clear|populate)|^ptep_|^pmdp_|^WRITE_ONCE$|^put_|^free_|^unlink|^link/;
/** Claims, and what only watches. */
const watchers = /^(?:lockdep_|assert|BUG_ON|WARN_ON|VM_|ghost|contract_|detail|violation|warning|view_)/;

/** Every mutant of a text, in order of lines. */
export function mutantsOf(file: string, source: string): Mutant[] {
	const lines = source.split('\n');
	const functions = functionsOf(lines);
	const mutants: Mutant[] = [];
	const add = (at: number, kind: Mutant['kind'], what: string, changed: readonly string[]): void => {
		const fn = functions[at] ?? '';
		const mutant = {
			file,
			line: at + 1,
			function: fn,
			kind,
			what,
			text: changed.join('\n'),
			excuse: excuseAt(lines, at),
		};
		mutants.push(mutant);
	};
	for (const [at, line] of lines.entries()) {
		if ((functions[at] ?? '') === '') continue;
		const [, , name = '', argument = ''] = call.exec(line) ?? [];
		if (name !== '' && !watchers.test(name) && guards.test(name)) {
			const ends = unlocksOf(lines, functions, at, name, argument);
			if (ends.length > 0) {
				add(at, 'no lock', `${name}(${argument}) and its unlock`, without(lines, [at, ...ends]));
			}
			add(at, 'no call', `${name}(${argument})`, without(lines, [at]));
		}
		const check = early.exec(line);
		if (check !== null && /->/.test(line) && leaving.test(lines[at + 1] ?? '')) {
			const [, indent = '', otherwise = '', condition = ''] = check;
			const changed = lines.with(at, `${indent}${otherwise}if (0 && (${condition}))`);
			add(at, 'no check', `if (${condition}) ${(lines[at + 1] ?? '').trim()}`, changed);
		}
		const swap = swapAt(lines, functions, at);
		if (swap !== null) add(at, 'swapped', swap.what, swap.lines);
	}
	return mutants;
}

/** By line: the function whose body it is in, or empty. */
function functionsOf(lines: readonly string[]): string[] {
	let name = '';
	let inside = '';
	return lines.map((line) => {
		if (/^[a-z_].*\)?$/.test(line) && !line.endsWith(';')) name = /([\w]+)\(/.exec(line)?.[1] ?? name;
		// What runs before time begins races with nobody.
		if (line === '{') inside = name.endsWith('_init') ? '' : name;
		if (line.startsWith('}')) inside = '';
		return inside;
	});
}

function without(lines: readonly string[], gone: readonly number[]): string[] {
	return lines.map((line, at) => (gone.includes(at) ? `${/^\t*/.exec(line)?.[0] ?? ''};` : line));
}

/** Lines of the same function that end what a lock begins. */
function unlocksOf(
	lines: readonly string[],
	functions: readonly string[],
	lock: number,
	name: string,
	argument: string,
): number[] {
	const unlock = name.startsWith('down_') ? name.replace('down_', 'up_') : name.replace(/(?<!un)lock/, 'unlock');
	if (unlock === name) return [];
	return [...lines.keys()].filter((at) => {
		const [, , other, its] = call.exec(lines[at] ?? '') ?? [];
		return at > lock && functions[at] === functions[lock] && other === unlock && its === argument;
	});
}

/** A statement with the ghost blocks behind it, which speak about it. */
interface Unit {
	readonly first: number;
	readonly next: number;
}

function unitAt(lines: readonly string[], at: number): Unit | null {
	const line = lines[at] ?? '';
	if (!line.trimEnd().endsWith(';') && !/;\s*\/\*.*\*\/$/.test(line)) return null;
	if (declaration.test(line) || leaving.test(line)) return null;
	if (!call.test(line) && !assignment.test(line)) return null;
	// The body of an `if` or a loop without braces belongs to it.
	if (/^\t+(?:(?:\} )?else\b.*|(?:if|for|while|\w*for_each\w*) ?\(.*\))$/.test(lines[at - 1] ?? '')) return null;
	let next = at + 1;
	while (/^\t+ghost \{.*\}$/.test(lines[next] ?? '')) next++;
	return { first: at, next };
}

function swapAt(
	lines: readonly string[],
	functions: readonly string[],
	at: number,
): { readonly what: string; readonly lines: string[] } | null {
	const one = unitAt(lines, at);
	const two = one === null ? null : unitAt(lines, one.next);
	if (one === null || two === null || functions[two.first] !== functions[at]) return null;
	const indentOf = (line: string): number => /^\t*/.exec(line)?.[0].length ?? 0;
	const [a = '', b = ''] = [lines[one.first], lines[two.first]];
	if (indentOf(a) !== indentOf(b)) return null;
	const names = [a, b].map((line) => call.exec(line)?.[2] ?? '');
	if (names.some((name) => watchers.test(name)) || !names.some((name) => ordered.test(name))) return null;
	const changed = [
		...lines.slice(0, one.first),
		...lines.slice(two.first, two.next),
		...lines.slice(one.first, one.next),
		...lines.slice(two.next),
	];
	const [first, second] = [a, b].map((line) => line.replace(/\s*\/\*.*\*\/$/, '').trim());
	return { what: `${first} <-> ${second}`, lines: changed };
}

/** The text of `not needed here: ...` in a comment at a line or in the comment lines right above it. */
function excuseAt(lines: readonly string[], at: number): string {
	const near = [lines[at] ?? ''];
	for (let before = at - 1; before >= 0 && /^\t*(?:\/\*| \*|.*\*\/$)/.test(lines[before] ?? ''); before--) {
		near.unshift(lines[before] ?? '');
	}
	const text = near.map((line) => line.trim().replace(/^\*(?!\/) ?/, '')).join(' ');
	return /not needed here: (.*?)\s*\*\//.exec(text)?.[1]?.replace(/\s+/g, ' ') ?? '';
}
