/** Whether a condition holds in the state at which a search stands, remembered by what of the state it depends on. */

import { isTrueOn } from '../machine/evaluate.ts';
import { DecisionTree } from './decision-tree.ts';
import type { Condition } from './goal.ts';
import { RecordingStore } from './recording-store.ts';
import { contextField } from './slots.ts';
import type { Transitions } from './transitions.ts';

export class RememberedCondition {
	private readonly transitions: Transitions;
	private readonly condition: Condition;
	private readonly tree: DecisionTree<boolean>;
	private root = 0;
	/** By number of a stack: whether it is in the function. */
	private readonly stacks = new Map<number, boolean>();

	constructor(transitions: Transitions, condition: Condition) {
		this.transitions = transitions;
		this.condition = condition;
		const { codec, slots } = transitions;
		this.tree = new DecisionTree<boolean>({ components: codec.components, objects: slots.objects });
	}

	/** Whether it holds in the state with that vector; as `holds` of the immutable state. */
	holds(vector: Int32Array): boolean {
		const { condition } = this;
		switch (condition.kind) {
			case 'expression': {
				const known = this.tree.find(this.root, vector);
				if (known !== null) return known;
				const store = new RecordingStore(this.transitions.codec, vector, -1);
				const isTrue = isTrueOn(store, condition.code, condition.context);
				this.root = this.tree.insert(this.root, store.finish(), isTrue);
				return isTrue;
			}
			case 'function': {
				for (let context = 0; context <= this.transitions.cpus; context++) {
					if (this.isIn(vector[context] ?? 0, condition.function)) return true;
				}
				return false;
			}
			default:
				return condition satisfies never;
		}
	}

	private isIn(context: number, wanted: number): boolean {
		const { components, values } = this.transitions.codec;
		const stack = components.value(context, contextField.frames);
		let isIn = this.stacks.get(stack);
		if (isIn === undefined) {
			isIn = values.framesOf(stack).some((frame) => frame.function === wanted);
			this.stacks.set(stack, isIn);
		}
		return isIn;
	}
}
