/** What a line of a drawing says, taken apart: a call, a lock, an assignment, or words. */

import { plainLine } from '../../language/plain-text.ts';
import { isProse } from './drawing-text.ts';
import { wordsOf } from './words.ts';

export type DrawnEvent =
	/** `f(x)`, `X = f(x)`; `a/b` is b inside a. */
	| { readonly kind: 'call'; readonly names: readonly string[]; readonly words: readonly string[] }
	| { readonly kind: 'return'; readonly name: string }
	| {
			readonly kind: 'lock' | 'unlock';
			readonly name: string;
			readonly lock: string;
			readonly words: readonly string[];
	  }
	/** `isStore`: to something that others see, not a local variable. */
	| {
			readonly kind: 'assign';
			readonly isStore: boolean;
			/** Nothing in it that others could see. */
			readonly isPrivate: boolean;
			readonly target: readonly string[];
			/** The field that is named, or empty. */
			readonly member: string;
			readonly words: readonly string[];
	  }
	| { readonly kind: 'test'; readonly words: readonly string[] }
	| { readonly kind: 'words'; readonly words: readonly string[] };

const lockName =
	/^(?:(?:raw_)?(?:spin|read|write|mutex|rcu_read|page|folio|seq|mmap_read|mmap_write|i_mmap|anon_vma)?_?(?:try)?(?:un)?lock(?:_(?:irq|irqsave|irqrestore|bh|nested|read|write|page|folio|killable|interruptible))*|(?:down|up)_(?:read|write)(?:_\w+)?|(?:lock|unlock)_(?:page|folio)|mmap_(?:read|write)_(?:un)?lock(?:_killable)?|(?:pte|pmd|pud)_(?:un)?lock|pte_unmap_unlock)$/;

/** Whether a name is that of a function that takes or drops a lock. */
export function lockDirection(name: string): 'lock' | 'unlock' | null {
	if (!lockName.test(name)) return null;
	return /unlock|^up_/.test(name) ? 'unlock' : 'lock';
}

export function readEvent(text: string): DrawnEvent {
	const statement = text.replace(/;+$/, '').trim();
	const returned = /^(\w+)(?:\(.*\))? returns\b/.exec(statement);
	if (returned?.[1] !== undefined) return { kind: 'return', name: returned[1] };
	const flow = /^(?:\}\s*)?(?:if|while|for|else if|switch)\s*\((.*)\)\s*\{?$/.exec(statement);
	if (flow?.[1] !== undefined) return { kind: 'test', words: wordsOf(flow[1]) };
	const call = /^(?:[\w\->.[\]*]+\s*=\s*)?([\w/]+)\((.*)\)$/s.exec(statement);
	if (call?.[1] !== undefined && !/^\*/.test(statement)) return callEvent(call[1], call[2] ?? '');
	const assign = /^((?:[^=!<>-]|->|-(?!=))+?)\s*[-+|&^]?=(?!=)\s*(.*)$/.exec(statement);
	if (assign?.[1] !== undefined && !/: .* -> /.test(statement)) return assignment(assign[1], assign[2] ?? '');
	if (/^[*&]?\w+(?:(?:->|\.)\w+|\[\w+\])+$/.test(statement)) return { kind: 'test', words: wordsOf(statement) };
	if (/^[\w/]+$/.test(statement) && /[_/]/.test(statement)) return callEvent(statement, '');
	return { kind: 'words', words: wordsOf(statement) };
}

function callEvent(path: string, args: string): DrawnEvent {
	const names = path.split('/').filter((name) => name !== '');
	const name = names.at(-1) ?? path;
	const direction = lockDirection(name);
	if (direction !== null) {
		const lock = normalised(args);
		const [short = ''] = args.split(',');
		return { kind: direction, name, lock, words: [...new Set([...wordsOf(short), ...lockWords(name)])] };
	}
	return { kind: 'call', names, words: wordsOf(args) };
}

/** What the name of a locking function says about the lock: `mmap_write_lock()` takes mmap_lock for writing. */
function lockWords(name: string): string[] {
	return wordsOf(name).filter(
		(word) => !['lock', 'unlock', 'spin', 'killable', 'try', 'raw', 'mutex', 'down', 'up'].includes(word),
	);
}

function assignment(left: string, right: string): DrawnEvent {
	const isPlain = /^(?:(?:[a-z_]\w*\s+)+\**)?[a-zA-Z_]\w*$/.test(left.trim());
	const reads = /[*>.[(]/.test(right.replace(/^\(\w+\s*\**\)/, ''));
	return {
		kind: 'assign',
		isStore: !isPlain,
		isPrivate: isPlain && !reads && !/^\d/.test(right.trim()),
		target: wordsOf(left),
		member: /(?:->|\.)(\w+)$/.exec(left.trim())?.[1] ?? '',
		words: [...wordsOf(left), ...wordsOf(right)],
	};
}

/** One way to write what has several: `&a->b` and `a.b`, `spin_lock(x)` and `lock(x)`, `per_cpu(x, 1)` and `x[1]`. */
export function normalised(text: string): string {
	return plainLine(text)
		.replace(/per_cpu\((\w+), (\d+)\)/g, '$1[$2]')
		.replace(/^(?:__)?atomic[ _]\w+(?: \w+)*: /, '')
		.replace(/\bspin_(un)?lock\(/g, '$1lock(')
		.replace(/->/g, '.')
		.replace(/[&\s;]/g, '');
}

/** Whether the line is words that no rule of this file makes an event of. */
export function isRemark(text: string): boolean {
	return isProse(text) && readEvent(text).kind === 'words';
}
