/** Finding things in a syntax tree without lowering it. */

import type { Node, Statement } from './ast.ts';

export interface LabelPlace {
	readonly name: string;
	readonly node: Node;
	/** The atomic and ghost statements around it, outermost first. */
	readonly regions: readonly Node[];
}

/** The labels of a function, in order. Labels inside a statement expression are not among them. */
export function labelsOf(statement: Statement, regions: readonly Node[] = []): LabelPlace[] {
	if (statement.kind === 'label') {
		return [{ name: statement.name, node: statement, regions }, ...labelsOf(statement.statement, regions)];
	}
	const inside = statement.kind === 'atomic' || statement.kind === 'ghost' ? [...regions, statement] : regions;
	return substatements(statement).flatMap((each) => labelsOf(each, inside));
}

export type CaseStatement = Statement & { readonly kind: 'case' | 'default' };

/** The case and default labels that belong to a switch with this body, in order. */
export function casesOf(body: Statement): CaseStatement[] {
	if (body.kind === 'switch') return [];
	const own = body.kind === 'case' || body.kind === 'default' ? [body] : [];
	return [...own, ...substatements(body).flatMap(casesOf)];
}

function substatements(statement: Statement): readonly Statement[] {
	switch (statement.kind) {
		case 'block':
			return statement.statements;
		case 'if':
			return statement.otherwise === null ? [statement.then] : [statement.then, statement.otherwise];
		case 'while':
		case 'doWhile':
		case 'switch':
		case 'atomic':
		case 'ghost':
			return [statement.body];
		case 'for':
			return statement.initialise === null ? [statement.body] : [statement.initialise, statement.body];
		case 'case':
		case 'default':
		case 'label':
			return [statement.statement];
		case 'declaration':
		case 'expression':
		case 'empty':
		case 'goto':
		case 'break':
		case 'continue':
		case 'return':
			return [];
	}
}
