/** Texts -> scenario. Pure: recordings carry their texts and are read through here too. */

import { type Diagnostic, formatDiagnostics } from '../language/diagnostics.ts';
import { plainLine, plainText } from '../language/plain-text.ts';
import type { SourceFile } from '../language/position.ts';
import { didYouMean } from '../language/suggestion.ts';
import { expectedRows, rowCount, selectionKey } from './expected.ts';
import { diagnoseIssues } from './issues.ts';
import { libraryPrefix, pathObjection } from './paths.ts';
import {
	type ExpectedVerdict,
	type Scenario,
	ScenarioError,
	type ScenarioKernel,
	type ScenarioOption,
	type ScenarioProgram,
	type ScenarioSchedule,
} from './scenario.ts';
import { parseScheduleStep, ScheduleSyntaxError } from './schedule-syntax.ts';
import { limits, type ScenarioDocument, scenarioSchema } from './schema.ts';
import { type Path, readYaml, type YamlText } from './yaml-text.ts';

export const scenarioFileName = 'scenario.yaml';

/** Errors that one message lists; more help nobody. */
const maxErrors = 20;

/**
 * Makes a scenario of its texts.
 * @param id the folder's name
 * @param texts scenario.yaml, and the model C files that it and they name
 * @param available further files that are there, to suggest one when a name is wrong
 * @param known scenario.yaml as it has been read, which takes long
 * @throws {ScenarioError} with every mistake found, each with its place
 */
export function parseScenario(
	id: string,
	texts: readonly SourceFile[],
	available: readonly string[] = [],
	known?: YamlText,
): Scenario {
	const source = texts.find((text) => text.path === scenarioFileName);
	if (source === undefined) throw new ScenarioError(`there is no ${scenarioFileName}`);
	const yaml = known ?? readYaml(source);
	if (yaml.errors.length > 0) throw failure(yaml.errors, source);
	const parsed = scenarioSchema().safeParse(yaml.data);
	if (!parsed.success) throw failure(diagnoseIssues(parsed.error.issues, yaml), source);
	const errors: Diagnostic[] = [];
	const scenario = new Reading(parsed.data, yaml, errors).scenario(id, texts, available);
	if (errors.length > 0) throw failure(errors, source);
	return { ...scenario, texts: [source, ...texts.filter((text) => text !== source)] };
}

/** The model C files that a scenario.yaml lists; empty when it cannot be read (parseScenario then says why). */
export function listedFiles(yaml: YamlText): string[] {
	const files = yaml.valueAt(['files']);
	return Array.isArray(files) ? files.filter((file) => typeof file === 'string') : [];
}

/** A ScenarioError that points into scenario.yaml. */
export function failure(errors: readonly Diagnostic[], source: SourceFile): ScenarioError {
	const sorted = errors.toSorted((a, b) => a.position.line - b.position.line || a.position.column - b.position.column);
	const shown = sorted.slice(0, maxErrors).map((error) => ({
		...error,
		message: plainLine(error.message),
		...(error.advice === undefined ? {} : { advice: plainLine(error.advice) }),
	}));
	const rest = sorted.length > maxErrors ? `\n... and ${sorted.length - maxErrors} more` : '';
	return new ScenarioError(formatDiagnostics(shown, [source]) + rest);
}

/** Turns the checked document into a scenario, noting what its parts say wrongly about each other. */
class Reading {
	readonly #document: ScenarioDocument;
	readonly #yaml: YamlText;
	readonly #errors: Diagnostic[];

	constructor(document: ScenarioDocument, yaml: YamlText, errors: Diagnostic[]) {
		this.#document = document;
		this.#yaml = yaml;
		this.#errors = errors;
	}

	scenario(id: string, texts: readonly SourceFile[], available: readonly string[]): Omit<Scenario, 'texts'> {
		const document = this.#document;
		this.#checkFiles(texts, available);
		for (const list of ['options', 'kernels', 'programs', 'schedules'] as const) this.#checkUnique(list);
		if (document.kernels.some((kernel) => kernel.id === 'all')) {
			this.#complain(['kernels'], 'a kernel cannot be called "all": on the command line that means every kernel');
		}
		const options = this.#options();
		const kernels = document.kernels.map(kernelOf);
		const programs = this.#programs(options);
		const partial = { options, kernels, programs };
		const expected = this.#expected(partial);
		this.#checkOneVerdictARow({ ...partial, expected });
		return {
			id: plainLine(id),
			title: plainLine(document.title),
			summary: paragraph(document.summary),
			proves: paragraph(document.proves),
			source: {
				subject: plainLine(document.source?.subject ?? ''),
				author: plainLine(document.source?.author ?? ''),
				date: plainLine(document.source?.date ?? ''),
				messageId: plainLine(document.source?.['message-id'] ?? ''),
			},
			files: document.files,
			machine: {
				cpus: document.machine.cpus,
				frames: document.machine.frames ?? 8,
				tableSizes: document.machine['table-sizes'] ?? [12],
			},
			...partial,
			expected,
			schedules: this.#schedules(partial),
			muted: (document.muted ?? []).map(({ kind, reason }) => ({ kind, reason: paragraph(reason) })),
			panes: (document.panes ?? []).map(plainLine),
		};
	}

	#complain(path: Path, message: string, extra?: Parameters<YamlText['complain']>[2]): void {
		this.#errors.push(this.#yaml.complain(path, message, extra));
	}

	#checkFiles(texts: readonly SourceFile[], available: readonly string[]): void {
		const known = texts.map((text) => text.path);
		for (const [index, file] of this.#document.files.entries()) {
			const path: Path = ['files', index];
			const objection = pathObjection(file);
			if (objection !== null) this.#complain(path, `"${file}": ${objection}`);
			else if (!file.endsWith('.c')) {
				this.#complain(path, `"${file}" is not a .c file`, { advice: 'headers are taken in with #include' });
			} else if (!known.includes(file)) {
				const there = [...known, ...available].filter((name) => name.endsWith('.c'));
				const where = file.startsWith(libraryPrefix) ? 'in the model library' : 'in the scenario folder';
				this.#complain(path, `there is no file "${file}" ${where}${didYouMean(file, there)}`);
			}
			if (this.#document.files.indexOf(file) !== index) this.#complain(path, `"${file}" is listed twice`);
		}
	}

	#checkUnique(list: 'options' | 'kernels' | 'programs' | 'schedules'): void {
		const seen = new Set<string>();
		for (const [index, { id }] of (this.#document[list] ?? []).entries()) {
			if (seen.has(id)) this.#complain([list, index, 'id'], `there are two ${list} with the id "${id}"`);
			seen.add(id);
		}
	}

	#options(): ScenarioOption[] {
		return (this.#document.options ?? []).map((option, index) => {
			const path: Path = ['options', index];
			if (!option.values.includes(option.default)) {
				this.#complain([...path, 'default'], `the default "${option.default}" is not one of the values`, {
					advice: `values: ${option.values.join(', ')}`,
				});
			}
			for (const [place, value] of option.values.entries()) {
				const objection = valueObjection(option.machine ?? null, value);
				if (objection !== null) this.#complain([...path, 'values', place], objection);
			}
			if (option.define === undefined && option.machine === undefined) {
				this.#complain(path, `option "${option.id}" changes nothing`, {
					advice: 'give it "define: CONFIG_..." for the model, or "machine: rcu|fill|cpus|frames"',
				});
			}
			return {
				id: option.id,
				title: plainLine(option.title ?? option.id),
				values: option.values.map(plainLine),
				default: plainLine(option.default),
				define: option.define ?? null,
				machine: option.machine ?? null,
			};
		});
	}

	#programs(options: readonly ScenarioOption[]): ScenarioProgram[] {
		const cpus = Math.max(
			this.#document.machine.cpus,
			...options.filter((option) => option.machine === 'cpus').flatMap((option) => option.values.map(Number)),
		);
		return this.#document.programs.map((program, index) => {
			const path: Path = ['programs', index];
			if (program.cpus.length > cpus) {
				this.#complain(
					[...path, 'cpus'],
					`program "${program.id}" has ${program.cpus.length} CPUs, but the machine has ${cpus}`,
					{ key: true },
				);
			}
			return {
				id: program.id,
				title: plainLine(program.title ?? program.id),
				summary: paragraph(program.summary),
				setup: program.setup ?? null,
				cpus: program.cpus.map((cpu) => ({ name: plainLine(cpu.name ?? ''), entry: cpu.entry ?? null })),
				config: program.config ?? {},
				options: this.#values([...path, 'options'], program.options, options),
			};
		});
	}

	#values(
		path: Path,
		values: Record<string, string> | undefined,
		options: readonly ScenarioOption[],
	): Record<string, string> {
		for (const [id, value] of Object.entries(values ?? {})) {
			const option = options.find((one) => one.id === id);
			if (option === undefined) {
				const ids = options.map((one) => one.id);
				this.#complain([...path, id], `there is no option "${id}"${didYouMean(id, ids)}`, {
					key: true,
					...(ids.length > 0 ? { advice: `options: ${ids.join(', ')}` } : {}),
				});
			} else if (!option.values.includes(value)) {
				this.#complain([...path, id], `option "${id}" cannot be "${value}"${didYouMean(value, option.values)}`, {
					advice: `values: ${option.values.join(', ')}`,
				});
			}
		}
		return { ...values };
	}

	#ids(path: Path, ids: 'all' | readonly string[] | undefined, what: string, of: readonly { id: string }[]): string[] {
		const valid = of.map((one) => one.id);
		if (ids === undefined || ids === 'all') return valid;
		for (const [index, id] of ids.entries()) {
			if (valid.includes(id)) continue;
			this.#complain([...path, index], `there is no ${what} "${id}"${didYouMean(id, valid)}`, {
				advice: `${what}s: ${valid.join(', ')}`,
			});
		}
		return [...ids];
	}

	#expected(scenario: Pick<Scenario, 'kernels' | 'programs' | 'options'>): ExpectedVerdict[] {
		return (this.#document.expected ?? []).map((row, index) => {
			const path: Path = ['expected', index];
			const several = Object.entries(row.options ?? {}).filter(
				([id, value]) => typeof value !== 'string' || (value === 'all' && !isValue(scenario.options, id, value)),
			);
			const across = several.map(([id, value]): [string, string[]] => {
				const known = scenario.options.find((option) => option.id === id)?.values ?? [];
				const values = typeof value === 'string' ? [...known] : [...new Set(value)];
				for (const one of values) this.#values([...path, 'options'], { [id]: one }, scenario.options);
				if (values.length === 0) this.#values([...path, 'options'], { [id]: 'all' }, scenario.options);
				return [id, values];
			});
			const single = Object.entries(row.options ?? {}).flatMap(([id, value]): [string, string][] =>
				typeof value === 'string' && !across.some(([other]) => other === id) ? [[id, value]] : [],
			);
			return {
				kernels: this.#ids([...path, 'kernels'], row.kernels, 'kernel', scenario.kernels),
				programs: this.#ids([...path, 'programs'], row.programs, 'program', scenario.programs),
				options: this.#values([...path, 'options'], Object.fromEntries(single), scenario.options),
				across: Object.fromEntries(across),
				kinds: row.kinds,
				reason: paragraph(row.reason),
				known: row.known ?? 'open',
			};
		});
	}

	/** Two entries about one row would each be wrong where the other is right. */
	#checkOneVerdictARow(scenario: Pick<Scenario, 'kernels' | 'programs' | 'options' | 'expected'>): void {
		const count = scenario.expected.reduce((sum, entry) => sum + rowCount(entry), 0);
		if (count > limits.rows) {
			this.#complain(['expected'], `the table covers ${count} rows; there may be at most ${limits.rows}`, {
				key: true,
			});
			return;
		}
		const seen = new Map<string, number>();
		const complained = new Set<number>();
		for (const { selection, index } of expectedRows(scenario)) {
			const key = selectionKey(selection);
			const before = seen.get(key);
			if (before === undefined) {
				seen.set(key, index);
			} else if (!complained.has(index)) {
				complained.add(index);
				const line = this.#yaml.complain(['expected', before], '').position.line;
				const where = before === index ? 'twice here' : `already by the entry at line ${line}`;
				this.#complain(
					['expected', index],
					`kernel "${selection.kernel}" with program "${selection.program}" and these options is covered ${where}`,
					{ advice: 'a row has one verdict; an entry with other option values is another row' },
				);
			}
		}
	}

	#schedules(scenario: Pick<Scenario, 'kernels' | 'programs' | 'options'>): ScenarioSchedule[] {
		return (this.#document.schedules ?? []).map((schedule, index) => {
			const path: Path = ['schedules', index];
			const program = schedule.program ?? scenario.programs[0]?.id ?? '';
			if (schedule.program !== undefined) {
				const valid = scenario.programs.map((one) => one.id);
				if (!valid.includes(program)) {
					this.#complain([...path, 'program'], `there is no program "${program}"${didYouMean(program, valid)}`, {
						advice: `programs: ${valid.join(', ')}`,
					});
				}
			}
			const kernels = this.#ids([...path, 'kernels'], schedule.kernels, 'kernel', scenario.kernels);
			if (kernels.length === 0) this.#complain([...path, 'kernels'], 'a schedule needs a kernel to run on');
			return {
				id: schedule.id,
				title: plainLine(schedule.title ?? schedule.id),
				summary: paragraph(schedule.summary),
				kernels,
				program,
				options: this.#values([...path, 'options'], schedule.options, scenario.options),
				entries: schedule.steps.flatMap((entry, place) => {
					const written = typeof entry === 'string' ? { step: entry } : entry;
					const at: Path = [...path, 'steps', place, ...(typeof entry === 'string' ? [] : ['step'])];
					try {
						const step = parseScheduleStep(written.step);
						this.#checkActor(at, step.actor);
						return [
							{
								text: plainLine(written.step),
								step,
								note: paragraph(written.note),
								mark: plainLine(written.mark ?? ''),
							},
						];
					} catch (error) {
						if (!(error instanceof ScheduleSyntaxError)) throw error;
						this.#complain(at, error.message, { offset: error.offset, length: error.length });
						return [];
					}
				}),
			};
		});
	}

	#checkActor(path: Path, actor: string): void {
		const cpus = Math.max(
			this.#document.machine.cpus,
			...(this.#document.options ?? [])
				.filter((option) => option.machine === 'cpus')
				.flatMap((option) => option.values.map(Number)),
		);
		const number = /\d+$/.exec(actor)?.[0];
		if (number !== undefined && Number(number) >= cpus) {
			this.#complain(
				path,
				`there is no ${actor}: the machine has ${cpus} CPU${cpus === 1 ? '' : 's'}, counted from 0`,
				{
					offset: 0,
					length: actor.length,
				},
			);
		}
	}
}

function isValue(options: readonly ScenarioOption[], id: string, value: string): boolean {
	return options.some((option) => option.id === id && option.values.includes(value));
}

function kernelOf(kernel: ScenarioDocument['kernels'][number]): ScenarioKernel {
	return {
		id: kernel.id,
		title: plainLine(kernel.title ?? kernel.id),
		summary: paragraph(kernel.summary),
		config: kernel.config ?? {},
	};
}

function paragraph(text: string | undefined): string {
	return plainText(text ?? '').trim();
}

function valueObjection(setting: ScenarioOption['machine'], value: string): string | null {
	switch (setting) {
		case 'rcu':
			return value === 'preemptible' || value === 'classic' ? null : 'RCU is "preemptible" or "classic"';
		case 'fill':
			return value === 'explicit' || value === 'speculative' ? null : 'a TLB fill is "explicit" or "speculative"';
		case 'cpus':
			return /^([1-9]|1[0-6])$/.test(value) ? null : 'a machine has 1 to 16 CPUs';
		case 'frames':
			return /^\d{1,4}$/.test(value) && Number(value) <= 4096 ? null : 'a machine has 0 to 4096 frames';
		case null:
			return null;
	}
}
