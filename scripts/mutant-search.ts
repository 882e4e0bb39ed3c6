/** Searching mutants of a kernel: which program, with which values of the options, shows that something is gone. */

import type { CheckReport } from '../source/explore/check-job.ts';
import { checkMachine, unboundedSettings } from '../source/explore/check-target.ts';
import type { FunctionCode, Instruction, Program } from '../source/language/code.ts';
import { contentHash } from '../source/language/content-hash.ts';
import { ModelError } from '../source/language/diagnostics.ts';
import type { Machine } from '../source/machine/machine.ts';
import { isVisible } from '../source/machine/visibility.ts';
import { expectedRows, unusualOptions } from '../source/scenario/expected.ts';
import type { Scenario, Selection } from '../source/scenario/scenario.ts';
import { buildTarget, Compilation } from '../source/scenario/target.ts';
import { excuseFor, type Mutant, markedMacros, mutantsOf } from './mutation.ts';

/** Texts that are not the kernel's: what watches it, and the programs that drive it. Of headers it is the functions that count. */
const notMutated = /-contract\.c$|^programs\.c$/;

/** Of one search; what exceeds them is said to be bounded. */
const bounds = { maxStates: 150_000, maxSeconds: 20 };

/** A row of a kernel's expected verdicts, and what there is to know of the kernel as it is. Plain data. */
export interface Row {
	readonly selection: Selection;
	readonly name: string;
	readonly states: number;
	/** What the kernel itself shows there. */
	readonly known: ReadonlySet<string>;
	readonly hasViolation: boolean;
	/** Places of accesses that race there, as far as reports have them: `path:line`. */
	readonly racing: ReadonlySet<string>;
	/** Lines that have code with this row's configuration, and those that some CPU comes by: `path:line`. */
	readonly compiled: ReadonlySet<string>;
	readonly reached: ReadonlySet<string>;
	/** Functions that some CPU comes by. */
	readonly entered: ReadonlySet<string>;
	/** Of the code. */
	readonly hash: string;
}

/**
 * - `killed`: a detector fires that does not on the kernel as it is.
 * - `survived`: none does; `unreached` when no program comes by.
 * - `absent`: this kernel does not have the line, or does not use that function of the library, or the mutant is the same code, or nobody can tell it from the kernel, see `races`.
 * - `invalid`: it does not compile.
 */
export interface Fate {
	readonly end: 'killed' | 'survived' | 'unreached' | 'absent' | 'invalid';
	/** The detector and the row, `lock-misuse (mail)`. */
	readonly by: string;
	/** Whether a search ended at a bound, so that a survivor may not be one. */
	readonly bounded: boolean;
}

/** Mutants of every text of a scenario that is the kernel's, in order. */
export function scenarioMutants({ texts }: Pick<Scenario, 'texts'>): Mutant[] {
	const kernel = texts.filter(({ path }) => /\.[ch]$/.test(path) && !notMutated.test(path));
	const marked = markedMacros(texts.filter(({ path }) => path.endsWith('.h')).map(({ text }) => text));
	return kernel.flatMap(({ path, text }) => mutantsOf(path, text, marked));
}

/** The kernels all of whose expected rows say that nothing goes wrong. */
export function fixedKernels({ kernels, expected }: Pick<Scenario, 'kernels' | 'expected'>): string[] {
	return kernels
		.map(({ id }) => id)
		.filter((id) => {
			const own = expected.filter((entry) => entry.kernels.includes(id));
			return own.length > 0 && own.every(({ kinds }) => kinds.length === 0);
		});
}

/** The selections that the table of expected verdicts has for a kernel. */
export function selectionsOf(scenario: Scenario, kernel: string): Selection[] {
	const rows = expectedRows(scenario).map(({ selection }) => selection);
	return rows.filter((selection) => selection.kernel === kernel);
}

/** Searches a kernel as it is with one row. */
export function measureRow(scenario: Scenario, selection: Selection, compiled: Compilation): Row {
	const { machine } = buildTarget(scenario, selection, compiled);
	const reached = new Set<string>();
	const entered = new Set<string>();
	const report = search(watched(machine, reached, entered), true);
	return {
		selection,
		name: [selection.program, ...unusualOptions(scenario, selection)].join(' '),
		states: report.states,
		known: new Set(report.findings.map((finding) => keyOf(finding, lineIn(scenario, null)))),
		racing: new Set(report.findings.filter(({ kind }) => kind === 'data-race').flatMap(placesOf)),
		hasViolation: report.findings.some(({ severity }) => severity === 'violation'),
		compiled: new Set(
			machine.program.functions.flatMap((fn) => fn.lines.map((line) => placeOf(machine.program, line))),
		),
		reached,
		entered,
		hash: codeHash(machine.program),
	};
}

export interface Rows {
	/** Reordered: what noticed a mutant comes first. */
	readonly first: Row[];
	readonly others: readonly Row[];
}

/**
 * The rows with which mutants are searched, the cheap ones first. Of rows of one program that come by the same lines only the
 * cheapest is `first`; the others are for mutants that these do not notice, and for which the model gives no reason.
 */
export function rowsToSearch(rows: readonly Row[]): Rows {
	const cheapFirst = [...rows].sort((a, b) => a.states - b.states);
	const groups = Map.groupBy(cheapFirst, ({ selection, reached }) =>
		[selection.program, ...[...reached].sort()].join(' '),
	);
	const cheapest = new Set([...groups.values()].flatMap(([row]) => row ?? []));
	return { first: [...cheapest], others: cheapFirst.filter((row) => !cheapest.has(row)) };
}

/** Where a report stands, and what it names in parentheses, as `path:line`. */
function placesOf({ file, line, details }: CheckReport['findings'][number]): string[] {
	const named = (details ?? []).flatMap((text) =>
		[...text.matchAll(/\(([^()\s]+:\d+)\)/g)].map(([, place = '']) => place),
	);
	return [`${file}:${line}`, ...named];
}

/** The machine, with notes of every line, and every function, of which an instruction is fetched. */
function watched(machine: Machine, reached: Set<string>, entered: Set<string>): Machine {
	const { program } = machine;
	const functions = program.functions.map((fn): FunctionCode => {
		const code = new Proxy(fn.code, {
			get(target: readonly Instruction[], property, receiver: unknown): unknown {
				const value: unknown = Reflect.get(target, property, receiver === null ? undefined : target);
				// Whoever goes over all instructions does not run them.
				if (typeof value === 'function') return value.bind(target);
				const line = typeof property === 'string' ? fn.lines[Number(property)] : undefined;
				if (line !== undefined) {
					reached.add(placeOf(program, line));
					entered.add(fn.name);
				}
				return value;
			},
		});
		return { ...fn, code };
	});
	return { ...machine, program: { ...program, functions } };
}

function placeOf({ files }: Program, { file, line }: { readonly file: number; readonly line: number }): string {
	return `${files[file]?.path ?? '?'}:${line}`;
}

/**
 * Whether a mutant is two neighbours that have changed places, and all that they do is computing and plain accesses that do not race
 * on the kernel as it is. Nobody can come between two such neighbours and see one of them done and the other not: whoever sees
 * either is ordered, by a lock or a publication, after both or before both.
 */
function isPlainSwap(program: Program, mutant: Mutant, { racing }: Row): boolean {
	if (mutant.kind !== 'swapped') return false;
	const places = new Set(mutant.lines.map((line) => `${mutant.file}:${line}`));
	if ([...places].some((place) => racing.has(place))) return false;
	const own = (fn: FunctionCode): Instruction[] =>
		fn.code.filter((_, index) => {
			const line = fn.lines[index];
			return line !== undefined && places.has(placeOf(program, line));
		});
	return program.functions.flatMap(own).every((instruction) => isPlain(program, instruction, []));
}

function isPlain(program: Program, instruction: Instruction, callers: readonly number[]): boolean {
	if (isMoreThanAccess(instruction)) return false;
	if (instruction.op === 'load' || instruction.op === 'store') return instruction.access === 'plain';
	if (instruction.op !== 'call' || callers.includes(instruction.function)) return true;
	const { code } = program.functions[instruction.function] ?? { code: [] };
	return code.every((inner) => isPlain(program, inner, [...callers, instruction.function]));
}

/** Whether an instruction orders or changes what others see and is no access, or runs what is not known here. */
function isMoreThanAccess(instruction: Instruction): boolean {
	switch (instruction.op) {
		case 'primitive':
			return isVisible(instruction);
		case 'callPointer':
		case 'fence':
		case 'atomicBegin':
		case 'awaitBegin':
			return true;
		default:
			return false;
	}
}

/** The machine with the accesses at some lines, and in what is called there, unmarked. */
function unmarkedAt(machine: Machine, places: ReadonlySet<string>): Machine | null {
	const { program } = machine;
	const isAt = (fn: FunctionCode, index: number): boolean => {
		const line = fn.lines[index];
		return line !== undefined && places.has(placeOf(program, line));
	};
	const called = new Set<number>();
	const follow = (code: readonly Instruction[]): boolean =>
		code.every((instruction) => {
			if (isMoreThanAccess(instruction)) return false;
			if (instruction.op === 'load' || instruction.op === 'store') {
				return instruction.access === 'plain' || instruction.access === 'once';
			}
			if (instruction.op !== 'call' || called.has(instruction.function)) return true;
			called.add(instruction.function);
			return follow(program.functions[instruction.function]?.code ?? []);
		});
	if (!program.functions.every((fn) => follow(fn.code.filter((_, index) => isAt(fn, index))))) return null;
	const functions = program.functions.map((fn, number): FunctionCode => {
		const code = fn.code.map((instruction, index): Instruction => {
			if (instruction.op !== 'load' && instruction.op !== 'store') return instruction;
			return called.has(number) || isAt(fn, index) ? { ...instruction, access: 'plain' } : instruction;
		});
		return { ...fn, code };
	});
	return { ...machine, program: { ...program, functions } };
}

/** The same for two programs that differ only in calls of functions that this configuration leaves empty. */
function codeHash({ functions }: Program): string {
	return contentHash({ code: functions.map((fn) => [fn.name, withoutIdleCalls(functions, fn)]) });
}

function withoutIdleCalls(functions: readonly FunctionCode[], { code }: FunctionCode): Instruction[] {
	const isIdle = (instruction: Instruction): boolean =>
		instruction.op === 'call' &&
		instruction.result === null &&
		(functions[instruction.function]?.code ?? []).every(({ op }) => op === 'return');
	// Where each instruction is when the idle ones are gone, for jumps.
	const places: number[] = [];
	let place = 0;
	for (const instruction of code) {
		places.push(place);
		if (!isIdle(instruction)) place++;
	}
	return code.flatMap((instruction) => {
		if (isIdle(instruction)) return [];
		if (instruction.op !== 'jump' && instruction.op !== 'branch') return instruction;
		return { ...instruction, target: places[instruction.target] ?? place };
	});
}

/** Searches a mutant with one row after another until a detector fires. */
export function fateOf(scenario: Scenario, { first, others }: Rows, mutant: Mutant): Fate {
	const kernel = first[0]?.selection.kernel ?? '';
	const excuse = excuseFor(mutant, kernel);
	const rows = excuse === '' ? [...first, ...others] : [...first];
	const places = mutant.lines.map((line) => `${mutant.file}:${line}`);
	const hasAny = (known: ReadonlySet<string>): boolean => places.some((place) => known.has(place));
	if (!rows.some((row) => hasAny(row.compiled))) return { end: 'absent', by: '', bounded: false };
	const isUnused = mutant.file.endsWith('.h') && !rows.some(({ entered }) => entered.has(mutant.function));
	if (isUnused) return { end: 'absent', by: '', bounded: false };
	const texts = scenario.texts.map((one) => (one.path === mutant.file ? { ...one, text: mutant.text } : one));
	// Schedules name lines, and one of them may be gone.
	const changed = { ...scenario, texts, schedules: [] };
	const compiled = new Compilation(changed);
	let end: Fate['end'] = rows.some((row) => hasAny(row.reached)) ? 'absent' : 'unreached';
	let bounded = false;
	for (const [index, row] of rows.entries()) {
		if (!hasAny(row.reached)) continue;
		let machine: Machine;
		try {
			machine = buildTarget(changed, row.selection, compiled).machine;
		} catch (error) {
			if (error instanceof ModelError) return { end: 'invalid', by: '', bounded: false };
			throw error;
		}
		if (codeHash(machine.program) === row.hash || isPlainSwap(machine.program, mutant, row)) continue;
		end = 'survived';
		const report = search(machine, row.hasViolation);
		const by = noticed(report, row, lineIn(scenario, mutant));
		if (by !== null) {
			if (index < first.length) first.unshift(...first.splice(index, 1));
			return { end: 'killed', by: `${by} (${row.name})`, bounded: false };
		}
		if (!report.complete) bounded = true;
	}
	const isEqual = end === 'survived' && !bounded && excuse === '' && races(scenario, rows, mutant) === 'no';
	return { end: isEqual ? 'absent' : end, by: '', bounded };
}

/**
 * Whether accesses at the lines of a mutant race, all of them plain. If they do not, a mark that is missing is no mutant: the
 * compiler may do with them what it likes. Nor are two that have changed places, and that no detector has noticed: whoever sees
 * either is ordered, by a lock or a publication, after both or before both. Locks, barriers and orders of their own (`smp_`, `rcu_`) are
 * more than accesses.
 */
function races(scenario: Scenario, rows: readonly Row[], mutant: Mutant): 'yes' | 'no' | 'more than accesses' {
	if (mutant.kind !== 'swapped' && mutant.kind !== 'unmarked') return 'more than accesses';
	const places = new Set(mutant.lines.map((line) => `${mutant.file}:${line}`));
	const compiled = new Compilation(scenario);
	for (const row of rows) {
		if (![...places].some((place) => row.reached.has(place))) continue;
		const plain = unmarkedAt(buildTarget(scenario, row.selection, compiled).machine, places);
		if (plain === null) return 'more than accesses';
		const report = search(plain, row.hasViolation);
		if (!report.complete || noticed(report, row, lineIn(scenario, null)) !== null) return 'yes';
	}
	return 'no';
}

/** What a report has that the kernel as it is has not: a violation, else a warning. */
function noticed({ findings, problem }: CheckReport, { known }: Row, lineOf: LineOf): string | null {
	if (problem !== null) return 'the machine cannot go on';
	const fresh = findings.filter((finding) => finding.severity !== 'note' && !known.has(keyOf(finding, lineOf)));
	const violation = fresh.find(({ severity }) => severity === 'violation');
	if (violation !== undefined) return violation.kind;
	const [warning] = fresh;
	if (warning === undefined) return null;
	return isDetectors(warning) ? warning.kind : `warning ${warning.kind}`;
}

type Finding = CheckReport['findings'][number];
type LineOf = (file: string, line: number) => string;

/** Warnings of the tool's own detectors, which have no other severity. */
function isDetectors({ kind }: Finding): boolean {
	return kind === 'data-race' || kind === 'lock-order';
}

/**
 * Findings of a mutant and of the kernel with the same key are the same. Races are told apart by the text of their first access. A
 * condition of the model may become false one op earlier or later without anything new, so its kind is all that counts.
 */
function keyOf({ kind, severity, function: fn, file, line, title }: Finding, lineOf: LineOf): string {
	if (kind === 'data-race') return `${kind}|${fn}|${lineOf(file, line)}`;
	if (kind === 'lock-order') return `${kind}|${title}`;
	return severity === 'violation' ? `${kind}|${fn}` : `${severity}|${kind}`;
}

/** What the kernel itself has at a line of the mutant. */
function lineIn({ texts }: Scenario, mutant: Mutant | null): LineOf {
	return (file, line) => {
		const lines = texts.find(({ path }) => path === file)?.text.split('\n') ?? [];
		if (mutant?.kind !== 'swapped' || mutant.file !== file || !mutant.lines.includes(line)) {
			return (lines[line - 1] ?? '').trim();
		}
		return (mutant.text.split('\n')[line - 1] ?? '').trim();
	};
}

function search(machine: Machine, allViolations: boolean): CheckReport {
	return checkMachine(machine, { ...unboundedSettings, ...bounds, allViolations, anyWay: 'always' });
}
