/** One line being typed: emacs keys, history, completion. Pure. */

import { type KeyPress, typedCharacter } from './key.ts';

export interface LineEditor {
	/** The characters, one code point each. */
	readonly characters: readonly string[];
	/** Position before which the next character goes. */
	readonly cursor: number;
	/** Older lines, oldest first. */
	readonly history: readonly string[];
	/** Index into history of the line shown; history.length for the new one. */
	readonly place: number;
	/** The new line, kept while an older one is shown. */
	readonly draft: string;
	/** What was killed last, for yanking. */
	readonly killed: string;
	/** Candidates of a completion that is going on, with the one shown; index -1 while only their common beginning is. */
	readonly completion: Completion | null;
}

export interface Completion {
	/** The text before the completed word. */
	readonly before: string;
	readonly after: string;
	readonly candidates: readonly string[];
	readonly index: number;
}

/** What a key meant to the line. */
export type EditResult =
	| { readonly kind: 'editing'; readonly editor: LineEditor }
	| { readonly kind: 'accepted'; readonly text: string; readonly editor: LineEditor }
	| { readonly kind: 'cancelled'; readonly editor: LineEditor }
	/** The key means nothing here. */
	| { readonly kind: 'unknown' };

/** Words that may stand at the end of `before`, each a whole word. */
export type Complete = (before: string) => readonly string[];

/** Characters one line may have. */
const maxLength = 4096;
const maxHistory = 500;

export function newEditor(history: readonly string[], text = ''): LineEditor {
	const characters = [...text];
	return {
		characters,
		cursor: characters.length,
		history,
		place: history.length,
		draft: '',
		killed: '',
		completion: null,
	};
}

export function textOf(editor: LineEditor): string {
	return editor.characters.join('');
}

/** History with a line added at its end; a repeated line stands only once. */
export function remember(history: readonly string[], text: string): readonly string[] {
	if (text.trim() === '') return history;
	return [...history.filter((line) => line !== text), text].slice(-maxHistory);
}

/** Puts text in at the cursor; line breaks become blanks. */
export function insert(editor: LineEditor, text: string): LineEditor {
	const room = Math.max(0, maxLength - editor.characters.length);
	const added = [...text.replace(/[\r\n\t]+/g, ' ').replace(/\p{Cc}/gu, '')].slice(0, room);
	return replace(editor, editor.cursor, editor.cursor, added);
}

/** What a key does to the line. */
export function edit(editor: LineEditor, key: KeyPress, complete: Complete): EditResult {
	if (key.name === 'tab') return editing(completeForward(editor, complete));
	if (key.name === 'shift-tab') return editing(cycle(editor, -1));
	const still = editor.completion === null ? editor : { ...editor, completion: null };
	switch (key.name) {
		case 'enter':
			return { kind: 'accepted', text: textOf(still), editor: still };
		case 'escape':
		case 'ctrl-c':
		case 'ctrl-g':
			return { kind: 'cancelled', editor: still };
		case 'backspace':
		case 'ctrl-h':
			// Emptying the line and once more leaves it, as in vi and less.
			if (still.characters.length === 0) return { kind: 'cancelled', editor: still };
			return editing(replace(still, Math.max(0, still.cursor - 1), still.cursor, []));
		case 'ctrl-d':
			if (still.characters.length === 0) return { kind: 'cancelled', editor: still };
			return editing(replace(still, still.cursor, still.cursor + 1, []));
		case 'delete':
			return editing(replace(still, still.cursor, still.cursor + 1, []));
		case 'left':
		case 'ctrl-b':
			return editing(moveTo(still, still.cursor - 1));
		case 'right':
		case 'ctrl-f':
			return editing(moveTo(still, still.cursor + 1));
		case 'home':
		case 'ctrl-a':
			return editing(moveTo(still, 0));
		case 'end':
		case 'ctrl-e':
			return editing(moveTo(still, still.characters.length));
		case 'alt-b':
		case 'ctrl-left':
		case 'alt-left':
			return editing(moveTo(still, wordStart(still)));
		case 'alt-f':
		case 'ctrl-right':
		case 'alt-right':
			return editing(moveTo(still, wordEnd(still)));
		case 'ctrl-w':
		case 'alt-backspace':
			return editing(kill(still, wordStart(still), still.cursor));
		case 'alt-d':
			return editing(kill(still, still.cursor, wordEnd(still)));
		case 'ctrl-k':
			return editing(kill(still, still.cursor, still.characters.length));
		case 'ctrl-u':
			return editing(kill(still, 0, still.cursor));
		case 'ctrl-y':
			return editing(insert(still, still.killed));
		case 'up':
		case 'ctrl-p':
			return editing(recall(still, still.place - 1));
		case 'down':
		case 'ctrl-n':
			return editing(recall(still, still.place + 1));
		default: {
			const character = typedCharacter(key);
			return character === null ? { kind: 'unknown' } : editing(insert(still, character));
		}
	}
}

function editing(editor: LineEditor): EditResult {
	return { kind: 'editing', editor };
}

function replace(editor: LineEditor, start: number, end: number, added: readonly string[]): LineEditor {
	const { characters } = editor;
	return {
		...editor,
		characters: [...characters.slice(0, start), ...added, ...characters.slice(end)],
		cursor: start + added.length,
		completion: null,
	};
}

function kill(editor: LineEditor, start: number, end: number): LineEditor {
	const killed = editor.characters.slice(start, end).join('');
	return killed === '' ? editor : { ...replace(editor, start, end, []), killed };
}

function moveTo(editor: LineEditor, cursor: number): LineEditor {
	return { ...editor, cursor: Math.min(Math.max(0, cursor), editor.characters.length) };
}

function isWordCharacter(character: string | undefined): boolean {
	return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}

function wordStart({ characters, cursor }: LineEditor): number {
	let at = cursor;
	while (at > 0 && !isWordCharacter(characters[at - 1])) at--;
	while (at > 0 && isWordCharacter(characters[at - 1])) at--;
	return at;
}

function wordEnd({ characters, cursor }: LineEditor): number {
	let at = cursor;
	while (at < characters.length && !isWordCharacter(characters[at])) at++;
	while (at < characters.length && isWordCharacter(characters[at])) at++;
	return at;
}

function recall(editor: LineEditor, place: number): LineEditor {
	if (place < 0 || place > editor.history.length || place === editor.place) return editor;
	const draft = editor.place === editor.history.length ? textOf(editor) : editor.draft;
	const characters = [...(editor.history[place] ?? draft)];
	return { ...editor, characters, cursor: characters.length, place, draft };
}

function completeForward(editor: LineEditor, complete: Complete): LineEditor {
	if (editor.completion !== null) return cycle(editor, 1);
	const before = editor.characters.slice(0, editor.cursor).join('');
	const after = editor.characters.slice(editor.cursor).join('');
	const candidates = complete(before);
	const [only] = candidates;
	if (only === undefined) return editor;
	const start = before.length - overlap(before, candidates);
	const completion: Completion = { before: before.slice(0, start), after, candidates, index: -1 };
	if (candidates.length === 1) return { ...show(editor, completion, `${only} `), completion: null };
	return show(editor, completion, commonBeginning(candidates, before.slice(start)));
}

/** How much of the end of `before` is the beginning of the candidates. */
function overlap(before: string, candidates: readonly string[]): number {
	const longest = Math.max(...candidates.map((candidate) => candidate.length));
	for (let length = Math.min(before.length, longest); length > 0; length--) {
		const end = before.slice(-length);
		if (candidates.every((candidate) => candidate.startsWith(end))) return length;
	}
	return 0;
}

function commonBeginning(candidates: readonly string[], atLeast: string): string {
	let common = candidates[0] ?? '';
	for (const candidate of candidates) while (!candidate.startsWith(common)) common = common.slice(0, -1);
	return common.length > atLeast.length ? common : atLeast;
}

function cycle(editor: LineEditor, by: 1 | -1): LineEditor {
	const { completion } = editor;
	if (completion === null) return editor;
	const count = completion.candidates.length;
	const index = completion.index === -1 ? (by === 1 ? 0 : count - 1) : (completion.index + by + count) % count;
	return show(editor, { ...completion, index }, completion.candidates[index] ?? '');
}

function show(editor: LineEditor, completion: Completion, word: string): LineEditor {
	const start = [...completion.before, ...word];
	return { ...editor, characters: [...start, ...completion.after], cursor: start.length, completion };
}
