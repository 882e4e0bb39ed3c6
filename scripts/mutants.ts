/**
 * Takes one lock, unlock, flush, check or order at a time away from kernels that are right, and says which detector notices, with
 * which program. A mutant that nobody notices needs a reason in the model's text: a comment `not needed here: ...` at the line.
 *
 *     node scripts/mutants.ts                            all of them; exit status 1 when one survives without a reason
 *     node scripts/mutants.ts vmap-stale-tlb/block-owner one kernel
 *     node scripts/mutants.ts --write                    also writes the table to scenarios/MUTANTS.md
 */

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import type { CheckReport } from '../source/explore/check-job.ts';
import { checkMachine, unboundedSettings } from '../source/explore/check-target.ts';
import type { Program } from '../source/language/code.ts';
import { ModelError } from '../source/language/diagnostics.ts';
import type { Machine } from '../source/machine/machine.ts';
import { loadBundled } from '../source/scenario/bundled.ts';
import { expectedRows, unusualOptions } from '../source/scenario/expected.ts';
import type { Scenario, Selection } from '../source/scenario/scenario.ts';
import { buildMachine } from '../source/scenario/target.ts';
import { root } from './bundle.js';
import { type Mutant, mutantsOf } from './mutation.ts';

/** Kernels that are as they should be, at least where no verdict says otherwise. */
export const fixedKernels = [
	'vmap-stale-tlb/block-owner',
	'vmap-stale-tlb/retire-under-lock',
	'mremap-pageout/accepted',
	'fuse-write/fixed',
];

/** Texts that are not the kernel's: what watches it, and the programs that drive it. */
const notMutated = /-contract\.c$|^programs\.c$|\.h$/;

const bounds = { maxStates: 200_000, maxSeconds: 30 };

export interface Fate {
	readonly mutant: Omit<Mutant, 'text'>;
	/** `survived`, `absent` (this kernel does not have the line), `invalid` (does not compile), or what noticed it. */
	readonly end: 'killed' | 'survived' | 'absent' | 'invalid';
	/** `lock-misuse (mail)` */
	readonly by: string;
	/** Whether some search ended at a bound, so that a survivor may not be one. */
	readonly bounded: boolean;
}

interface Row {
	readonly selection: Selection;
	readonly name: string;
	/** What the kernel itself shows there: kind and function. */
	readonly known: ReadonlySet<string>;
}

/** A kernel and what can be found on it as it is. */
export class Kernel {
	readonly scenario: Scenario;
	readonly mutants: readonly Mutant[];
	readonly #rows: Row[];
	readonly #code: string;

	/** @param only programs to run; all that the table of expected verdicts speaks of by default */
	constructor(name: string, only: readonly string[] | null = null) {
		const [id = '', kernel = ''] = name.split('/');
		this.scenario = loadBundled(id);
		this.mutants = this.scenario.texts
			.filter(({ path }) => path.endsWith('.c') && !notMutated.test(path))
			.flatMap(({ path, text }) => mutantsOf(path, text));
		const compiled = new Map<string, Program>();
		const rows = expectedRows(this.scenario)
			.map(({ selection }) => selection)
			.filter((selection) => selection.kernel === kernel && (only?.includes(selection.program) ?? true));
		const searched = rows.map((selection) => {
			const report = search(buildMachine(this.scenario, selection, compiled).machine, true);
			const known = new Set(report.findings.filter(isViolation).map(keyOf));
			const name = [selection.program, ...unusualOptions(this.scenario, selection)].join(' ');
			return { row: { selection, name, known }, states: report.states };
		});
		// The cheap ones first.
		this.#rows = searched.sort((a, b) => a.states - b.states).map(({ row }) => row);
		this.#code = this.#codeOf(this.scenario);
	}

	#codeOf(scenario: Scenario): string {
		const [row] = this.#rows;
		if (row === undefined) throw new Error('the table of expected verdicts does not speak of this kernel');
		const { program } = buildMachine(scenario, row.selection, new Map()).machine;
		return JSON.stringify(program.functions);
	}

	/** Searches a mutant with one program after another until somebody notices. */
	fateOf(mutant: Mutant): Fate {
		const { text, ...rest } = mutant;
		const texts = this.scenario.texts.map((one) => (one.path === mutant.file ? { ...one, text } : one));
		const scenario = { ...this.scenario, texts };
		const fate = (end: Fate['end'], by = '', bounded = false): Fate => ({ mutant: rest, end, by, bounded });
		try {
			if (this.#codeOf(scenario) === this.#code) return fate('absent');
		} catch (error) {
			if (error instanceof ModelError) return fate('invalid');
			throw error;
		}
		const compiled = new Map<string, Program>();
		let bounded = false;
		for (const [index, row] of this.#rows.entries()) {
			const report = search(buildMachine(scenario, row.selection, compiled).machine, row.known.size > 0);
			const found = report.findings.filter(isViolation).find((finding) => !row.known.has(keyOf(finding)));
			const kind = report.problem === null ? found?.kind : 'the machine cannot go on';
			if (kind !== undefined) {
				// What notices one often notices the next.
				this.#rows.splice(index, 1);
				this.#rows.unshift(row);
				return fate('killed', `${kind} (${row.name})`);
			}
			if (!report.complete) bounded = true;
		}
		return fate('survived', '', bounded);
	}
}

function search(machine: Machine, allViolations: boolean): CheckReport {
	return checkMachine(machine, { ...unboundedSettings, ...bounds, allViolations, anyWay: true });
}

function isViolation({ severity }: CheckReport['findings'][number]): boolean {
	return severity === 'violation';
}

function keyOf({ kind, function: fn }: CheckReport['findings'][number]): string {
	return `${kind} ${fn}`;
}

/** The table of one kernel in Markdown. */
export function mutantTable(kernel: string, fates: readonly Fate[]): string {
	const real = fates.filter(({ end }) => end === 'killed' || end === 'survived');
	const killed = real.filter(({ end }) => end === 'killed').length;
	const rows = real.map(({ mutant, end, by, bounded }) => {
		const noticed =
			end === 'killed'
				? by
				: mutant.excuse === ''
					? `**SURVIVED**${bounded ? ' (bounded)' : ''}`
					: `not needed: ${mutant.excuse}`;
		const cells = [`${mutant.file}:${mutant.line}`, mutant.function, mutant.kind, `\`${mutant.what}\``, noticed];
		return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
	});
	return [
		`## ${kernel}`,
		'',
		`${real.length} mutants, ${killed} noticed, ${real.length - killed} not.`,
		'',
		'| Place | Function | Mutant | Of | Noticed by |',
		'|---|---|---|---|---|',
		...rows,
	].join('\n');
}

interface Task {
	readonly kernel: string;
	readonly index: number;
}

async function main(argv: readonly string[]): Promise<void> {
	const named = argv.filter((word) => !word.startsWith('--'));
	const kernels = named.length > 0 ? named : fixedKernels;
	const fates = new Map<string, Fate[]>(kernels.map((kernel) => [kernel, []]));
	for (const kernel of kernels) {
		const [id = ''] = kernel.split('/');
		const count = loadBundled(id)
			.texts.filter(({ path }) => path.endsWith('.c') && !notMutated.test(path))
			.reduce((sum, { path, text }) => sum + mutantsOf(path, text).length, 0);
		const results = await runTasks(Array.from({ length: count }, (_, index) => ({ kernel, index })));
		fates.set(kernel, results);
		process.stdout.write(`${mutantTable(kernel, results)}\n\n`);
	}
	const open = [...fates.values()].flat().filter(({ end, mutant }) => end === 'survived' && mutant.excuse === '');
	process.stdout.write(`${open.length} mutants survive without a reason\n`);
	if (argv.includes('--write')) {
		const tables = [...fates].map(([kernel, results]) => mutantTable(kernel, results));
		const page = `# Mutants\n\nWritten by scripts/mutants.ts: what notices when one thing is taken away from a kernel that is right.\n\n${tables.join('\n\n')}\n`;
		writeFileSync(join(root, 'scenarios', 'MUTANTS.md'), page);
	}
	process.exitCode = open.length > 0 ? 1 : 0;
}

/** Gives tasks to one worker a processor; results in the order of the tasks. */
async function runTasks(tasks: readonly Task[]): Promise<Fate[]> {
	const results: Fate[] = [];
	let next = 0;
	const work = (): Promise<void> =>
		new Promise((resolve, reject) => {
			const worker = new Worker(fileURLToPath(import.meta.url));
			const give = (): void => {
				const index = next++;
				if (tasks[index] === undefined) {
					void worker.terminate().then(() => resolve());
					return;
				}
				worker.once('message', (fate: Fate) => {
					results[index] = fate;
					if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${index + 1}/${tasks.length}`);
					give();
				});
				worker.postMessage(tasks[index]);
			};
			worker.on('error', reject);
			give();
		});
	await Promise.all(Array.from({ length: Math.min(tasks.length, availableParallelism()) }, work));
	if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
	return results;
}

function serve(): void {
	const kernels = new Map<string, Kernel>();
	parentPort?.on('message', ({ kernel, index }: Task) => {
		const known = kernels.get(kernel) ?? new Kernel(kernel);
		kernels.set(kernel, known);
		const mutant = known.mutants[index];
		if (mutant === undefined) throw new Error(`${kernel} has no mutant ${index}`);
		parentPort?.postMessage(known.fateOf(mutant));
	});
}

if (!isMainThread) serve();
else if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
