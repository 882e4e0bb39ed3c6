/** Complaints of the schema in the words of somebody who writes a scenario. */

import { z } from 'zod';
import type { Diagnostic } from '../language/diagnostics.ts';
import { didYouMean } from '../language/suggestion.ts';
import { scenarioSchema } from './schema.ts';
import type { Path, YamlText } from './yaml-text.ts';

type Issue = z.core.$ZodIssue;

/** Unknown keys of one table that are named; a stranger's file may have thousands. */
const maxKeys = 20;

/** One diagnostic a mistake, in the order of the text. */
export function diagnoseIssues(issues: readonly Issue[], yaml: YamlText): Diagnostic[] {
	return issues.flatMap((issue) => diagnose(issue, [], yaml));
}

function diagnose(issue: Issue, before: Path, yaml: YamlText): Diagnostic[] {
	const path: Path = [...before, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
	switch (issue.code) {
		case 'unrecognized_keys': {
			const valid = keysAt(path);
			return issue.keys.slice(0, maxKeys).map((key) =>
				yaml.complain([...path, key], `unknown key "${key}"${didYouMean(key, valid)}`, {
					key: true,
					...(valid.length > 0 ? { advice: `keys here: ${valid.join(', ')}` } : {}),
				}),
			);
		}
		case 'invalid_type': {
			const key = path.at(-1);
			if (typeof key === 'string' && yaml.isMissing(path)) {
				const where = path.length > 1 ? ` in ${printPath(path.slice(0, -1))}` : '';
				return [yaml.complain(path.slice(0, -1), `"${key}" is missing${where}`, { key: true })];
			}
			return [yaml.complain(path, `"${printPath(path)}" must be ${article(issue.expected)}`)];
		}
		case 'invalid_value': {
			const words = issue.values.map(String);
			const given = yaml.valueAt(path);
			const hint = typeof given === 'string' ? didYouMean(given, words) : '';
			return [
				yaml.complain(path, `"${printPath(path)}" cannot be ${JSON.stringify(given)}${hint}`, {
					advice: `one of: ${words.join(', ')}`,
				}),
			];
		}
		case 'invalid_union': {
			// The branch that came furthest is the one that was meant.
			const best = issue.errors.toSorted((a, b) => rank(b) - rank(a))[0];
			const deeper = best?.filter((inner) => inner.path.length > 0 || inner.code !== 'invalid_type') ?? [];
			if (deeper.length > 0) return deeper.flatMap((inner) => diagnose(inner, path, yaml));
			const types = issue.errors.flat().map((inner) => expectation(inner));
			return [yaml.complain(path, `"${printPath(path)}" must be ${[...new Set(types)].join(' or ')}`)];
		}
		case 'invalid_key':
			return [yaml.complain(path, issue.issues[0]?.message ?? issue.message, { key: true })];
		case 'too_big':
			return [yaml.complain(path, `"${printPath(path)}" must be at most ${issue.maximum}${unit(issue.origin)}`)];
		case 'too_small':
			return [yaml.complain(path, `"${printPath(path)}" must be at least ${issue.minimum}${unit(issue.origin)}`)];
		case 'invalid_format':
			return [yaml.complain(path, issue.message)];
		default:
			return [yaml.complain(path, `"${printPath(path)}": ${issue.message}`)];
	}
}

function rank(branch: readonly Issue[]): number {
	return Math.max(...branch.map((issue) => (issue.code === 'invalid_type' ? 0 : 1) + issue.path.length));
}

function expectation(issue: Issue): string {
	if (issue.code === 'invalid_type') return article(issue.expected);
	if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value)).join(' or ');
	return issue.message;
}

function article(type: string): string {
	switch (type) {
		case 'array':
			return 'a list';
		case 'object':
		case 'record':
			return 'a table of keys and values';
		case 'int':
			return 'a whole number';
		case 'string':
			return 'a text';
		case 'boolean':
			return 'true or false';
		default:
			return `a ${type}`;
	}
}

function unit(origin: string): string {
	return origin === 'string' ? ' characters long' : origin === 'array' ? ' items long' : '';
}

/** `schedules[2].steps[0]` */
function printPath(path: Path): string {
	return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

/** The keys that the schema knows for the table at `path`; empty when it is not a fixed table. */
function keysAt(path: Path): string[] {
	let schemas: z.core.$ZodType[] = [scenarioSchema()];
	for (const part of path) {
		schemas = schemas.flatMap(unwrap).flatMap((schema) => {
			if (schema instanceof z.ZodObject) {
				const inner = (schema.shape as Record<string, z.core.$ZodType | undefined>)[String(part)];
				return inner === undefined ? [] : [inner];
			}
			return schema instanceof z.ZodArray ? [schema.element] : [];
		});
	}
	return schemas.flatMap(unwrap).flatMap((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []));
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
	if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap());
	if (schema instanceof z.ZodUnion) return schema.options.flatMap(unwrap);
	return [schema];
}
