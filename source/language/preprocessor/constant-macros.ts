import { Recollection } from '../recollection.ts';
import { StopReading } from '../reporting.ts';
import { type Expander, expandMacros, type Macro, startExpander } from './macro.ts';
import { AskedMacros } from './macro-table.ts';
import { constantValue } from './preprocessor-expression.ts';

/** Tokens read, made and thrown away while finding out which macros of one file are constants. */
const tokenLimit = 100_000;

/** A macro's value, and the budget that it took to find it. */
interface Constant {
	readonly value: number | null;
	readonly spent: number;
}

const constantBefore = new Recollection<Macro, Macro | undefined, Constant>();

/** The object-like macros whose value is an integer constant, in the signed form of 64 bits; those found before the bound was reached. */
export function constantMacros(macros: ReadonlyMap<string, Macro>): Readonly<Record<string, number>> {
	const values: [string, number][] = [];
	const asked = new AskedMacros(macros);
	const expander = startExpander(asked, () => {}, tokenLimit);
	try {
		for (const macro of macros.values()) {
			if (macro.parameters !== null) continue;
			const value = constantMacro(expander, asked, macro);
			if (value !== null) values.push([macro.name, value]);
		}
	} catch (error) {
		if (!(error instanceof StopReading)) throw error;
	}
	return Object.fromEntries(values);
}

function constantMacro(expander: Expander, macros: AskedMacros, macro: Macro): number | null {
	const { budget } = expander;
	const known = constantBefore.recall(macro, (name) => macros.get(name));
	if (known !== undefined && known.spent <= budget) {
		expander.budget -= known.spent;
		return known.value;
	}
	let value: number | null = null;
	const asked = macros.answersTo(() => {
		value = constantValue(expandMacros(expander, macro.body));
	});
	constantBefore.remember(macro, asked, { value, spent: budget - expander.budget });
	return value;
}
