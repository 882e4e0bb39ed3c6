/** What differs between two states, in the words of the views. */

import type { MachineState } from '../machine/state.ts';
import type { Target } from '../scenario/scenario.ts';
import { viewsOf } from './state-views.ts';
import type { Difference, StateViews } from './views.ts';

/** Everything that the views show differently in `b` than in `a`, in order of views. Costs and stamps are not compared. */
export function differences(target: Target, a: MachineState, b: MachineState): readonly Difference[] {
	return differencesAcross({ target, state: a }, { target, state: b });
}

interface StateOfTarget {
	readonly target: Target;
	readonly state: MachineState;
}

/** The same for states of two targets, which need not run the same code: what bears the same name is compared. */
export function differencesAcross(a: StateOfTarget, b: StateOfTarget): readonly Difference[] {
	const before = statements(viewsOf(a.target, a.state, null));
	const after = statements(viewsOf(b.target, b.state, null));
	const keys = new Set([...before.keys(), ...after.keys()]);
	return [...keys].flatMap((key) => {
		const [from, to] = [before.get(key), after.get(key)];
		if (from?.value === to?.value) return [];
		const { view, label } = to ?? from ?? { view: '', label: '' };
		return [{ view, label, before: from?.value ?? '', after: to?.value ?? '' }];
	});
}

interface Statement {
	readonly view: string;
	readonly label: string;
	readonly value: string;
}

/** The views as a flat list of named values. */
function statements(views: StateViews): ReadonlyMap<string, Statement> {
	const list: Statement[] = [
		...views.cpus.flatMap(({ name, status, stack, waitsFor, holds }) => [
			{
				view: 'CPUs',
				label: name,
				value: `${status}${stack[0] === undefined ? '' : `, ${stack[0].function}:${stack[0].line}`}`,
			},
			{ view: 'CPUs', label: `${name} waits`, value: waitsFor.replace(/^waits /, '') },
			{
				view: 'CPUs',
				label: `${name} holds`,
				value: holds.map((line) => line.replace(/ since step \d+$/, '')).join(', '),
			},
		]),
		...views.objects.flatMap(({ name, status, fields }) => [
			{ view: 'objects', label: name, value: status },
			...fields.map((field) => ({
				view: 'objects',
				label: field.name === '' ? name : `${name}.${field.name}`,
				value: field.value,
			})),
		]),
		...views.tlbs.flatMap(({ label, cells, pte }) => [
			{ view: 'page tables', label, value: pte },
			...cells.map(({ cpu, text, state }) => ({
				view: 'TLBs',
				label: `CPU${cpu} ${label}`,
				value: `${text}${state === 'stale' ? ' (stale)' : ''}`,
			})),
		]),
		...views.frames.map(({ frame, owner, word }) => ({ view: 'pages', label: frame, value: `${owner}, word ${word}` })),
		...views.rcu.readers.map(({ actor, depth }) => ({ view: 'RCU', label: `${actor} depth`, value: String(depth) })),
		...views.rcu.callbacks.map(({ text, waitsFor }) => ({
			view: 'RCU',
			label: text.replace(/, queued step \d+$/, ''),
			value: waitsFor.length === 0 ? 'ready' : `waits for ${waitsFor.join(', ')}`,
		})),
	];
	return new Map(
		list.filter(({ value }) => value !== '').map((statement) => [`${statement.view}\t${statement.label}`, statement]),
	);
}
