/** What model C says about itself: reports, notes, costs, the time, and names for display. */

import { errorAt } from './error-at.ts';
import { formatText, withoutTimes } from './format.ts';
import { pointerStride } from './state.ts';
import type { PrimitiveBehaviour, PrimitiveCall } from './store.ts';
import { timeStamp } from './time-stamp.ts';
import { checkSpace } from './tlb.ts';
import { type Severity, type ViolationKind, violationKinds } from './violation.ts';

/** Argument `index`, a text. */
export function textArgument(call: PrimitiveCall, index: number): string {
	return call.store.machine.program.texts[call.arguments[index] ?? 0] ?? '';
}

/** The text that the call's format makes of its values, which are the arguments from `first` on. */
export function formattedText(call: PrimitiveCall, first: number): string {
	const format = call.store.machine.program.texts[call.extra] ?? '';
	return formatText(call.store, format, call.arguments.slice(first));
}

function kindArgument(call: PrimitiveCall): ViolationKind {
	const name = textArgument(call, 0);
	const kind = violationKinds.find((known) => known === name);
	if (kind !== undefined) return kind;
	throw errorAt(call.store.machine, call.at, `"${name}" is no kind of violation`);
}

function reporter(severity: Severity): PrimitiveBehaviour {
	return {
		run(call) {
			const format = call.store.machine.program.texts[call.extra] ?? '';
			const subject = withoutTimes(format, call.arguments.slice(1));
			call.observer.report(severity, kindArgument(call), formattedText(call, 1), [], subject);
			return 0;
		},
	};
}

/** More named ranges than this are taken for a mistake. */
const maxRanges = 4096;

export const reportPrimitives = {
	violation: reporter('violation'),
	warning: reporter('warning'),
	note: reporter('note'),
	detail: {
		run(call) {
			call.observer.detail(formattedText(call, 0));
			return 0;
		},
	},
	__bug: {
		run(call) {
			call.observer.report('violation', 'assertion', textArgument(call, 0));
			call.observer.stop();
			return 0;
		},
	},
	__warn: {
		run(call) {
			call.observer.report('violation', 'assertion', textArgument(call, 0));
			return 0;
		},
	},
	count: {
		run(call) {
			call.store.count(textArgument(call, 0), call.arguments[1] ?? 0);
			return 0;
		},
	},
	now: { run: (call) => timeStamp(call.at.step) },
	name_range: {
		run(call) {
			const [space = -1, start = 0, end = 0] = call.arguments;
			const { store, at } = call;
			checkSpace(call, space);
			const others = store
				.ranges()
				.filter((range) => range.space !== space || range.start !== start || range.end !== end);
			if (others.length >= maxRanges) throw errorAt(store.machine, at, `more than ${maxRanges} named ranges`);
			store.setRanges([...others, { space, start, end, name: textArgument(call, 3) }]);
			return 0;
		},
	},
	name_object: {
		run(call) {
			const [pointer = 0] = call.arguments;
			const id = Math.floor(pointer / pointerStride);
			if (pointer > 0 && call.store.object(id) !== null) {
				call.store.changeObject(id, { name: textArgument(call, 1) });
			}
			return 0;
		},
	},
	object_is_live: {
		run(call) {
			const [pointer = 0] = call.arguments;
			const object = pointer > 0 ? call.store.object(Math.floor(pointer / pointerStride)) : null;
			return object?.status === 'live' ? 1 : 0;
		},
	},
} satisfies Record<string, PrimitiveBehaviour>;
