import { existsSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Import, projectRoot, readModule, readSourceModules, type SourceModule } from './modules.ts';

/** A layer imports only from itself and from those before it. `source/cli.ts` comes last of all. */
const layers = [
	'language',
	'machine',
	'scenario',
	'explore',
	'inspect', // before session: comparing two points of a timeline compares their views
	'session',
	'report',
	'tui',
	'commands',
];

/** Who may reach outside the program through Node, and why. Everyone else computes from what they are given. */
const edges: readonly { readonly files: RegExp; readonly modules: readonly string[]; readonly reason: string }[] = [
	{ files: /./, modules: ['path', 'util'], reason: 'they only compute' },
	{ files: /^source\/(cli\.ts|commands\/)/, modules: builtinModules, reason: 'carries out what the user asked for' },
	{ files: /^source\/scenario\//, modules: ['fs', 'fs/promises', 'url'], reason: 'reads scenario folders' },
	{
		files: /^source\/session\/recording/,
		modules: ['fs', 'fs/promises'],
		reason: 'a recording is flushed as it grows',
	},
	{ files: /^source\/(language|session|explore)\//, modules: ['crypto'], reason: 'fingerprints of code and states' },
	{ files: /^source\/explore\//, modules: ['worker_threads', 'os', 'url'], reason: 'searches on all processors' },
	{
		files: /^source\/tui\//,
		modules: ['process', 'stream', 'events', 'tty', 'timers/promises'],
		reason: 'owns the terminal',
	},
];

/** The same scenario and choices give the same states everywhere, so these layers read no clock, chance or surroundings. */
const deterministic = ['language', 'machine', 'scenario', 'inspect'];
const nondeterministic = /^(process|performance|crypto|console)\.|^Math\.random$|^Date\.|^new Date$/;

const modules = readSourceModules();
const byPath = new Map(modules.map((module) => [module.path, module]));

function layerOf(path: string): string | null {
	return /^source\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** Why `path` must not import `target` (both paths in the project), or null when it may. */
function objection(path: string, target: string): string | null {
	if (target === 'package.json') return null; // the version
	if (!target.startsWith('source/')) return 'it is outside source/';
	if (target === 'source/cli.ts') return 'nothing comes after the entry';
	if (path === 'source/cli.ts') return null;
	const from = layers.indexOf(layerOf(path) ?? '');
	const to = layers.indexOf(layerOf(target) ?? '');
	return to <= from ? null : `${layers[from]} comes before ${layers[to]}`;
}

function mayReach(path: string, builtin: string): boolean {
	return edges.some((edge) => edge.files.test(path) && edge.modules.includes(builtin));
}

function builtinName({ specifier, kind }: Import): string | null {
	const name = specifier.replace(/^node:/, '');
	return kind !== 'type' && builtinModules.includes(name) ? name : null;
}

/** The packages that are loaded by loading `module`, without what it loads only later. */
function packagesLoadedBy(module: SourceModule, seen = new Set<SourceModule>()): string[] {
	if (seen.has(module)) return [];
	seen.add(module);
	return module.imports
		.filter((imported) => imported.kind === 'static')
		.flatMap((imported) => {
			if (imported.file === null) return [imported.specifier];
			const target = byPath.get(imported.file);
			return target === undefined ? [] : packagesLoadedBy(target, seen);
		});
}

describe('the layers', () => {
	it('are the only folders of source/, beside the entry', () => {
		const places = new Set(modules.map((module) => layerOf(module.path) ?? module.path));
		expect([...places].filter((place) => !layers.includes(place))).toEqual(['source/cli.ts']);
	});

	it('import only from themselves and from those before them', () => {
		const wrong = modules.flatMap(({ path, imports }) =>
			imports.flatMap(({ file }) => {
				const why = file === null ? null : objection(path, file);
				return why === null ? [] : [`${path} imports ${file}, but ${why}`];
			}),
		);
		expect(wrong).toEqual([]);
	});

	it('reach outside the program only at the edges', () => {
		const wrong = modules.flatMap(({ path, imports }) =>
			imports
				.map(builtinName)
				.filter((name) => name !== null && !mayReach(path, name))
				.map((name) => `${path} imports node:${name}`),
		);
		expect(wrong).toEqual([]);
	});

	it('read no clock, chance or surroundings where states are computed', () => {
		const wrong = modules
			.filter(({ path }) => deterministic.includes(layerOf(path) ?? ''))
			.flatMap(({ path, globals }) =>
				globals.filter((name) => nondeterministic.test(name)).map((name) => `${path} uses ${name}`),
			);
		expect(wrong).toEqual([]);
	});

	it('load Ink and React only when there is a screen to draw', () => {
		const wrong = modules
			.filter(({ path }) => path === 'source/cli.ts' || layerOf(path) === 'commands')
			.flatMap((module) =>
				packagesLoadedBy(module)
					.filter((name) => /^(ink|react)\b/.test(name))
					.map((name) => `${module.path} loads ${name}: import the screen with import()`),
			);
		expect([...new Set(wrong)]).toEqual([]);
	});
});

describe('the sources', () => {
	it('know no scenario by name', () => {
		const folder = join(projectRoot, 'scenarios');
		const ids = existsSync(folder)
			? readdirSync(folder).filter((id) => id !== 'kernel' && existsSync(join(folder, id, 'scenario.yaml')))
			: [];
		const wrong = modules.flatMap(({ path, text }) =>
			ids.filter((id) => new RegExp(`(?<![\\w-])${id}(?![\\w-])`).test(text)).map((id) => `${path} names ${id}`),
		);
		expect(wrong).toEqual([]);
	});

	it('export by name', () => {
		expect(modules.filter((module) => module.hasDefaultExport).map((module) => module.path)).toEqual([]);
	});

	it('have no `any`', () => {
		expect(modules.filter((module) => module.usesAny).map((module) => module.path)).toEqual([]);
	});
});

describe('these tests', () => {
	const path = 'source/machine/example.ts';

	it('see every form of import', () => {
		const { imports } = readModule(
			path,
			`import a from './a.ts'; import type { B } from '../language/b.ts'; export * from './c.ts'; export { d } from './d.ts';
			const e = await import('node:fs'); type F = import('../tui/f.tsx').F; import 'ink';`,
		);
		expect(imports.map(({ specifier, file, kind }) => `${kind} ${file ?? specifier}`)).toEqual([
			'static source/machine/a.ts',
			'type source/language/b.ts',
			'static source/machine/c.ts',
			'static source/machine/d.ts',
			'dynamic node:fs',
			'type source/tui/f.tsx',
			'static ink',
		]);
	});

	it('see `any`, default exports and globals', () => {
		const module = readModule(path, 'const x = 1; export { x as default }; let y: any[]; Math.random(); new Date();');
		expect(module).toMatchObject({ usesAny: true, hasDefaultExport: true, globals: ['Math.random', 'new Date'] });
		expect(readModule(path, '/** any */ export const any = 1;')).toMatchObject({
			usesAny: false,
			hasDefaultExport: false,
		});
	});

	it('object to an import from a later layer', () => {
		expect(objection('source/machine/x.ts', 'source/session/y.ts')).toBe('machine comes before session');
		expect(objection('source/report/x.ts', 'source/tui/y.tsx')).toBe('report comes before tui');
		expect(objection('source/tui/x.tsx', 'source/report/y.ts')).toBeNull();
		expect(objection('source/tui/x.tsx', 'source/cli.ts')).not.toBeNull();
		expect(objection('source/machine/x.ts', 'test/y.ts')).not.toBeNull();
	});
});
