/** Macros by name, with a record of who asked for which: on that depends what can be used again. */

import type { Macro } from './macro.ts';

/** Macros by name, and the names that anybody has asked for or taken away. */
export class MacroTable extends Map<string, Macro> {
	readonly asked = new Set<string>();

	override get(name: string): Macro | undefined {
		this.asked.add(name);
		return super.get(name);
	}

	override has(name: string): boolean {
		this.asked.add(name);
		return super.has(name);
	}

	override delete(name: string): boolean {
		this.asked.add(name);
		return super.delete(name);
	}
}

/** Macros for an expander, with what it asks for. */
export class AskedMacros {
	private readonly macros: ReadonlyMap<string, Macro>;
	private answers: Map<string, Macro | undefined> | null = null;

	constructor(macros: ReadonlyMap<string, Macro>) {
		this.macros = macros;
	}

	get(name: string): Macro | undefined {
		const macro = this.macros.get(name);
		this.answers?.set(name, macro);
		return macro;
	}

	/** Runs `task` and says what was answered to it. */
	answersTo(task: () => void): ReadonlyMap<string, Macro | undefined> {
		const answers = new Map<string, Macro | undefined>();
		this.answers = answers;
		task();
		this.answers = null;
		return answers;
	}
}
