/** The syntax tree of one preprocessed model C file, before types are known. */

import type { BinaryOperator, UnaryOperator } from '../code.ts';
import type { Position } from '../position.ts';

/** Every node says where it starts and how many characters of that line it covers (at least 1), for carets. */
export interface Node {
	readonly position: Position;
	readonly length: number;
	/** Set when the node begins in a macro's body: which macro, and where in its body. For a note below a diagnostic. */
	readonly expansion?: { readonly macro: string; readonly position: Position };
}

/**
 * A type as written; resolved by the checker. Qualifiers (`const`, `volatile`) are dropped.
 *
 * A `named` type is a typedef's name, a built-in name, or C's own words in their usual order: `void`, `bool`, `char`, `signed char`,
 * `unsigned char`, `short`, `unsigned short`, `int`, `unsigned int`, `long`, `unsigned long`, `long long`, `unsigned long long`.
 * A struct or enum without a tag has the tag ''. The declarators of one declaration share their base type's node, so a struct with a body is
 * defined once however many nodes refer to it.
 */
export type TypeSyntax =
	| (Node & { readonly kind: 'named'; readonly name: string })
	| (Node & { readonly kind: 'struct'; readonly tag: string; readonly fields: readonly FieldSyntax[] | null })
	| (Node & { readonly kind: 'enum'; readonly tag: string; readonly enumerators: readonly EnumeratorSyntax[] | null })
	| (Node & { readonly kind: 'pointer'; readonly to: TypeSyntax })
	| (Node & { readonly kind: 'array'; readonly element: TypeSyntax; readonly size: Expression | null })
	| (Node & {
			readonly kind: 'function';
			readonly result: TypeSyntax;
			readonly parameters: readonly ParameterSyntax[];
	  })
	/** `typeof(x)`: the type of an expression, which is not evaluated, or of a type. */
	| (Node & { readonly kind: 'typeof'; readonly of: Expression | TypeArgument });

export interface FieldSyntax extends Node {
	readonly name: string;
	readonly type: TypeSyntax;
}

export interface EnumeratorSyntax extends Node {
	readonly name: string;
	readonly value: Expression | null;
}

export interface ParameterSyntax extends Node {
	/** Empty in a prototype that names only the type. `(void)` and `()` have no parameters. */
	readonly name: string;
	readonly type: TypeSyntax;
}

/** Words before a declaration that are not part of its type. */
export interface Specifiers {
	readonly isStatic: boolean;
	readonly isExtern: boolean;
	readonly isTypedef: boolean;
	/** `inline` is accepted and ignored. */
	readonly isPerCpu: boolean;
	readonly isGhost: boolean;
	readonly role: 'plain' | 'invariant' | 'final' | 'view';
}

export type Initialiser =
	| (Node & { readonly kind: 'expression'; readonly value: Expression })
	| (Node & { readonly kind: 'list'; readonly items: readonly InitialiserItem[] });

export interface InitialiserItem extends Node {
	/** `.name =` or `[n] =`, or null for the next element in order. */
	readonly designator:
		| { readonly kind: 'field'; readonly name: string }
		| { readonly kind: 'index'; readonly value: Expression }
		| null;
	readonly value: Initialiser;
}

/** Variables, functions and typedefs are at their names. */
export type Declaration =
	/** A function's prototype is a variable whose type is a function. */
	| (Node & {
			readonly kind: 'variable';
			readonly specifiers: Specifiers;
			readonly name: string;
			readonly type: TypeSyntax;
			readonly initialiser: Initialiser | null;
	  })
	| (Node & {
			readonly kind: 'functionDefinition';
			readonly specifiers: Specifiers;
			readonly name: string;
			readonly type: TypeSyntax & { readonly kind: 'function' };
			readonly body: Statement & { readonly kind: 'block' };
			/** Names of the variables in the body whose address is taken: locals among them must live in memory. */
			readonly addressTaken: readonly string[];
			/** Line of the closing brace. */
			readonly lastLine: number;
			/** The comment block right above, without stars; empty when there is none. */
			readonly comment: string;
	  })
	| (Node & { readonly kind: 'typedef'; readonly name: string; readonly type: TypeSyntax })
	/** A declaration of a struct or enum alone. */
	| (Node & { readonly kind: 'type'; readonly type: TypeSyntax });

export type Statement =
	| (Node & { readonly kind: 'block'; readonly statements: readonly Statement[] })
	| (Node & { readonly kind: 'declaration'; readonly declarations: readonly Declaration[] })
	| (Node & { readonly kind: 'expression'; readonly value: Expression })
	| (Node & { readonly kind: 'empty' })
	| (Node & {
			readonly kind: 'if';
			readonly condition: Expression;
			readonly then: Statement;
			readonly otherwise: Statement | null;
	  })
	| (Node & { readonly kind: 'while'; readonly condition: Expression; readonly body: Statement })
	| (Node & { readonly kind: 'doWhile'; readonly body: Statement; readonly condition: Expression })
	/**
	 * `for (a = 1, b = 2; ...; a++, b++)`: the only places where a comma joins expressions. The first becomes a `block` of expression
	 * statements, the last a `statementExpression`.
	 */
	| (Node & {
			readonly kind: 'for';
			readonly initialise: Statement | null;
			readonly condition: Expression | null;
			readonly advance: Expression | null;
			readonly body: Statement;
	  })
	| (Node & { readonly kind: 'switch'; readonly value: Expression; readonly body: Statement })
	| (Node & { readonly kind: 'case'; readonly value: Expression; readonly statement: Statement })
	| (Node & { readonly kind: 'default'; readonly statement: Statement })
	| (Node & { readonly kind: 'label'; readonly name: string; readonly statement: Statement })
	| (Node & { readonly kind: 'goto'; readonly label: string })
	| (Node & { readonly kind: 'break' })
	| (Node & { readonly kind: 'continue' })
	| (Node & { readonly kind: 'return'; readonly value: Expression | null })
	/** `atomic { ... }`: one op. */
	| (Node & { readonly kind: 'atomic'; readonly body: Statement & { readonly kind: 'block' } })
	/** `ghost { ... }`: for checking only, no op of its own. */
	| (Node & { readonly kind: 'ghost'; readonly body: Statement & { readonly kind: 'block' } });

export type Expression =
	/** The value is in the signed form of 64 bits: 0xffffffffffffffff is -1 with a U in its suffix. A character is its code. */
	| (Node & { readonly kind: 'number'; readonly value: number; readonly suffix: '' | 'U' | 'L' | 'UL' | 'LL' | 'ULL' })
	| (Node & { readonly kind: 'string'; readonly value: string })
	| (Node & { readonly kind: 'name'; readonly name: string })
	| (Node & { readonly kind: 'unary'; readonly operator: UnaryOperator | '+'; readonly operand: Expression })
	| (Node & { readonly kind: 'addressOf'; readonly operand: Expression })
	| (Node & { readonly kind: 'dereference'; readonly operand: Expression })
	| (Node & {
			readonly kind: 'increment';
			readonly operator: '++' | '--';
			readonly prefix: boolean;
			readonly operand: Expression;
	  })
	| (Node & {
			readonly kind: 'binary';
			readonly operator: BinaryOperator;
			readonly left: Expression;
			readonly right: Expression;
	  })
	| (Node & {
			readonly kind: 'logical';
			readonly operator: '&&' | '||';
			readonly left: Expression;
			readonly right: Expression;
	  })
	| (Node & {
			readonly kind: 'conditional';
			readonly condition: Expression;
			readonly then: Expression;
			readonly otherwise: Expression;
	  })
	| (Node & {
			readonly kind: 'assign';
			/** Null for `=`; else the operator of a compound assignment. */
			readonly operator: BinaryOperator | null;
			readonly target: Expression;
			readonly value: Expression;
	  })
	| (Node & {
			readonly kind: 'call';
			readonly callee: Expression;
			readonly arguments: readonly (Expression | TypeArgument)[];
	  })
	| (Node & { readonly kind: 'member'; readonly object: Expression; readonly name: string; readonly arrow: boolean })
	| (Node & { readonly kind: 'index'; readonly array: Expression; readonly index: Expression })
	| (Node & { readonly kind: 'cast'; readonly type: TypeSyntax; readonly operand: Expression })
	| (Node & { readonly kind: 'sizeof'; readonly of: TypeArgument | Expression })
	/** `({ declarations; statements; value; })`, for macros such as min() and container_of-like helpers. */
	| (Node & { readonly kind: 'statementExpression'; readonly body: Statement & { readonly kind: 'block' } });

/** A type where an expression could stand: `sizeof(struct x)`, `container_of(p, struct x, f)`, `per_cpu_type(int)`. */
export interface TypeArgument extends Node {
	readonly kind: 'typeArgument';
	readonly type: TypeSyntax;
}

export interface SyntaxTree {
	readonly file: string;
	readonly declarations: readonly Declaration[];
}
