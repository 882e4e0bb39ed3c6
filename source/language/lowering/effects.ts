/**
 * What functions do to the state, through all their calls: ghost code, invariants and conditions of wait_event call only what
 * changes nothing, and nothing that the model does depends on ghost variables.
 */

import type { FunctionRole, Instruction } from '../code.ts';
import { type Complaints, complain } from '../semantics/complaint.ts';
import type { Node } from '../syntax/ast.ts';
import type { Emitted } from './builder.ts';
import { isHarmless } from './lower-call.ts';

/** A function as far as its effects are concerned. */
export interface EffectFunction {
	readonly name: string;
	readonly role: FunctionRole;
	readonly emitted: readonly Emitted[];
}

export interface EffectGlobal {
	readonly name: string;
	readonly isGhost: boolean;
}

interface Cause {
	readonly node: Node;
	/** `stores to memory`, `calls spin_lock()`. */
	readonly what: string;
}

/** Complains about every place where the rules are broken. */
export function checkEffects(
	functions: readonly EffectFunction[],
	globals: readonly EffectGlobal[],
	complaints: Complaints,
): void {
	const changes = causes(functions, (each, known) => changeAt(each, known, functions));
	const reads = causes(functions, (each, known) => ghostReadAt(each, known, globals, functions));
	for (const [index, fn] of functions.entries()) {
		const isGhost = fn.role !== 'plain';
		for (const each of withEffect(fn.emitted)) {
			if (!isGhost && each.region === 'none') continue;
			const direct = isGhost ? changeAt(each, [], functions) : null;
			if (direct !== null) {
				complaints.add(
					complain(each.node, `${roleName(fn.role)} ${direct.what}`, { advice: 'it must not change anything' }),
				);
			}
			const { instruction } = each;
			const cause = instruction.op === 'call' ? changes[instruction.function] : undefined;
			if (instruction.op !== 'call' || cause === null || cause === undefined) continue;
			const where = isGhost ? roleName(fn.role) : each.region === 'await' ? 'wait_event()' : 'ghost code';
			complaints.add(
				complain(each.node, `${where} calls "${functions[instruction.function]?.name}", which changes the state`, {
					notes: [{ message: `it ${cause.what} here`, position: cause.node.position }],
				}),
			);
		}
		const read = reads[index];
		const change = changes[index];
		if (!isGhost && read && change) {
			complaints.add(
				complain(read.node, `"${fn.name}" ${read.what} outside ghost code`, {
					advice: 'what the model does must not depend on ghost variables; put this inside ghost { }',
				}),
			);
		}
	}
}

const knownEffects = new WeakMap<readonly Emitted[], readonly Emitted[]>();

/** What could be a cause of anything: the rest only computes. */
function withEffect(emitted: readonly Emitted[]): readonly Emitted[] {
	const effects = knownEffects.get(emitted) ?? emitted.filter(({ instruction }) => effectOps.has(instruction.op));
	knownEffects.set(emitted, effects);
	return effects;
}

const effectOps: ReadonlySet<Instruction['op']> = new Set([
	...(['store', 'primitive', 'fence', 'awaitBegin', 'call', 'callPointer', 'global'] as const),
]);

/** First cause by function, found directly or through calls. */
function causes(
	functions: readonly EffectFunction[],
	find: (each: Emitted, known: readonly (Cause | null)[]) => Cause | null,
): (Cause | null)[] {
	const known: (Cause | null)[] = functions.map(() => null);
	for (let isChanging = true; isChanging; ) {
		isChanging = false;
		for (const [index, { emitted }] of functions.entries()) {
			if (known[index] !== null) continue;
			for (const each of withEffect(emitted)) {
				const cause = find(each, known);
				if (cause === null) continue;
				known[index] = cause;
				isChanging = true;
				break;
			}
		}
	}
	return known;
}

function changeAt(
	{ instruction, node, region, owner }: Emitted,
	known: readonly (Cause | null)[],
	functions: readonly EffectFunction[],
): Cause | null {
	if (region !== 'none') return null;
	switch (instruction.op) {
		case 'store':
			return owner === 'shared' ? { node, what: 'writes memory that is not its own' } : null;
		case 'primitive':
			return isHarmless(instruction.name) ? null : { node, what: `calls ${instruction.name}()` };
		case 'fence':
			return { node, what: 'has a barrier' };
		case 'awaitBegin':
			return { node, what: 'waits' };
		case 'callPointer':
			return { node, what: 'calls through a pointer' };
		case 'call':
			return known[instruction.function] ? { node, what: `calls "${functions[instruction.function]?.name}"` } : null;
		default:
			return null;
	}
}

function ghostReadAt(
	{ instruction, node, region }: Emitted,
	known: readonly (Cause | null)[],
	globals: readonly EffectGlobal[],
	functions: readonly EffectFunction[],
): Cause | null {
	if (region === 'ghost') return null;
	if (instruction.op === 'global') {
		const global = globals[instruction.global];
		return global?.isGhost ? { node, what: `uses the ghost variable "${global.name}"` } : null;
	}
	if (instruction.op !== 'call' || !known[instruction.function]) return null;
	return { node, what: `calls "${functions[instruction.function]?.name}", which uses ghost variables,` };
}

function roleName(role: FunctionRole): string {
	switch (role) {
		case 'invariant':
			return 'an invariant';
		case 'final':
			return 'a final check';
		case 'view':
			return 'a view';
		case 'plain':
			return 'this function';
	}
}
