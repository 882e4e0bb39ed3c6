import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundledIds, loadBundled } from '../../source/scenario/bundled.ts';
import { mmstep } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'mmstep-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function scriptFor(shell: string): Promise<string> {
	const { status, out } = await mmstep('completion', shell);
	expect(status).toBe(0);
	const path = join(folder, `completion.${shell}`);
	writeFileSync(path, out);
	return path;
}

function has(shell: string): boolean {
	return spawnSync(shell, ['-c', 'true']).status === 0;
}

const scripts = { bash: await scriptFor('bash'), zsh: await scriptFor('zsh'), fish: await scriptFor('fish') };

const id = bundledIds().find((name) => loadBundled(name).options.length > 0) ?? '';
const scenario = loadBundled(id);
const [kernel] = scenario.kernels;
const [option] = scenario.options;

/** What bash offers for a line; words are given as bash breaks them. The last one is being typed. */
function inBash(...words: readonly string[]): string[] {
	const command = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mmstep; printf '%s\\n' "\${COMPREPLY[@]}"`;
	const output = execFileSync('bash', ['-c', command, 'bash', scripts.bash, 'mmstep', ...words], { encoding: 'utf8' });
	return output.split('\n').filter((line) => line !== '');
}

describe.skipIf(!has('bash'))('completion in bash', () => {
	it('offers verbs and scenarios, as mmstep itself takes both', () => {
		expect(inBash('')).toEqual(expect.arrayContaining(['list', 'run', 'completion', ...bundledIds()]));
		expect(inBash('repl')).toEqual(['replay']);
		expect(inBash('completion', '')).toEqual(['bash', 'zsh', 'fish']);
	});

	it('offers the kernels when the scenario is there', () => {
		expect(inBash('run', id)).toEqual(expect.arrayContaining([id, `${id}/${kernel?.id}`, `${id}/all`]));
		expect(inBash('run', `${id}/${kernel?.id}`)).toContain(`${id}/${kernel?.id}`);
	});

	it('offers programs, options and schedules of the scenario on the line', () => {
		const line = ['run', `${id}/${kernel?.id}`];
		expect(inBash(...line, '--program', '')).toEqual(scenario.programs.map((program) => program.id));
		expect(inBash(...line, '--schedule', '')).toEqual(scenario.schedules.map((schedule) => schedule.id));
		expect(inBash(...line, '--set', `${option?.id}`)).toEqual(
			expect.arrayContaining((option?.values ?? []).map((value) => `${option?.id}=${value}`)),
		);
	});

	it('goes on behind an equals sign, at which bash breaks words', () => {
		expect(inBash('run', id, '--set', `${option?.id}`, '=')).toEqual(option?.values);
		expect(inBash('run', id, '--set', `${option?.id}`, '=', option?.values[0] ?? '')).toContain(option?.values[0]);
		expect(inBash('check', '--shortest', '=', 's')).toEqual(['switches', 'steps']);
	});

	it('offers the flags of the verb, and of the debugger without one', () => {
		expect(inBash('replay', '--')).toEqual(expect.arrayContaining(['--verify', '--max-seconds', '--json', '--help']));
		expect(inBash('replay', '--')).not.toContain('--schedule');
		expect(inBash('--')).toContain('--record');
		// A flag after the value of another, and after a flag without one.
		expect(inBash('check', '--max-states', '7', '--json', '--sh')).toEqual(['--shortest', '--shard']);
	});

	it('leaves names of files to bash', () => {
		expect(inBash('run', id, '--record', '')).toEqual([]);
		expect(inBash('replay', '')).toEqual([]);
		expect(inBash('check', '--max-states', '')).toEqual([]);
	});
});

describe.skipIf(!has('zsh'))('completion in zsh', () => {
	/** The builtins that only work inside a completion are replaced by ones that print. */
	const stubs = `compadd() { shift; print -rl -- "$@" }; _files() { print FILES }; _message() { : }; compset() { : }
		_describe() { local name="\${@[-1]}"; print -rl -- "\${(P@)name}" }; compdef() { : }`;

	function inZsh(...words: readonly string[]): string[] {
		const command = `${stubs}; source "$1"; shift; words=("$@"); CURRENT=$#; _mmstep`;
		const output = execFileSync('zsh', ['-fc', command, 'zsh', scripts.zsh, 'mmstep', ...words], { encoding: 'utf8' });
		return output.split('\n').filter((line) => line !== '');
	}

	it('offers the same words', () => {
		expect(inZsh('')).toEqual(expect.arrayContaining(['new:writes a commented scenario to begin with', id, 'FILES']));
		expect(inZsh('run', id, '--program', '')).toEqual(scenario.programs.map((program) => program.id));
		expect(inZsh('replay', '--')).toContainEqual(expect.stringMatching(/^--verify:/));
		expect(inZsh('check', '--shortest=')).toEqual(['switches', 'steps']);
		expect(inZsh('report', '')).toEqual(['FILES']);
	});
});

describe.skipIf(!has('fish'))('completion in fish', () => {
	function inFish(line: string): string[] {
		const output = execFileSync(
			'fish',
			['--no-config', '-c', `source $argv[1]; complete -C $argv[2]`, scripts.fish, line],
			{
				encoding: 'utf8',
				cwd: folder,
				env: { ...process.env, HOME: folder },
			},
		);
		return output
			.split('\n')
			.map((row) => row.split('\t')[0] ?? '')
			.filter((word) => word !== '');
	}

	it('offers the same words', () => {
		expect(inFish('mmstep repl')).toEqual(['replay']);
		expect(inFish(`mmstep run ${id}/`)).toEqual(expect.arrayContaining([`${id}/${kernel?.id}`]));
		expect(inFish(`mmstep run ${id} --program `)).toEqual(scenario.programs.map((program) => program.id).toSorted());
		expect(inFish('mmstep replay --ver')).toEqual(['--verify']);
		expect(inFish('mmstep check --shortest ')).toEqual(['steps', 'switches']);
		expect(inFish('mmstep --rec')).toEqual(['--record']);
	});
});

describe('completion', () => {
	it('knows these shells only', async () => {
		const { status, err } = await mmstep('completion', 'tcsh');
		expect(status).toBe(2);
		expect(err).toContain('bash, zsh, fish');
	});
});
