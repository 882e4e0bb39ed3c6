/**
 * Takes one lock, flush, check, mark or order at a time away from fixed kernels, and says which detector notices, with which
 * program. Fixed are the kernels of which their scenarios expect that nothing goes wrong in any row, and those that
 * scenarios/MUTANTS.md has a section of besides. A mutant that nobody notices needs a reason in the model's text: a comment
 * `not needed here: ...` at the line, or `not needed here (swapped, on v6-1): ...` for some mutants or kernels only.
 *
 *     node scripts/mutants.ts                            every fixed kernel; exit status 1 when one survives without a reason
 *     node scripts/mutants.ts spf-munmap                 those of one scenario
 *     node scripts/mutants.ts fuse-write/fixed           one kernel, whatever its verdicts: what it shows by itself does not count
 *     node scripts/mutants.ts --open ...                 prints only what survives without a reason
 *     node scripts/mutants.ts --function vb_free ...     only mutants of one function
 *     node scripts/mutants.ts --write ...                also replaces these kernels' sections of scenarios/MUTANTS.md
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { bundledIds, loadBundled } from '../source/scenario/bundled.ts';
import type { Scenario, Selection } from '../source/scenario/scenario.ts';
import { Compilation } from '../source/scenario/target.ts';
import { root } from './bundle.js';
import {
	type Fate,
	fateOf,
	fixedKernels,
	measureRow,
	type Row,
	type Rows,
	rowsToSearch,
	scenarioMutants,
	selectionsOf,
} from './mutant-search.ts';
import { isOpen, mutantSection, type Outcome, sectionNames, withSections } from './mutant-table.ts';

/** What a worker is asked, and what it answers. */
type Task =
	| { readonly do: 'measure'; readonly scenario: string; readonly selection: Selection }
	| { readonly do: 'mutate'; readonly scenario: string; readonly kernel: string; readonly index: number }
	/** For every worker: the rows of the kernel whose mutants come next. No answer. */
	| { readonly do: 'rows'; readonly rows: Rows };

async function main(): Promise<number> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { write: { type: 'boolean' }, open: { type: 'boolean' }, function: { type: 'string' } },
	});
	const fixed = tableOrder(existsSync(page) ? readFileSync(page, 'utf8') : '');
	const chosen =
		positionals.length === 0
			? fixed
			: positionals.flatMap((word) =>
					word.includes('/') ? [word] : fixed.filter((name) => name.startsWith(`${word}/`)),
				);
	if (values.write === true && values.function !== undefined) throw new Error('--write needs all functions');
	const pool = new Pool();
	const sections = new Map<string, string>();
	let open = 0;
	for (const name of chosen) {
		const outcomes = await outcomesOf(pool, name, values.function ?? null);
		const [, kernel = ''] = name.split('/');
		const unexplained = outcomes.filter((outcome) => isOpen(kernel, outcome));
		open += unexplained.length;
		process.stdout.write(`${mutantSection(name, values.open === true ? unexplained : outcomes)}\n`);
		sections.set(name, mutantSection(name, outcomes));
		if (values.write === true) writeSections(sections, chosen);
	}
	pool.close();
	process.stdout.write(`${open} mutants survive without a reason\n`);
	return open > 0 ? 1 : 0;
}

const page = join(root, 'scenarios', 'MUTANTS.md');

/** The fixed kernels, those of the page and some more, as `scenario/kernel`, scenario by scenario. */
function tableOrder(text: string, more: readonly string[] = []): string[] {
	const named = new Set([...sectionNames(text), ...more]);
	return bundledIds().flatMap((id) => {
		const scenario = loadBundled(id);
		const fixed = fixedKernels(scenario);
		const kernels = scenario.kernels.map((kernel) => kernel.id);
		return kernels
			.map((kernel) => `${id}/${kernel}`)
			.filter((name, at) => fixed.includes(kernels[at] ?? '') || named.has(name));
	});
}

function writeSections(sections: ReadonlyMap<string, string>, chosen: readonly string[]): void {
	const text = existsSync(page) ? readFileSync(page, 'utf8') : '';
	writeFileSync(page, withSections(text, sections, tableOrder(text, chosen)));
}

async function outcomesOf(pool: Pool, name: string, only: string | null): Promise<Outcome[]> {
	const [id = '', kernel = ''] = name.split('/');
	const scenario = loadBundled(id);
	const selections = selectionsOf(scenario, kernel);
	if (selections.length === 0) throw new Error(`no expected verdict speaks of ${name}`);
	const measured = await pool.run<Row>(selections.map((selection) => ({ do: 'measure', scenario: id, selection })));
	pool.tell({ do: 'rows', rows: rowsToSearch(measured) });
	const mutants = scenarioMutants(scenario)
		.map((mutant, index) => ({ mutant, index }))
		.filter(({ mutant }) => only === null || mutant.function === only);
	const fates = await pool.run<Fate>(mutants.map(({ index }) => ({ do: 'mutate', scenario: id, kernel, index })));
	return mutants.flatMap(({ mutant: { text, ...mutant } }, at) => {
		const fate = fates[at];
		return fate === undefined ? [] : { mutant, fate };
	});
}

/** One worker a processor. */
class Pool {
	readonly #workers = Array.from({ length: availableParallelism() }, () => new Worker(fileURLToPath(import.meta.url)));

	tell(task: Task): void {
		for (const worker of this.#workers) worker.postMessage(task);
	}

	/** Answers in the order of the tasks. */
	async run<Answer>(tasks: readonly Task[]): Promise<Answer[]> {
		const answers: Answer[] = [];
		let next = 0;
		const serve = async (worker: Worker): Promise<void> => {
			for (let index = next++; index < tasks.length; index = next++) {
				answers[index] = await ask<Answer>(worker, tasks[index]);
				if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${index + 1}/${tasks.length}`);
			}
		};
		await Promise.all(this.#workers.map(serve));
		if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
		return answers;
	}

	close(): void {
		for (const worker of this.#workers) void worker.terminate();
	}
}

function ask<Answer>(worker: Worker, task: Task | undefined): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const done = (): void => {
			worker.off('message', answer);
			worker.off('error', fail);
		};
		const answer = (message: Answer): void => {
			done();
			resolve(message);
		};
		const fail = (error: Error): void => {
			done();
			reject(error);
		};
		worker.on('message', answer);
		worker.on('error', fail);
		worker.postMessage(task);
	});
}

function serve(): void {
	const scenarios = new Map<
		string,
		{ scenario: Scenario; compiled: Compilation; mutants: ReturnType<typeof scenarioMutants> }
	>();
	let rows: Rows = { first: [], others: [] };
	const load = (id: string) => {
		const known = scenarios.get(id);
		if (known !== undefined) return known;
		const scenario = loadBundled(id);
		const fresh = { scenario, compiled: new Compilation(scenario), mutants: scenarioMutants(scenario) };
		scenarios.set(id, fresh);
		return fresh;
	};
	parentPort?.on('message', (task: Task) => {
		switch (task.do) {
			case 'rows':
				rows = task.rows;
				return;
			case 'measure': {
				const { scenario, compiled } = load(task.scenario);
				parentPort?.postMessage(measureRow(scenario, task.selection, compiled));
				return;
			}
			case 'mutate': {
				const { scenario, mutants } = load(task.scenario);
				const mutant = mutants[task.index];
				if (mutant === undefined) throw new Error(`${task.scenario} has no mutant ${task.index}`);
				parentPort?.postMessage(fateOf(scenario, rows, mutant));
				return;
			}
		}
	});
}

if (!isMainThread) serve();
else if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main();
