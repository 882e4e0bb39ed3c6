import type {
	Declaration,
	Expression,
	Initialiser,
	InitialiserItem,
	Specifiers,
	Statement,
	SyntaxTree,
} from './ast.ts';
import { printConstant, printExpression } from './print-expression.ts';
import { printBase, printType, spellType } from './print-type.ts';

export { printExpression } from './print-expression.ts';

/**
 * Writes a syntax tree as model C. Parsing the result gives the tree again, up to positions. Comments above functions are kept;
 * macros and includes were resolved before the tree was made.
 */
export function printTree(tree: SyntaxTree): string {
	return groupByBase(tree.declarations)
		.map((group) => `${printDeclarations(group, 0)}\n`)
		.join('\n');
}

/** Writes one statement, its first line without indentation. */
function printStatement(statement: Statement, indent = 0): string {
	const next = `\n${'\t'.repeat(indent)}`;
	const value = (expression: Expression): string => printExpression(expression, indent);
	switch (statement.kind) {
		case 'block':
			return printBlock(statement, indent);
		case 'declaration':
			return printDeclarations(statement.declarations, indent);
		case 'expression':
			return `${value(statement.value)};`;
		case 'empty':
			return ';';
		case 'if': {
			const then = printInner(statement.then, indent, statement.otherwise !== null);
			const head = `if (${value(statement.condition)})${then}`;
			if (statement.otherwise === null) return head;
			const separator = then.endsWith('}') ? ' ' : next;
			const chained = statement.otherwise.kind === 'if';
			const otherwise = chained
				? ` ${printStatement(statement.otherwise, indent)}`
				: printInner(statement.otherwise, indent);
			return `${head}${separator}else${otherwise}`;
		}
		case 'while':
			return `while (${value(statement.condition)})${printInner(statement.body, indent)}`;
		case 'doWhile': {
			const body = printInner(statement.body, indent);
			return `do${body}${body.endsWith('}') ? ' ' : next}while (${value(statement.condition)});`;
		}
		case 'for': {
			const condition = statement.condition === null ? '' : ` ${value(statement.condition)}`;
			const advance = statement.advance === null ? '' : ` ${printAdvance(statement.advance, indent)}`;
			const head = `for (${printForStart(statement.initialise, indent)}${condition};${advance})`;
			return `${head}${printInner(statement.body, indent)}`;
		}
		case 'switch':
			return `switch (${value(statement.value)})${printInner(statement.body, indent)}`;
		case 'case':
			return `case ${printConstant(statement.value, indent)}:${next}${printStatement(statement.statement, indent)}`;
		case 'default':
			return `default:${next}${printStatement(statement.statement, indent)}`;
		case 'label':
			return `${statement.name}:${next}${printStatement(statement.statement, indent)}`;
		case 'goto':
			return `goto ${statement.label};`;
		case 'break':
		case 'continue':
			return `${statement.kind};`;
		case 'return':
			return statement.value === null ? 'return;' : `return ${value(statement.value)};`;
		case 'atomic':
		case 'ghost':
			return `${statement.kind} ${printBlock(statement.body, indent)}`;
	}
}

/** Writes `{ ... }`, a statement a line. */
export function printBlock(block: Statement & { readonly kind: 'block' }, indent = 0): string {
	const inner = '\t'.repeat(indent + 1);
	const lines = block.statements.map((statement) => `${inner}${printStatement(statement, indent + 1)}\n`);
	return `{\n${lines.join('')}${'\t'.repeat(indent)}}`;
}

/** The statement that a keyword governs; in braces when an `else` behind it would be taken for its own. */
function printInner(statement: Statement, indent: number, isBeforeElse = false): string {
	if (statement.kind === 'block') return ` ${printBlock(statement, indent)}`;
	const { position, length } = statement;
	if (isBeforeElse && takesElse(statement)) {
		return ` ${printBlock({ position, length, kind: 'block', statements: [statement] }, indent)}`;
	}
	return `\n${'\t'.repeat(indent + 1)}${printStatement(statement, indent + 1)}`;
}

/** Whether a statement ends in an if without an else. */
function takesElse(statement: Statement): boolean {
	switch (statement.kind) {
		case 'if':
			return statement.otherwise === null || takesElse(statement.otherwise);
		case 'while':
		case 'for':
		case 'switch':
			return takesElse(statement.body);
		case 'case':
		case 'default':
		case 'label':
			return takesElse(statement.statement);
		case 'atomic':
		case 'block':
		case 'break':
		case 'continue':
		case 'declaration':
		case 'doWhile':
		case 'empty':
		case 'expression':
		case 'ghost':
		case 'goto':
		case 'return':
			return false;
	}
}

function printForStart(statement: Statement | null, indent: number): string {
	if (statement === null) return ';';
	if (statement.kind !== 'block') return printStatement(statement, indent);
	return `${printSequence(statement, indent)};`;
}

/** Several expressions are joined by commas; anything else is one expression. */
function printAdvance(expression: Expression, indent: number): string {
	const isSequence =
		expression.kind === 'statementExpression' &&
		expression.body.statements.length > 1 &&
		expression.body.statements.every((statement) => statement.kind === 'expression');
	return isSequence ? printSequence(expression.body, indent) : printExpression(expression, indent);
}

function printSequence(block: Statement & { readonly kind: 'block' }, indent: number): string {
	return block.statements
		.map((statement) => (statement.kind === 'expression' ? printExpression(statement.value, indent) : ''))
		.join(', ');
}

/** Neighbours that were written as one declaration, such as `struct { int a; } x, y;`, share their specifiers and base. */
function groupByBase(declarations: readonly Declaration[]): Declaration[][] {
	const groups: Declaration[][] = [];
	for (const declaration of declarations) {
		const group = groups.at(-1);
		const before = group?.at(-1);
		if (group !== undefined && before !== undefined && isSameDeclaration(before, declaration)) group.push(declaration);
		else groups.push([declaration]);
	}
	return groups;
}

function isSameDeclaration(a: Declaration, b: Declaration): boolean {
	if (a.kind === 'typedef' && b.kind === 'typedef') return spellType(a.type, '').base === spellType(b.type, '').base;
	if (a.kind !== 'variable' || b.kind !== 'variable') return false;
	return a.specifiers === b.specifiers && spellType(a.type, '').base === spellType(b.type, '').base;
}

/** Writes one declaration, of one or several names with one base type. */
function printDeclarations(declarations: readonly Declaration[], indent: number): string {
	const [first] = declarations;
	if (first === undefined) return ';';
	switch (first.kind) {
		case 'type':
			return `${printBase(first.type, indent)};`;
		case 'functionDefinition': {
			const head = `${printSpecifiers(first.specifiers)}${printType(first.type, first.name, indent)}`;
			return `${printComment(first.comment)}${head}\n${printBlock(first.body, indent)}`;
		}
		case 'typedef':
		case 'variable': {
			const specifiers = first.kind === 'typedef' ? 'typedef ' : printSpecifiers(first.specifiers);
			const list = declarations.map((declaration) => printDeclarator(declaration, indent));
			return `${specifiers}${printBase(spellType(first.type, '', indent).base, indent)} ${list.join(', ')};`;
		}
	}
}

function printDeclarator(declaration: Declaration, indent: number): string {
	if (declaration.kind === 'type') return '';
	const { declarator } = spellType(declaration.type, declaration.name, indent);
	const initialiser = declaration.kind === 'variable' ? declaration.initialiser : null;
	return initialiser === null ? declarator : `${declarator} = ${printInitialiser(initialiser, indent)}`;
}

function printSpecifiers(specifiers: Specifiers): string {
	const words = [
		specifiers.isStatic ? 'static' : '',
		specifiers.isExtern ? 'extern' : '',
		specifiers.isPerCpu ? '__percpu' : '',
		specifiers.isGhost ? '__ghost' : '',
		specifiers.role === 'plain' ? '' : `__${specifiers.role}`,
	];
	return words
		.filter((word) => word !== '')
		.map((word) => `${word} `)
		.join('');
}

function printInitialiser(initialiser: Initialiser, indent: number): string {
	if (initialiser.kind === 'expression') return printExpression(initialiser.value, indent);
	const items = initialiser.items.map(
		(item) => `${printDesignator(item.designator, indent)}${printInitialiser(item.value, indent)}`,
	);
	return items.length === 0 ? '{ }' : `{ ${items.join(', ')} }`;
}

function printDesignator(designator: InitialiserItem['designator'], indent: number): string {
	if (designator === null) return '';
	return designator.kind === 'field' ? `.${designator.name} = ` : `[${printConstant(designator.value, indent)}] = `;
}

/** Line comments when the text would close a block comment. */
function printComment(comment: string): string {
	if (comment === '') return '';
	const lines = comment.split('\n');
	if (comment.includes('*/')) return lines.map((line) => `//${line === '' ? '' : ` ${line}`}\n`).join('');
	return `/*\n${lines.map((line) => ` *${line === '' ? '' : ` ${line}`}\n`).join('')} */\n`;
}
