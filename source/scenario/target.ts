/** A scenario and a selection -> a machine ready to step. */

import type { FunctionCode, Program } from '../language/code.ts';
import { compileModel } from '../language/compile.ts';
import { contentHash } from '../language/content-hash.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import { didYouMean } from '../language/suggestion.ts';
import { UnitReader } from '../language/unit-reader.ts';
import type { Machine, MachineConfiguration } from '../machine/machine.ts';
import { type KeptResults, keepProgram, keptProgram } from './kept-results.ts';
import { failure, scenarioFileName } from './parse-scenario.ts';
import {
	type Scenario,
	ScenarioError,
	type ScenarioOption,
	type ScenarioProgram,
	type Selection,
	type Target,
} from './scenario.ts';
import { type Path, readYaml, type YamlText } from './yaml-text.ts';

export { libraryFolder } from './bundled.ts';

/** What the user named; what is left out has its default. */
export interface PartialSelection {
	readonly kernel?: string | undefined;
	readonly program?: string | undefined;
	readonly options?: Readonly<Record<string, string>> | undefined;
	/** A schedule of the scenario whose kernel, program and options are the defaults instead. */
	readonly schedule?: string | undefined;
}

const bounds = {
	pageSize: 4096,
	memoryModel: 'sc',
	maxInstructions: 200_000,
	maxStackDepth: 64,
	maxObjects: 2000,
} as const satisfies Partial<MachineConfiguration>;

/**
 * Fills in what the user left out. Options: what the user set, else what the schedule says, else the program, else the option's
 * default.
 * @throws {ScenarioError} for an id or value that the scenario does not have, with the ones it has
 */
export function resolveSelection(scenario: Scenario, selection: PartialSelection): Selection {
	const schedule =
		selection.schedule === undefined ? null : pick(scenario.schedules, selection.schedule, 'schedule', scenario.id);
	const kernel = pick(scenario.kernels, selection.kernel ?? schedule?.kernels[0], 'kernel', scenario.id);
	const program = pick(scenario.programs, selection.program ?? schedule?.program, 'program', scenario.id);
	for (const [id, value] of Object.entries(selection.options ?? {})) {
		const option = pick(scenario.options, id, 'option', scenario.id);
		if (!option.values.includes(value)) {
			throw new ScenarioError(
				`option "${id}" of ${scenario.id} cannot be "${value}"${didYouMean(value, option.values)}\nvalues: ${option.values.join(', ')}`,
			);
		}
	}
	const chosen = { ...program.options, ...schedule?.options, ...selection.options };
	const options = Object.fromEntries(
		scenario.options.map((option) => [option.id, chosen[option.id] ?? option.default]),
	);
	return { kernel: kernel.id, program: program.id, options };
}

function pick<T extends { readonly id: string }>(
	list: readonly T[],
	id: string | undefined,
	what: string,
	scenario: string,
): T {
	const found = id === undefined ? list[0] : list.find((one) => one.id === id);
	if (found !== undefined) return found;
	const ids = list.map((one) => one.id);
	throw new ScenarioError(
		`${scenario} has no ${what} "${id}"${didYouMean(id ?? '', ids)}\n${ids.length === 0 ? `it has no ${what}s` : `${what}s: ${ids.join(', ')}`}`,
	);
}

/**
 * Compiles a scenario on one kernel.
 * @param compilation of that scenario, to use again what it has compiled
 * @throws {ScenarioError} for a selection that does not exist, or functions that scenario.yaml names and the model does not have
 * @throws {ModelError} for model C that does not compile
 */
export function buildTarget(
	scenario: Scenario,
	selection: PartialSelection,
	compilation: Compilation = compilationOf(scenario),
): Target {
	const full = resolveSelection(scenario, selection);
	const kernel = pick(scenario.kernels, full.kernel, 'kernel', scenario.id);
	const program = pick(scenario.programs, full.program, 'program', scenario.id);
	const configuration = configure(scenario, program, full.options);
	const config = {
		...geometry(configuration),
		...symbols(kernel.config),
		...symbols(program.config),
		...optionSymbols(scenario.options, full.options),
	};
	const code = compilation.program(config);
	checkNames(scenario, full, program, code);
	const machine: Machine = {
		program: code,
		configuration,
		setup: program.setup,
		entries: Array.from({ length: configuration.cpus }, (_, cpu) => program.cpus[cpu]?.entry ?? null),
		mutedKinds: scenario.muted.map((muted) => muted.kind),
	};
	return { scenario, selection: full, machine };
}

const codeHashes = new WeakMap<Machine, string>();

/** Hash of the compiled code and the machine settings, 16 hex digits. Takes a while the first time: few need it. */
export function codeHashOf({ machine }: Target): string {
	const known = codeHashes.get(machine);
	if (known !== undefined) return known;
	const { program, configuration, entries, setup, mutedKinds } = machine;
	const { files: _texts, ...code } = program;
	const hash = contentHash({ code, configuration, setup, entries, mutedKinds });
	codeHashes.set(machine, hash);
	return hash;
}

/** What has been compiled of a scenario: what its selections have in common is read once. Grows. */
export class Compilation {
	readonly scenario: Scenario;
	private readonly reader: UnitReader;
	private readonly read: (path: string) => string | null;
	/** By configuration symbols. */
	private readonly programs = new Map<string, Program>();
	private readonly kept: KeptResults | undefined;

	/** @param kept what was compiled in earlier runs is taken from here, and what is compiled goes there */
	constructor(scenario: Scenario, kept?: KeptResults) {
		this.scenario = scenario;
		this.kept = kept;
		const texts = new Map(scenario.texts.map((text) => [text.path, text.text]));
		this.read = (path) => texts.get(path) ?? null;
		this.reader = new UnitReader(this.read);
	}

	/** @throws {ModelError} for model C that does not compile */
	program(config: Readonly<Record<string, string>>): Program {
		const key = JSON.stringify(Object.entries(config).sort());
		const known = this.programs.get(key);
		if (known !== undefined) return known;
		const program = keptProgram(this.scenario, config, this.kept) ?? this.compile(config);
		if (this.programs.size >= keptPrograms) {
			const [oldest] = this.programs.keys();
			if (oldest !== undefined) this.programs.delete(oldest);
		}
		this.programs.set(key, program);
		return program;
	}

	private compile(config: Readonly<Record<string, string>>): Program {
		const { scenario, read, reader, kept } = this;
		const program = compileModel({ files: scenario.files, config, read, reader });
		keepProgram(scenario, config, program, kept);
		return program;
	}
}

/** Programs that a compilation keeps. */
const keptPrograms = 16;

const compilations = new WeakMap<Scenario, Compilation>();

/** From now on, what is compiled of this scenario is taken from there and kept there, for everybody without a compilation of their own. */
export function keepCompiled(scenario: Scenario, kept: KeptResults | undefined): void {
	compilations.set(scenario, new Compilation(scenario, kept));
}

/** The compilation of a scenario for everybody who has none of their own. */
function compilationOf(scenario: Scenario): Compilation {
	let compilation = compilations.get(scenario);
	if (compilation === undefined) {
		compilation = new Compilation(scenario);
		compilations.set(scenario, compilation);
	}
	return compilation;
}

function configure(
	scenario: Scenario,
	program: ScenarioProgram,
	options: Readonly<Record<string, string>>,
): MachineConfiguration {
	const set = (setting: ScenarioOption['machine']): string | undefined => {
		const option = scenario.options.find((one) => one.machine === setting);
		return option === undefined ? undefined : options[option.id];
	};
	const cpus = Number(set('cpus') ?? scenario.machine.cpus);
	// An option may take CPUs away; a machine that never had them is a mistake.
	if (program.cpus.length > cpus && set('cpus') === undefined) {
		throw new ScenarioError(`program "${program.id}" needs ${program.cpus.length} CPUs, but the machine has ${cpus}`);
	}
	return {
		...bounds,
		cpus,
		frames: Number(set('frames') ?? scenario.machine.frames),
		tableSizes: scenario.machine.tableSizes,
		rcu: set('rcu') === 'classic' ? 'classic' : 'preemptible',
		fill: set('fill') === 'speculative' ? 'speculative' : 'explicit',
	};
}

/** The machine's dimensions, as the model sees them. */
function geometry(configuration: MachineConfiguration): Record<string, string> {
	const { cpus, frames, pageSize, tableSizes } = configuration;
	return {
		NR_CPUS: String(cpus),
		NR_FRAMES: String(frames),
		PAGE_SIZE: String(pageSize),
		PGTABLE_LEVELS: String(tableSizes.length),
		...Object.fromEntries(tableSizes.map((size, level) => [`PTRS_PER_TABLE_${level}`, String(size)])),
	};
}

function symbols(config: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(config)
			.filter(([, value]) => value !== 'n' && value !== 'false')
			.map(([name, value]) => [name, value === 'y' || value === 'true' ? '1' : value]),
	);
}

function optionSymbols(
	options: readonly ScenarioOption[],
	values: Readonly<Record<string, string>>,
): Record<string, string> {
	const defined: Record<string, string> = {};
	for (const option of options) {
		const value = values[option.id] ?? option.default;
		if (option.define === null) continue;
		if (/^-?\d+$/.test(value)) defined[option.define] = value;
		else defined[`${option.define}_${value.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`] = '1';
	}
	return defined;
}

/** Complains about functions and lines that scenario.yaml names and this kernel does not have. */
function checkNames(scenario: Scenario, selection: Selection, program: ScenarioProgram, compiled: Program): void {
	const source = scenario.texts.find((text) => text.path === scenarioFileName);
	if (source === undefined) return;
	// Where scenario.yaml says so is looked up only when there is something to complain about: to read it takes long.
	const complaints: ((yaml: YamlText) => Diagnostic)[] = [];
	const functions = new Map(compiled.functions.map((fn) => [fn.name, fn]));
	const names = compiled.functions.map((fn) => fn.name);
	const checkEntry = (path: Path, name: string | null, use: string): void => {
		if (name === null) return;
		const fn = functions.get(name);
		if (fn === undefined) {
			const message = `there is no function "${name}" to be ${use}${didYouMean(name, names)}`;
			complaints.push((yaml) => yaml.complain(path, message));
		} else if (fn.type.parameters.length > 0) {
			const message = `"${name}" (${place(compiled, fn)}) cannot be ${use}: it takes arguments`;
			const advice = 'write a function without arguments that calls it';
			complaints.push((yaml) => yaml.complain(path, message, { advice }));
		}
	};
	const at: Path = ['programs', scenario.programs.indexOf(program)];
	checkEntry([...at, 'setup'], program.setup, 'a set-up function');
	for (const [cpu, { entry }] of program.cpus.entries()) {
		checkEntry([...at, 'cpus', cpu, 'entry'], entry, 'the entry function of a CPU');
	}
	const lines = compiled.files.map((file) => file.text);
	for (const [index, schedule] of scenario.schedules.entries()) {
		if (schedule.program !== selection.program || !schedule.kernels.includes(selection.kernel)) continue;
		for (const [number, { step, text }] of schedule.entries.entries()) {
			const base: Path = ['schedules', index, 'steps', number];
			const pathIn = (yaml: YamlText): Path => (yaml.isMissing([...base, 'step']) ? base : [...base, 'step']);
			if (step.kind === 'untilFunction' && !functions.has(step.function)) {
				const message = `there is no function "${step.function}" on kernel "${selection.kernel}"${didYouMean(step.function, names)}`;
				const extra = { offset: text.indexOf(step.function), length: step.function.length };
				complaints.push((yaml) => yaml.complain(pathIn(yaml), message, extra));
			}
			if (step.kind === 'untilLine' && !lines.some((line) => line.includes(step.text))) {
				const message = `no line of the model has the text "${step.text}"`;
				complaints.push((yaml) => yaml.complain(pathIn(yaml), message));
			}
		}
	}
	if (complaints.length === 0) return;
	const yaml = readYaml(source);
	throw failure(
		complaints.map((complaint) => complaint(yaml)),
		source,
	);
}

function place(program: Program, fn: FunctionCode): string {
	return `${program.files[fn.file]?.path ?? '?'}:${fn.firstLine}`;
}
