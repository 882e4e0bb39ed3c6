/** Functions that were lowered before, for another configuration of the model. */

import { Recollection } from '../recollection.ts';
import { Complaint } from '../semantics/complaint.ts';
import type { Environment, FileSymbol } from '../semantics/symbols.ts';
import type { Declaration } from '../syntax/ast.ts';
import type { Type } from '../types.ts';
import { type LoweredFunction, lowerFunction } from './lower-function.ts';
import type { FunctionDefinition } from './program-builder.ts';

interface Known extends LoweredFunction {
	/** All that a function depends on as a whole: what it is itself, the types of its file, the structs and files of the program. */
	readonly surroundings: string;
}

/**
 * The questions are names that it does not declare itself, whose answers are the symbols as text; after them texts and layouts that it
 * needs, whose answers are their places in the program. To ask for these again gives them the places that lowering the function
 * again would give them.
 */
const loweredBefore = new Recollection<Declaration, string | number | undefined, Known>();

const textMark = '"';
/** With this begins a type as JSON, and no name. */
const layoutMark = '{';

/** What `lowerFunction` gives, worked out only when it has not been for this declaration in the same circumstances. */
export function lowerAgain(definition: FunctionDefinition): LoweredFunction {
	const { declaration, unit, symbol } = definition;
	const { environment } = unit;
	const own = JSON.stringify([symbol.type, symbol.isStatic, symbol.role]);
	const surroundingsNow = (): string => `${own} ${unit.surroundings()}`;
	const surroundings = surroundingsNow();
	const known = loweredBefore.recall(
		declaration,
		(question) => {
			if (question.startsWith(textMark)) return environment.text(question.slice(textMark.length));
			if (question.startsWith(layoutMark)) return layoutIn(definition, question);
			return symbolText(environment.lookUp(question));
		},
		(result) => result.surroundings === surroundings,
	);
	if (known !== undefined) return known;
	const names = new Map<string, string | undefined>();
	const places = new Map<string, number>();
	const asking: Environment = {
		...environment,
		lookUp: (name) => {
			const found = environment.lookUp(name);
			names.set(name, symbolText(found));
			return found;
		},
		text: (literal) => remembered(places, textMark + literal, environment.text(literal)),
		layout: (type, node) => remembered(places, layoutText(type), environment.layout(type, node)),
	};
	const lowered = lowerFunction(definition, asking);
	// A function that declares types of its own adds to them.
	if (!lowered.isBroken && surroundingsNow() === surroundings) {
		loweredBefore.remember(declaration, new Map<string, string | number | undefined>([...names, ...places]), {
			...lowered,
			surroundings,
		});
	}
	return lowered;
}

/** The place of a layout; undefined when the program is too large for it, which lowering the function will say at the right place. */
function layoutIn({ declaration, unit }: FunctionDefinition, text: string): number | undefined {
	try {
		return unit.environment.layout(JSON.parse(text), declaration);
	} catch (error) {
		if (!(error instanceof Complaint)) throw error;
		return undefined;
	}
}

function remembered(places: Map<string, number>, question: string, place: number): number {
	places.set(question, place);
	return place;
}

/** Types by their text: there are few, which many functions use. */
const layoutTexts = new WeakMap<Type, string>();

function layoutText(type: Type): string {
	const text = layoutTexts.get(type) ?? JSON.stringify(type);
	layoutTexts.set(type, text);
	return text;
}

const symbolTexts = new WeakMap<FileSymbol, string>();

/** All of a symbol but where it is declared, which only errors say. Symbols no longer change when functions are lowered. */
function symbolText(symbol: FileSymbol | undefined): string | undefined {
	if (symbol === undefined) return undefined;
	let text = symbolTexts.get(symbol);
	if (text === undefined) {
		text = JSON.stringify({ ...symbol, node: null });
		symbolTexts.set(symbol, text);
	}
	return text;
}
