import type { Expression, TypeArgument } from './ast.ts';
import { binaryPrecedence, logicalPrecedence } from './operators.ts';
import { printType } from './print-type.ts';
import { printBlock } from './printer.ts';

/** How tightly an expression's outermost operator binds. Binary operators are between `conditional` and `unary`. */
const binding = { assign: 0, conditional: 1, binary: 1, unary: 20, postfix: 21, primary: 22 };

/**
 * Writes an expression as model C; parentheses only where they are needed.
 *
 * @param indent tabs before the lines of a statement expression's block
 */
export function printExpression(expression: Expression, indent = 0): string {
	return print(expression, binding.assign, indent);
}

/** Writes the argument of a call: an expression or a type. */
export function printArgument(argument: Expression | TypeArgument, indent = 0): string {
	return argument.kind === 'typeArgument' ? printType(argument.type, '', indent) : printExpression(argument, indent);
}

/** Writes an expression without an assignment outside parentheses: for constants. */
export function printConstant(expression: Expression, indent = 0): string {
	return print(expression, binding.conditional, indent);
}

function print(expression: Expression, atLeast: number, indent: number): string {
	const text = withoutParentheses(expression, indent);
	return bindingOf(expression) < atLeast ? `(${text})` : text;
}

function bindingOf(expression: Expression): number {
	switch (expression.kind) {
		case 'assign':
			return binding.assign;
		case 'conditional':
			return binding.conditional;
		case 'logical':
			return binding.binary + logicalPrecedence[expression.operator];
		case 'binary':
			return binding.binary + binaryPrecedence[expression.operator];
		case 'unary':
		case 'addressOf':
		case 'dereference':
		case 'cast':
		case 'sizeof':
			return binding.unary;
		case 'increment':
			return expression.prefix ? binding.unary : binding.postfix;
		case 'call':
		case 'member':
		case 'index':
			return binding.postfix;
		case 'number':
			return binding.unary; // `1.x` would be one token
		case 'string':
		case 'name':
		case 'statementExpression':
			return binding.primary;
	}
}

function withoutParentheses(expression: Expression, indent: number): string {
	const part = (operand: Expression, atLeast: number): string => print(operand, atLeast, indent);
	switch (expression.kind) {
		case 'number':
			return printNumber(expression.value, expression.suffix);
		case 'string':
			return printString(expression.value);
		case 'name':
			return expression.name;
		case 'unary':
			return prefixed(expression.operator, part(expression.operand, binding.unary));
		case 'addressOf':
			return prefixed('&', part(expression.operand, binding.unary));
		case 'dereference':
			return prefixed('*', part(expression.operand, binding.unary));
		case 'increment':
			return expression.prefix
				? prefixed(expression.operator, part(expression.operand, binding.unary))
				: `${part(expression.operand, binding.postfix)}${expression.operator}`;
		case 'binary':
		case 'logical': {
			const own = bindingOf(expression);
			return `${part(expression.left, own)} ${expression.operator} ${part(expression.right, own + 1)}`;
		}
		case 'conditional': {
			const condition = part(expression.condition, binding.conditional + 1);
			const then = part(expression.then, binding.assign);
			return `${condition} ? ${then} : ${part(expression.otherwise, binding.conditional)}`;
		}
		case 'assign':
			return `${part(expression.target, binding.unary)} ${expression.operator ?? ''}= ${part(expression.value, binding.assign)}`;
		case 'call': {
			const list = expression.arguments.map((argument) => printArgument(argument, indent));
			return `${part(expression.callee, binding.postfix)}(${list.join(', ')})`;
		}
		case 'member':
			return `${part(expression.object, binding.postfix)}${expression.arrow ? '->' : '.'}${expression.name}`;
		case 'index':
			return `${part(expression.array, binding.postfix)}[${part(expression.index, binding.assign)}]`;
		case 'cast':
			return `(${printType(expression.type, '', indent)})${part(expression.operand, binding.unary)}`;
		case 'sizeof':
			return `sizeof(${printArgument(expression.of, indent)})`;
		case 'statementExpression':
			return `(${printBlock(expression.body, indent)})`;
	}
}

/** `- -x` and `& &x` are two operators, `--x` and `&&x` are one. */
function prefixed(operator: string, operand: string): string {
	return operand.startsWith(operator.slice(-1)) ? `${operator} ${operand}` : `${operator}${operand}`;
}

function printNumber(value: number, suffix: string): string {
	return value < 0 ? `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}${suffix}` : `${value}${suffix}`;
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '"': '\\"', '\\': '\\\\' };

function printString(value: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are written as escapes
	const text = value.replace(/["\\\u0000-\u001f\u007f-\u009f]/g, (character) => {
		const octal = character.charCodeAt(0).toString(8).padStart(3, '0');
		return escapes[character] ?? `\\${octal}`;
	});
	return `"${text}"`;
}
