/**
 * Mutants of model C: texts in which one thing that keeps races out has been taken away. Statements are found by their layout, as
 * the models write them: one statement a line or a line with its continuations, the body of a one-line `if` on the next.
 *
 * Swapping two accesses that are both plain makes no mutant, see `isPlainSwap` in mutant-search.ts.
 */

import { blank, isLeaving, type Statement, statementsOf } from './model-text.ts';

export const mutantKinds = [
	/** A lock or read section, with what ends it. */
	'no lock',
	/** A lock, an unlock, a flush, a barrier, the begin or end of a read section alone. */
	'no call',
	/** The condition of an `if` holds never, or always; what it does is still done. */
	'never true',
	'always true',
	/** One operand of && or || is not asked. */
	'operand gone',
	/** A marked access, or a publication, is a plain one. */
	'unmarked',
	/** Memory is freed, or a callback called, without a grace period. */
	'no grace period',
	/** Two neighbours in the other order, each with the ghost code behind it. */
	'swapped',
] as const;

export type MutantKind = (typeof mutantKinds)[number];

/** Why the model says that something is not needed, and of which mutants that speaks. */
export interface Excuse {
	/** Kinds of mutants, and kernels; all of them when empty. */
	readonly kinds: readonly MutantKind[];
	readonly kernels: readonly string[];
	readonly reason: string;
}

export interface Mutant {
	readonly file: string;
	/** Of the first changed line, counted from 1. */
	readonly line: number;
	readonly function: string;
	readonly kind: MutantKind;
	/** What was taken away, in a few words. */
	readonly what: string;
	/** Every changed line, counted from 1. */
	readonly lines: readonly number[];
	readonly text: string;
	/** From comments `not needed here: ...` at the line or right above. */
	readonly excuses: readonly Excuse[];
}

export interface Macro {
	readonly parameters: readonly string[];
	readonly body: string;
}

/** Operations without which races come in. */
const guards =
	/(?<!b)lock(?!dep)|^rcu_read|^srcu_read|^down_|^up_|^flush_|^tlb_(?:flush|invalidate)|^ipi_|^smp_|^synchronize_|^wait_|barrier|^local_irq|^preempt_/;
/** Claims, and what only watches. */
const watchers = /^(?:lockdep_|assert|BUG_ON|WARN_ON|VM_|ghost|contract_|detail|violation|warning|view_)/;
/** What only ghost code does: a function that does it outside a ghost block is ghost code itself. */
const reporting = /^(?:count|violation|warning|note|detail|view_\w+|name_\w+)$/;
const marks =
	/^(?:READ_ONCE|WRITE_ONCE|smp_load_acquire|smp_store_release|rcu_dereference(?:_protected|_check)?|rcu_assign_pointer)$/;

/**
 * Every mutant of a text, in order of lines.
 * @param marked macros that are one marked access, see `markedMacros`
 */
export function mutantsOf(file: string, source: string, marked: ReadonlyMap<string, Macro>): Mutant[] {
	const lines = source.split('\n');
	const statements = statementsOf(lines);
	const mutants: Mutant[] = [];
	const add = (
		{ first, function: fn }: Statement,
		kind: MutantKind,
		what: string,
		changed: readonly string[],
	): void => {
		const differing = [...changed.keys()].filter((at) => changed[at] !== lines[at]);
		mutants.push({
			file,
			line: first + 1,
			function: fn,
			kind,
			what: what.replace(/\s+/g, ' '),
			lines: differing.map((at) => at + 1),
			text: changed.join('\n'),
			excuses: excusesAt(lines, first),
		});
	};
	const pairing = new Pairing(statements);
	const checking = new Set(
		statements.filter(({ call }) => call !== null && reporting.test(call.name)).map((one) => one.function),
	);
	for (const [index, statement] of statements.entries()) {
		if (checking.has(statement.function)) continue;
		if (statement.isIndivisible && statement.call?.name !== 'frame_free') {
			// Nobody else sees what is inside `atomic`; what decides there counts.
			if (statement.condition !== null) addConditions(statement, lines, add);
			continue;
		}
		const { call } = statement;
		if (call !== null && !watchers.test(call.name)) {
			const ends = pairing.endsOf(index);
			if (ends.length > 0) {
				add(statement, 'no lock', `${call.name}(${call.arguments}) and its unlock`, blank(lines, [statement, ...ends]));
			}
			if (guards.test(call.name) || pairing.isLockFunction(call.name)) {
				add(statement, 'no call', `${call.name}(${call.arguments})`, blank(lines, [statement]));
			}
		}
		addTrylocks(statement, lines, statements, add);
		addConditions(statement, lines, add);
		addMarks(statement, lines, marked, add);
		addGracePeriods(statement, lines, add);
		const swap = swapAt(lines, statements, index);
		if (swap !== null) add(statement, 'swapped', swap.what, swap.lines);
	}
	return mutants;
}

type Add = (statement: Statement, kind: MutantKind, what: string, changed: readonly string[]) => void;

/** The text with other words for a statement, which is on one line then, so that the lines below keep their numbers. */
function rewritten(lines: readonly string[], { first, next, indent }: Statement, text: string): string[] {
	return lines.map((line, at) => (at === first ? indent + text : at > first && at < next ? '' : line));
}

/** Which statements end what a lock begins. */
class Pairing {
	readonly #statements: readonly Statement[];
	/** Functions that take a lock and leave it to somebody else to drop, and the other way round: by name, the lock's key. */
	readonly #takers = new Map<string, string>();
	readonly #droppers = new Map<string, string>();

	constructor(statements: readonly Statement[]) {
		this.#statements = statements;
		const alone = [...Map.groupBy(statements, (statement) => statement.function)].map(([fn, own]) => {
			const taken = own.flatMap(({ call }) => (call === null ? [] : (lockKey(call) ?? [])));
			const dropped = own.flatMap(({ call }) => (call === null ? [] : (unlockKey(call) ?? [])));
			return {
				fn,
				taken: taken.filter((key) => !dropped.includes(key)),
				dropped: dropped.filter((key) => !taken.includes(key)),
			};
		});
		// A lock that nobody ends, by its name, is none.
		const ended = new Set(alone.flatMap(({ dropped }) => dropped));
		const begun = new Set(alone.flatMap(({ taken }) => taken));
		for (const { fn, taken, dropped } of alone) {
			const onlyTaken = taken.find((key) => ended.has(key));
			const onlyDropped = dropped.find((key) => begun.has(key));
			if (onlyTaken !== undefined) this.#takers.set(fn, onlyTaken);
			if (onlyDropped !== undefined) this.#droppers.set(fn, onlyDropped);
		}
	}

	isLockFunction(name: string): boolean {
		return this.#takers.has(name) || this.#droppers.has(name);
	}

	/**
	 * Statements that end what the one at an index begins: in the same function, or, where that only takes the lock, in those that
	 * only drop it.
	 */
	endsOf(index: number): Statement[] {
		const lock = this.#statements[index];
		if (lock === undefined || lock.call === null) return [];
		const key = lockKey(lock.call) ?? this.#takers.get(lock.call.name);
		if (key === undefined) return [];
		const ends = this.#statements.filter(({ call }) => {
			if (call === null) return false;
			return unlockKey(call) === key || this.#droppers.get(call.name) === key;
		});
		const own = ends.filter((end) => end.function === lock.function && end.first > lock.first);
		if (own.length > 0) return own;
		return ends.filter((end) => this.#droppers.get(end.function) === key);
	}
}

type Call = NonNullable<Statement['call']>;

/** The same for a lock and its unlock; null for what is no lock. */
function lockKey({ name, arguments: of }: Call): string | null {
	if (/unlock|^up_|trylock/.test(name) || watchers.test(name)) return null;
	if (name.startsWith('down_')) return `${name.replace('down_', 'up_')}(${of})`;
	const unlock = name.replace(/(?<![a-z])lock/, 'unlock');
	if (unlock !== name) return `${unlock}(${of})`;
	const begun = name
		.replace(/begin$/, 'end')
		.replace(/^take_/, 'drop_')
		.replace(/disable$/, 'enable');
	return begun === name ? null : `${begun}(${of})`;
}

function unlockKey({ name, arguments: of }: Call): string | null {
	if (!/unlock|^up_|end$|^drop_|enable$/.test(name)) return null;
	// srcu_read_unlock() names the index too.
	return `${name}(${name === 'srcu_read_unlock' ? of.replace(/,.*/, '') : of})`;
}

/** A lock that is tried: nobody takes it, and all goes on as if it had been taken. */
function addTrylocks(statement: Statement, lines: readonly string[], statements: readonly Statement[], add: Add): void {
	for (const { name, arguments: of, start, end } of callsIn(statement.text)) {
		if (!name.includes('trylock')) continue;
		const unlock = `${name.replace('_trylock', '_unlock').replace('trylock', 'unlock')}(${of.join(', ')})`;
		const ends = statements.filter(
			(other) =>
				other.function === statement.function &&
				other.call !== null &&
				unlockKey(other.call) === unlock.replace(/^down_(\w+)_unlock/, 'up_$1'),
		);
		if (ends.length === 0) continue;
		const text = `${statement.text.slice(0, start)}true${statement.text.slice(end)}`;
		add(
			statement,
			'no lock',
			`${statement.text.slice(start, end)} and its unlock`,
			blank(rewritten(lines, statement, text), ends),
		);
	}
}

/** What only the configuration decides is no check. */
function isConfiguration(condition: string): boolean {
	return !/[a-z]/.test(condition.replace(/IS_ENABLED\(\w+\)/g, '').replace(/\btrue\b|\bfalse\b/g, ''));
}

function addConditions(statement: Statement, lines: readonly string[], add: Add): void {
	const { condition, text } = statement;
	if (condition !== null && !watchers.test(condition.text) && !isConfiguration(condition.text)) {
		const { before, after } = condition;
		const what = condition.leaves === '' ? `if (${condition.text})` : `if (${condition.text}) ${condition.leaves}`;
		add(statement, 'never true', what, rewritten(lines, statement, `${before}(${condition.text}) && 0${after}`));
		add(statement, 'always true', what, rewritten(lines, statement, `${before}(${condition.text}) || 1${after}`));
	}
	const value = condition?.text ?? /^(?:return|[^=]*[^=!<>]=)\s+([^=].*);$/.exec(text)?.[1] ?? '';
	const operands = operandsOf(value);
	if (operands.length < 2 || watchers.test(value)) return;
	const start = text.indexOf(value);
	for (const operand of operands) {
		if (isConfiguration(operand.text)) continue;
		const rest = operands.filter((other) => other !== operand).map((other) => other.text);
		const kept = rest.join(` ${operand.operator} `);
		const changed = text.slice(0, start) + kept + text.slice(start + value.length);
		add(statement, 'operand gone', `${operand.text} of ${value}`, rewritten(lines, statement, changed));
	}
}

/** Operands of the && or || that is outermost in an expression; none when there is none, or a ?: around it. */
function operandsOf(expression: string): { readonly text: string; readonly operator: string }[] {
	for (const operator of ['||', '&&']) {
		const parts: string[] = [];
		let depth = 0;
		let from = 0;
		for (let at = 0; at < expression.length; at++) {
			const char = expression[at] ?? '';
			if ('([{'.includes(char)) depth++;
			if (')]}'.includes(char)) depth--;
			if (depth === 0 && char === '?') return [];
			if (depth !== 0 || !expression.startsWith(operator, at)) continue;
			parts.push(expression.slice(from, at).trim());
			from = at + 2;
			at++;
		}
		if (parts.length > 0) return [...parts, expression.slice(from).trim()].map((text) => ({ text, operator }));
	}
	return [];
}

/** Calls in a text, with their arguments and where they stand. */
function callsIn(text: string): { name: string; arguments: string[]; start: number; end: number }[] {
	return [...text.matchAll(/\b([A-Za-z_]\w*)\(/g)].flatMap((match) => {
		const [opening, name = ''] = match;
		const of = argumentsAt(text, match.index + opening.length);
		return of === null ? [] : [{ name, arguments: of.list, start: match.index, end: of.end }];
	});
}

function argumentsAt(text: string, from: number): { readonly list: string[]; readonly end: number } | null {
	const list: string[] = [];
	let depth = 0;
	let begin = from;
	for (let at = from; at < text.length; at++) {
		const char = text[at] ?? '';
		if (depth === 0 && (char === ',' || char === ')')) {
			list.push(text.slice(begin, at).trim());
			begin = at + 1;
			if (char === ')') return { list, end: at + 1 };
		}
		if ('([{'.includes(char)) depth++;
		if (')]}'.includes(char)) depth--;
	}
	return null;
}

function addMarks(statement: Statement, lines: readonly string[], marked: ReadonlyMap<string, Macro>, add: Add): void {
	const { text } = statement;
	// The condition of a wait is one op, whatever the marks in it.
	if (/^wait_event/.test(text)) return;
	for (const { name, arguments: of, start, end } of callsIn(text)) {
		const plain = plainAccess(name, of, marked);
		if (plain === null) continue;
		const changed = `${text.slice(0, start)}${plain}${text.slice(end)}`;
		add(statement, 'unmarked', text.slice(start, end), rewritten(lines, statement, changed));
	}
}

/** The same access without its mark; null for what is none. */
function plainAccess(name: string, of: readonly string[], macros: ReadonlyMap<string, Macro>): string | null {
	const [first = '', second = ''] = of;
	switch (name) {
		case 'READ_ONCE':
		case 'rcu_dereference':
			return `(${first})`;
		case 'rcu_dereference_check':
		case 'rcu_dereference_protected':
			return `(${first})`;
		case 'smp_load_acquire':
			return `(*(${first}))`;
		case 'WRITE_ONCE':
		case 'rcu_assign_pointer':
			return `((${first}) = (${second}))`;
		case 'smp_store_release':
			return `((*(${first})) = (${second}))`;
	}
	const macro = macros.get(name);
	if (macro === undefined) return null;
	const body = macro.body.replace(/[A-Za-z_]\w*/g, (word) => {
		const index = macro.parameters.indexOf(word);
		return index < 0 ? word : (of[index] ?? word);
	});
	const [access] = callsIn(body);
	if (access === undefined) return null;
	return plainAccess(access.name, access.arguments, macros);
}

/** Macros of some headers whose body is one marked access, or another such macro. */
export function markedMacros(headers: readonly string[]): Map<string, Macro> {
	const found = new Map<string, Macro>();
	const candidates = headers.flatMap((text) => [
		...text.replace(/\\\n/g, ' ').matchAll(/^#define (\w+)\(([^)]*)\)[ \t]+(\w+)(\(.*\))[ \t]*$/gm),
	]);
	// A macro may come before the one that it uses.
	for (let before = -1; before < found.size; ) {
		before = found.size;
		for (const [, name = '', parameters = '', outer = '', rest = ''] of candidates) {
			const isWhole = argumentsAt(rest, 1)?.end === rest.length;
			if (found.has(name) || !isWhole || !(marks.test(outer) || found.has(outer))) continue;
			found.set(name, { parameters: parameters.split(',').map((one) => one.trim()), body: outer + rest });
		}
	}
	return found;
}

function addGracePeriods(statement: Statement, lines: readonly string[], add: Add): void {
	const { call, text } = statement;
	if (call === null) return;
	const [first = '', second = ''] = argumentsAt(`${call.arguments})`, 0)?.list ?? [];
	if (call.name === 'kfree_rcu') {
		add(statement, 'no grace period', text.replace(/;$/, ''), rewritten(lines, statement, `kfree(${first});`));
	}
	if (call.name === 'call_rcu' || call.name === 'call_srcu') {
		const [head, fn] =
			call.name === 'call_rcu' ? [first, second] : (argumentsAt(`${call.arguments})`, 0)?.list.slice(1) ?? []);
		add(statement, 'no grace period', text.replace(/;$/, ''), rewritten(lines, statement, `${fn}(${head});`));
	}
}

const declaration =
	/^(?:const |static |struct |union |enum |unsigned |signed |int |long |bool |char |text |u\d+ |[a-z_]+_t )/;

/** Whether a statement can change places with a neighbour. */
function isMovable({ text, call, isBody, condition }: Statement): boolean {
	if (isBody || condition !== null || declaration.test(text) || isLeaving(text)) return false;
	return call !== null || /^[^=(]+[^=!<>(]=[^=].*;$/.test(text);
}

/** Whether others can see that a statement is done, or it sees what others do. */
function touchesShared(text: string): boolean {
	return /->|\[|\*\(?[a-z]|\w\.\w|\w\(/.test(text);
}

function swapAt(
	lines: readonly string[],
	statements: readonly Statement[],
	index: number,
): { readonly what: string; readonly lines: string[] } | null {
	const one = statements[index];
	const two = statements[index + 1];
	if (one === undefined || two === undefined || one.function !== two.function || one.indent !== two.indent) return null;
	if (!isMovable(one) || !isMovable(two) || two.isIndivisible) return null;
	// Only ghost code and empty lines may be between them: what is a word of the preprocessor's stays where it is.
	if (lines.slice(one.next, one.afterGhost).concat(lines.slice(one.afterGhost, two.first)).some(isInTheWay))
		return null;
	if ([one, two].some(({ call }) => call !== null && watchers.test(call.name))) return null;
	if (!touchesShared(one.text) || !touchesShared(two.text)) return null;
	const changed = [
		...lines.slice(0, one.first),
		...lines.slice(two.first, two.afterGhost),
		...lines.slice(one.afterGhost, two.first),
		...lines.slice(one.first, one.afterGhost),
		...lines.slice(two.afterGhost),
	];
	return { what: `${one.text} <-> ${two.text}`, lines: changed };
}

function isInTheWay(line: string): boolean {
	return /^#|^\t*\w+:$/.test(line) || /^\t*[{}]/.test(line);
}

/** The reasons in comments `not needed here: ...`, at a line or in the comment lines right above it. */
function excusesAt(lines: readonly string[], at: number): Excuse[] {
	const near = [lines[at] ?? ''];
	for (let before = at - 1; before >= 0 && /^\t*(?:\/\*| \*|.*\*\/$)/.test(lines[before] ?? ''); before--) {
		// A comment behind another statement is about that.
		if (/[;{)]\s*\/\*/.test(lines[before] ?? '')) break;
		near.unshift(lines[before] ?? '');
	}
	const text = near.map((line) => line.trim().replace(/^\*(?!\/) ?/, '')).join(' ');
	const pattern = /not needed here(?: \(([^)]*)\))?: (.*?)\s*(?=\*\/|not needed here)/g;
	return [...text.matchAll(pattern)].map(([, scope = '', reason = '']) => {
		const words = scope === '' ? [] : scope.split(',').map((word) => word.trim());
		return {
			kinds: mutantKinds.filter((kind) => words.includes(kind)),
			kernels: words.filter((word) => word.startsWith('on ')).flatMap((word) => word.slice(3).split(' ')),
			reason: reason.replace(/\s+/g, ' '),
		};
	});
}

/** What the model says why a mutant does not matter on a kernel; empty when it says nothing. */
export function excuseFor({ excuses, kind }: Pick<Mutant, 'excuses' | 'kind'>, kernel: string): string {
	const fitting = excuses.find(
		({ kinds, kernels }) =>
			(kinds.length === 0 || kinds.includes(kind)) && (kernels.length === 0 || kernels.includes(kernel)),
	);
	return fitting?.reason ?? '';
}
