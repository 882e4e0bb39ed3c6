import fc, { type Arbitrary } from 'fast-check';
import type { BinaryOperator } from '../../../source/language/code.ts';
import type {
	Declaration,
	Expression,
	FieldSyntax,
	Initialiser,
	InitialiserItem,
	Node,
	ParameterSyntax,
	Specifiers,
	Statement,
	SyntaxTree,
	TypeArgument,
	TypeSyntax,
} from '../../../source/language/syntax/ast.ts';

/**
 * Random syntax trees of every shape that text can have. Names of variables and of types are apart, as a parser needs to know which is
 * which; the tree declares them all first.
 */

const place: Node = { position: { file: 'a.c', line: 1, column: 1 }, length: 1 };
/** Names of variables that the trees use. */
export const variables: readonly string[] = ['a', 'b', 'pos', 'vmf', '_x1', 'atomic', 'ghost', 'NULL'];
const types = ['foo_t', 'list_t'];

const variable = fc.constantFrom(...variables);
const tag = fc.constantFrom('page', 'vm_area_struct', 'a', 'foo_t');
const field = fc.constantFrom('lock', 'flags', 'a', 'foo_t', 'next');
const comment = fc
	.array(fc.constantFrom('Frees it.', '  indented', '* item', '', 'a */ b', '// c', 'ends in \\ ', '"quoted"'), {
		maxLength: 4,
	})
	.map((lines) => lines.join('\n').replace(/^\n+|\n+$/g, ''));

const binaryOperators: readonly BinaryOperator[] = [
	...(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'] as const),
	...(['==', '!=', '<', '<=', '>', '>='] as const),
];

const number: Arbitrary<Expression> = fc
	.oneof(
		fc.record({
			value: fc.oneof(fc.nat(), fc.maxSafeNat()),
			suffix: fc.constantFrom('' as const, 'U' as const, 'L' as const, 'UL' as const, 'LL' as const, 'ULL' as const),
		}),
		fc.record({
			value: fc.integer({ min: -70_000, max: -1 }),
			suffix: fc.constantFrom('U' as const, 'UL' as const, 'ULL' as const),
		}),
	)
	.map(({ value, suffix }) => ({ ...place, kind: 'number', value, suffix }));

const leaf: Arbitrary<Expression> = fc.oneof(
	number,
	fc.string({ unit: 'binary', maxLength: 6 }).map((value): Expression => ({ ...place, kind: 'string', value })),
	variable.map((name): Expression => ({ ...place, kind: 'name', name })),
);

/** Everything that contains everything else. */
type Syntax = {
	readonly expression: Expression;
	readonly argument: Expression | TypeArgument;
	readonly type: TypeSyntax;
	readonly base: TypeSyntax;
	readonly fields: readonly FieldSyntax[];
	readonly parameters: readonly ParameterSyntax[];
	readonly initialiser: Initialiser;
	readonly statement: Statement;
	/** A statement that an else cannot be added to. */
	readonly closed: Statement;
	readonly block: Statement & { readonly kind: 'block' };
	readonly local: Statement & { readonly kind: 'declaration' };
};

const specifiers: Arbitrary<Specifiers> = fc.record({
	isStatic: fc.boolean(),
	isExtern: fc.constant(false),
	isTypedef: fc.constant(false),
	isPerCpu: fc.boolean(),
	isGhost: fc.boolean(),
	role: fc.constantFrom('plain' as const, 'plain' as const, 'invariant' as const, 'final' as const, 'view' as const),
});

const syntax = fc.letrec<Syntax>((tie) => {
	const expression = tie('expression');
	const type = tie('type');
	const block = tie('block');
	const statement = tie('statement');
	const node = <T extends object>(fields: { readonly [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T & Node> =>
		fc.record<T>(fields as { [K in keyof T]: Arbitrary<T[K]> }).map((made) => ({ ...place, ...(made as T) }));
	const kind = <K extends string>(name: K): Arbitrary<K> => fc.constant(name);
	const binary: Arbitrary<Expression> = node({
		kind: kind('binary'),
		operator: fc.constantFrom(...binaryOperators),
		left: expression,
		right: expression,
	});
	const sequence = (min: number): Arbitrary<Statement & { readonly kind: 'block' }> =>
		node({
			kind: kind('block'),
			statements: fc.array(node({ kind: kind('expression'), value: expression }), { minLength: min, maxLength: 3 }),
		});

	const ifThen = (elses: Arbitrary<Statement | null>): Arbitrary<Statement> =>
		fc
			.tuple(expression, tie('closed'), elses)
			.map(([condition, then, otherwise]) => ({ ...place, kind: 'if', condition, then, otherwise }));

	const designator: Arbitrary<InitialiserItem['designator']> = fc.oneof(
		fc.constant(null),
		fc.record({ kind: kind('field'), name: field }),
		fc.record({ kind: kind('index'), value: expression }),
	);

	const value: Arbitrary<Initialiser | null> = fc.option(tie('initialiser'));

	/** A pointer, array or function around a base. */
	const wrapped = (inner: Arbitrary<TypeSyntax>): Arbitrary<TypeSyntax> =>
		fc.oneof(
			node({ kind: kind('pointer'), to: inner }),
			node({ kind: kind('array'), element: inner, size: fc.option(expression) }),
			node({ kind: kind('function'), result: inner, parameters: tie('parameters') }),
		);
	/** Declarators of one base type. */
	const around = (base: TypeSyntax): Arbitrary<TypeSyntax> =>
		fc.oneof(fc.constant(base), wrapped(fc.constant(base)), wrapped(wrapped(fc.constant(base))));

	return {
		expression: fc.oneof(
			{ maxDepth: 4, depthIdentifier: 'tree' },
			leaf,
			binary,
			binary,
			node({
				kind: kind('logical'),
				operator: fc.constantFrom('&&' as const, '||' as const),
				left: expression,
				right: expression,
			}),
			node({
				kind: kind('unary'),
				operator: fc.constantFrom('-' as const, '+' as const, '~' as const, '!' as const),
				operand: expression,
			}),
			node({ kind: kind('addressOf'), operand: expression }),
			node({ kind: kind('dereference'), operand: expression }),
			node({
				kind: kind('increment'),
				operator: fc.constantFrom('++' as const, '--' as const),
				prefix: fc.boolean(),
				operand: expression,
			}),
			fc
				.tuple(expression, expression, expression)
				.map(
					([condition, then, otherwise]): Expression => ({ ...place, kind: 'conditional', condition, then, otherwise }),
				),
			node({
				kind: kind('assign'),
				operator: fc.option(fc.constantFrom(...binaryOperators.slice(0, 10))),
				target: expression,
				value: expression,
			}),
			node({ kind: kind('call'), callee: expression, arguments: fc.array(tie('argument'), { maxLength: 3 }) }),
			node({ kind: kind('member'), object: expression, name: field, arrow: fc.boolean() }),
			node({ kind: kind('index'), array: expression, index: expression }),
			node({ kind: kind('cast'), type, operand: expression }),
			node({ kind: kind('sizeof'), of: tie('argument') }),
			node({ kind: kind('statementExpression'), body: block }),
		),
		argument: fc.oneof({ weight: 3, arbitrary: expression }, node({ kind: kind('typeArgument'), type })),
		base: fc.oneof(
			{ maxDepth: 3, depthIdentifier: 'tree' },
			node({ kind: kind('named'), name: fc.constantFrom('int', 'unsigned long', 'void', 'u8', 'bool', ...types) }),
			node({ kind: kind('struct'), tag, fields: fc.constant(null) }),
			node({ kind: kind('struct'), tag: fc.oneof(tag, fc.constant('')), fields: tie('fields') }),
			node({ kind: kind('enum'), tag, enumerators: fc.constant(null) }),
			node({
				kind: kind('enum'),
				tag: fc.oneof(tag, fc.constant('')),
				enumerators: fc.array(node({ name: fc.constantFrom('RED', 'GREEN'), value: fc.option(expression) }), {
					maxLength: 3,
				}),
			}),
			node({ kind: kind('typeof'), of: tie('argument') }),
		),
		type: tie('base').chain(around),
		fields: fc.array(node({ name: field, type }), { maxLength: 3 }),
		parameters: fc
			.array(node({ name: fc.oneof(variable, fc.constant('')), type }), { maxLength: 3 })
			.filter(
				(list) => !list.some(({ name, type: own }) => name === '' && own.kind === 'named' && own.name === 'void'),
			),
		initialiser: fc.oneof(
			{ maxDepth: 3, depthIdentifier: 'tree' },
			node({ kind: kind('expression'), value: expression }),
			node({
				kind: kind('list'),
				items: fc.array(
					fc
						.tuple(designator, tie('initialiser'))
						.map(([chosen, value]): InitialiserItem => ({ ...place, designator: chosen, value })),
					{ maxLength: 3 },
				),
			}),
		),
		local: fc
			.tuple(specifiers, tie('base'), fc.integer({ min: 0, max: 3 }), fc.boolean())
			.chain(([words, base, count, isTypedef]): Arbitrary<readonly Declaration[]> => {
				const canStandAlone = base.kind === 'struct' || base.kind === 'enum';
				if (count === 0 && canStandAlone) return fc.constant([{ ...place, kind: 'type', type: base }]);
				const length = { minLength: Math.max(1, count), maxLength: Math.max(1, count) };
				if (isTypedef) {
					const name = fc.constantFrom(...types);
					return fc.array(node({ kind: kind('typedef'), name, type: around(base) }), length);
				}
				return fc.array(
					node({
						kind: kind('variable'),
						specifiers: fc.constant(words),
						name: variable,
						type: around(base),
						initialiser: value,
					}),
					length,
				);
			})
			.map((declarations) => ({ ...place, kind: 'declaration', declarations })),
		block: node({ kind: kind('block'), statements: fc.array(statement, { maxLength: 4, depthIdentifier: 'tree' }) }),
		closed: fc.oneof(
			block,
			node({ kind: kind('expression'), value: expression }),
			node({ kind: kind('return'), value: fc.option(expression) }),
			node({ kind: kind('doWhile'), body: block, condition: expression }),
		),
		statement: fc.oneof(
			{ maxDepth: 4, depthIdentifier: 'tree' },
			node({ kind: kind('expression'), value: expression }),
			node({ kind: kind('empty') }),
			node({ kind: fc.constantFrom('break' as const, 'continue' as const) }),
			node({ kind: kind('goto'), label: variable }),
			node({ kind: kind('return'), value: fc.option(expression) }),
			tie('local'),
			block,
			ifThen(fc.option(tie('closed'))),
			ifThen(ifThen(fc.option(tie('closed')))),
			node({ kind: kind('while'), condition: expression, body: tie('closed') }),
			node({ kind: kind('doWhile'), body: tie('closed'), condition: expression }),
			node({
				kind: kind('for'),
				initialise: fc.option(
					fc.oneof(
						node({ kind: kind('expression'), value: expression }),
						sequence(2),
						tie('local').filter(({ declarations }) => declarations[0]?.kind === 'variable'),
					),
				),
				condition: fc.option(expression),
				advance: fc.option(fc.oneof(expression, node({ kind: kind('statementExpression'), body: sequence(2) }))),
				body: tie('closed'),
			}),
			node({ kind: kind('switch'), value: expression, body: block }),
			node({ kind: kind('case'), value: expression, statement: tie('closed') }),
			node({ kind: kind('default'), statement: tie('closed') }),
			node({ kind: kind('label'), name: variable, statement: tie('closed') }),
			node({ kind: fc.constantFrom('atomic' as const, 'ghost' as const), body: block }),
		),
	};
});

/** Any expression. */
export const anyExpression: Arbitrary<Expression> = syntax.expression;

/** Type names that the expressions use. */
export const typeNames: readonly string[] = types;

const preamble: readonly Declaration[] = [
	...types.map(
		(name): Declaration => ({ ...place, kind: 'typedef', name, type: { ...place, kind: 'named', name: 'int' } }),
	),
	...variables.map(
		(name): Declaration => ({
			...place,
			kind: 'variable',
			specifiers: { isStatic: false, isExtern: true, isTypedef: false, isPerCpu: false, isGhost: false, role: 'plain' },
			name,
			type: { ...place, kind: 'named', name: 'int' },
			initialiser: null,
		}),
	),
];

const functionDefinition: Arbitrary<Declaration> = fc
	.record({
		specifiers,
		name: fc.constantFrom('vb_alloc', 'vb_free'),
		result: syntax.base,
		parameters: syntax.parameters,
		body: syntax.block,
		comment,
	})
	.map(({ result, parameters, ...rest }) => ({
		...place,
		kind: 'functionDefinition',
		...rest,
		type: { ...place, kind: 'function', result, parameters },
		lastLine: 1,
		addressTaken: [],
	}));

/** Any tree of a file. */
export const anyTree: Arbitrary<SyntaxTree> = fc
	.array(
		fc.oneof(
			functionDefinition.map((declaration) => [declaration]),
			syntax.local.map(({ declarations }) => declarations),
		),
		{
			maxLength: 3,
		},
	)
	.map((lists) => ({ file: 'a.c', declarations: [...preamble, ...lists.flat()] }));
