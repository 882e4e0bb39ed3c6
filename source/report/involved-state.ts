/** The few parts of the state that a report is about, before the race and where it was found. */

import { viewsOf } from '../inspect/state-views.ts';
import type { StateViews } from '../inspect/views.ts';
import type { Target } from '../scenario/scenario.ts';
import type { TimelineNode } from '../session/session.ts';
import type { ReportedState } from './bug-report.ts';
import type { DiagramRow } from './diagram-rows.ts';
import { namesIn } from './relevant-rows.ts';
import { shortLine } from './short-line.ts';

/** Rows of one table; a report is no dump. */
const maxRows = 12;

/**
 * Compares two moments in what is involved.
 * @param texts the report's own: what they name is involved
 * @param rows those drawn for their own sake: what they touch is involved
 */
export function involvedState(
	target: Target,
	before: TimelineNode,
	after: TimelineNode,
	texts: readonly string[],
	rows: readonly DiagramRow[],
): ReportedState {
	const names = namesIn(texts);
	for (const row of rows) {
		for (const name of row.writes) names.add(name);
		if (row.event === 'load') for (const name of row.reads) names.add(name);
		if (row.event === 'tlb-fill' || row.event === 'tlb-hit') for (const name of namesIn([row.text])) names.add(name);
	}
	const [old, now] = [statements(viewsOf(target, before.state, null)), statements(viewsOf(target, after.state, null))];
	const locks = new Set([...now.values(), ...old.values()].flatMap((one) => (one.title === 'locks' ? one.keys : [])));
	const isInvolved = ({ keys, isAlways }: Statement): boolean => isAlways || keys.some((key) => names.has(key));
	const titles = [...new Set([...now.values(), ...old.values()].map(({ title }) => title))];
	const tables = titles.map((title) => {
		const labels = [...new Set([...old.keys(), ...now.keys()])].filter((key) => key.startsWith(`${title}\t`));
		const found = labels.flatMap((key) => {
			const [from, to] = [old.get(key), now.get(key)];
			const either = to ?? from;
			// A variable that is what it was before explains nothing, and the links of a list say little by themselves.
			if (title === 'objects' && (from?.value === to?.value || /\.(?:next|prev)$/.test(either?.label ?? ''))) return [];
			if (title === 'objects' && locks.has(either?.label ?? '')) return [];
			// The same object may have been known by another name, before.
			if (title === 'objects' && to === undefined) return [];
			if (either === undefined || ![from, to].some((one) => one !== undefined && isInvolved(one))) return [];
			return [
				{ label: shortName(either.label), before: shortName(from?.value ?? ''), after: shortName(to?.value ?? '') },
			];
		});
		// What has changed comes first where there is not room for all.
		const changed = found.filter((row) => row.before !== row.after);
		const same = found.filter((row) => row.before === row.after);
		const kept = new Set([...changed, ...same].slice(0, maxRows));
		return { title, rows: found.filter((row) => kept.has(row)) };
	});
	return {
		before: { step: before.depth, text: before.depth === 0 ? 'at the start' : `after step ${before.depth}` },
		after: { step: after.depth, text: `after step ${after.depth}` },
		tables: tables.filter(({ rows }) => rows.length > 0),
	};
}

/** As in the drawing: columns are narrow. */
function shortName(text: string): string {
	return shortLine(text).replace(/per_cpu\((\w+), (\d+)\)/g, '$1[$2]');
}

interface Statement {
	readonly title: string;
	readonly label: string;
	readonly value: string;
	/** Names by which it may be involved. */
	readonly keys: readonly string[];
	readonly isAlways: boolean;
}

function statements(views: StateViews): ReadonlyMap<string, Statement> {
	const list: Statement[] = [
		...views.pageTables
			.filter(({ depth }) => depth > 0)
			.map(({ label, entry }) => statement('page tables', label, entry, [label])),
		...views.tlbs.flatMap(({ label, cells }) =>
			cells
				.filter(({ state }) => state !== 'empty')
				.map(({ cpu, text, state, remark }) => {
					const isStale = state === 'stale';
					const value = isStale ? `${text}, STALE (${remark})` : text;
					return statement('TLBs', `CPU${cpu} ${label}`, value, [label, ...namesIn([text])], isStale);
				}),
		),
		...views.frames.map(({ frame, owner, generation }) =>
			statement('pages', frame, owner === '' ? 'free' : `${owner}, generation ${generation}`, [frame]),
		),
		...views.locks
			.filter(({ holders, waiters }) => holders.length + waiters.length > 0)
			.map(({ name, holders, waiters }) => {
				const parts = [
					...holders.map(({ actor, mode }) => `held by ${actor}${mode === 'shared' ? ' (shared)' : ''}`),
					...waiters.map((waiter) => `${waiter} waits`),
				];
				return statement('locks', name, parts.join(', '), [name], true);
			}),
		...views.objects.flatMap(({ name, status, fields }) => [
			...(status === 'freed' ? [statement('objects', name, 'freed', [name], false)] : []),
			...fields.map((field) => {
				const joint = field.name === '' || field.name.startsWith('[') ? '' : '.';
				const label = `${name}${joint}${field.name}`;
				return statement('objects', label, field.value, [label, `${name}->${field.name}`]);
			}),
		]),
		...views.rcu.callbacks.map(({ text, waitsFor }) =>
			statement('RCU', text, waitsFor.length === 0 ? 'ready' : `waits for ${waitsFor.join(', ')}`, [
				...namesIn([text]),
			]),
		),
	];
	return new Map(list.map((one) => [`${one.title}\t${one.label}`, one]));
}

function statement(title: string, label: string, value: string, keys: readonly string[], isAlways = false): Statement {
	return { title, label, value, keys, isAlways };
}
