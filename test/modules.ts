import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'rolldown/parseAst';

/** One `import`, `export ... from`, `import()` or `import('...')` type. */
export interface Import {
	/** As written: `./x.ts`, `node:fs`, `ink`. */
	readonly specifier: string;
	/** For a relative one the imported file's path in the project; null for packages and Node's modules. */
	readonly file: string | null;
	/** `dynamic` runs later, if at all; `type` never runs. */
	readonly kind: 'static' | 'dynamic' | 'type';
}

/** A file under source/, by what the tests of the architecture ask. */
export interface SourceModule {
	/** Path in the project, with slashes: `source/machine/state.ts`. */
	readonly path: string;
	readonly text: string;
	readonly imports: readonly Import[];
	readonly hasDefaultExport: boolean;
	readonly usesAny: boolean;
	/** Global objects whose members are read, and constructors: `process.env`, `Math.random`, `new Date`. */
	readonly globals: readonly string[];
}

type Syntax = { readonly type: string } & Readonly<Record<string, unknown>>;

export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

export function readSourceModules(): SourceModule[] {
	return readdirSync(join(projectRoot, 'source'), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name))
		.sort()
		.map((file) => readModule(relative(projectRoot, file).split(sep).join('/'), readFileSync(file, 'utf8')));
}

/** @throws on text that does not parse, with the parser's message */
export function readModule(path: string, text: string): SourceModule {
	const imports: Import[] = [];
	const globals = new Set<string>();
	let hasDefaultExport = false;
	let usesAny = false;

	function addImport(source: unknown, kind: Import['kind']): void {
		if (!isSyntax(source) || typeof source.value !== 'string') return;
		const specifier = source.value;
		const file = specifier.startsWith('.') ? posix.join(dirname(path), specifier) : null;
		imports.push({ specifier, file, kind });
	}

	function visit(node: Syntax): void {
		switch (node.type) {
			case 'ImportDeclaration':
				addImport(node.source, node.importKind === 'type' ? 'type' : 'static');
				break;
			case 'ExportAllDeclaration':
			case 'ExportNamedDeclaration':
				addImport(node.source, node.exportKind === 'type' ? 'type' : 'static');
				break;
			case 'ImportExpression':
				addImport(node.source, 'dynamic');
				break;
			case 'TSImportType':
				addImport(node.source, 'type');
				break;
			case 'ExportDefaultDeclaration':
				hasDefaultExport = true;
				break;
			case 'ExportSpecifier':
				if (identifier(node.exported) === 'default') hasDefaultExport = true;
				break;
			case 'TSAnyKeyword':
				usesAny = true;
				break;
			case 'MemberExpression': {
				const object = identifier(node.object);
				if (object !== null) globals.add(`${object}.${identifier(node.property) ?? '*'}`);
				break;
			}
			case 'NewExpression': {
				const callee = identifier(node.callee);
				if (callee !== null) globals.add(`new ${callee}`);
				break;
			}
		}
		for (const child of Object.values(node).flat()) if (isSyntax(child)) visit(child);
	}

	const program: unknown = parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' }, path);
	if (isSyntax(program)) visit(program);
	return { path, text, imports, hasDefaultExport, usesAny, globals: [...globals] };
}

function isSyntax(value: unknown): value is Syntax {
	return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function identifier(node: unknown): string | null {
	return isSyntax(node) && node.type === 'Identifier' && typeof node.name === 'string' ? node.name : null;
}
