/** A function's code under construction. */

import type { BinaryOperator, Instruction, LocalVariable, Register } from '../code.ts';
import { Complaint, fail } from '../semantics/complaint.ts';
import type { BrokenSymbol, ConstantSymbol, Environment, LocalSymbol } from '../semantics/symbols.ts';
import type { Owner, Value } from '../semantics/value.ts';
import type { Expression, Node } from '../syntax/ast.ts';
import type { Type } from '../types.ts';

/** Registers from here on are temporaries until `finish` puts them behind the locals. */
export const firstTemporary = 1 << 20;

/** Instructions of one function: a bound on what a stranger's file can make of itself. */
const maximumInstructions = 20_000;

/** An instruction with where it comes from. Jump targets are labels until the end. */
export interface Emitted {
	readonly instruction: Instruction;
	readonly file: number;
	readonly line: number;
	readonly column: number;
	readonly statement: boolean;
	/** The expression it was emitted for, for complaints that need the whole program. */
	readonly node: Node;
	/** Inside a ghost or wait_event region of this function. */
	readonly region: 'none' | 'ghost' | 'await';
	/** Whose memory a store changes. */
	readonly owner: Owner | null;
}

/** A stretch of code with a meaning of its own. `expression`: all of a debugger expression. */
export interface Region {
	readonly kind: 'atomic' | 'ghost' | 'await' | 'expression';
	readonly node: Node;
}

export interface Loop {
	readonly breakLabel: number;
	/** Null for a switch. */
	readonly continueLabel: number | null;
	readonly regions: number;
}

export interface NamedLabel {
	readonly label: number;
	/** The atomic and ghost statements around it, outermost first. */
	readonly regions: readonly Node[];
}

type ScopeSymbol = LocalSymbol | ConstantSymbol | BrokenSymbol;

interface Scope {
	readonly symbols: Map<string, ScopeSymbol>;
	readonly registers: number;
	readonly firstVariable: number;
}

type OpenVariable = Omit<LocalVariable, 'to'> & { to: number };

/** Collects instructions, registers, labels, scopes and regions of one function or expression. Mutable, and gone once the code is made. */
export class FunctionBuilder {
	readonly environment: Environment;
	/** What the function returns; null for an expression. */
	readonly result: Type | null;
	/** A debugger expression or a constant: no function of its own. */
	readonly isExpression: boolean;
	/** Whether all of the function is ghost code: an invariant, a final check or a view. */
	readonly isGhost: boolean;
	readonly emitted: Emitted[] = [];
	/** Label -> index into `emitted`, or null before it is bound. */
	readonly labels: (number | null)[] = [];
	readonly variables: OpenVariable[] = [];
	readonly memoryLocals: { readonly name: string; readonly layout: number }[] = [];
	readonly regions: Region[] = [];
	readonly loops: Loop[] = [];
	/** Switch statements being lowered: label of each case. */
	readonly cases: Map<Node, number>[] = [];
	namedLabels: ReadonlyMap<string, NamedLabel> = new Map();
	/** Locals that must live in memory because their address is taken. */
	addressTaken: ReadonlySet<string> = new Set();
	/** Position of what is being emitted. */
	here: Node;
	/** Where a statement that has emitted nothing yet begins. */
	pending: Node | null = null;
	/** Inside a statement expression: the line of the statement around it. */
	sameLine: Node['position'] | null = null;
	temporaries = 0;
	mostTemporaries = 0;
	/** Where statements start to count temporaries; above zero inside a statement expression. */
	temporaryBase = 0;
	mostLocals: number;
	/** What is known of expressions that were looked at without being evaluated. */
	readonly considered = new Map<Expression, Value>();
	/** Whether this code could run twice in one frame. */
	mayRepeat = false;
	/** Whether some statement was left out because of a complaint. */
	isBroken = false;
	private isTooLarge = false;
	private readonly scopes: Scope[] = [];
	private nextLocal: number;
	/** Index before which nothing may be changed any more: a label is bound there. */
	private barrier = 0;

	constructor(
		environment: Environment,
		options: {
			readonly result: Type | null;
			readonly isGhost: boolean;
			readonly here: Node;
			/** Registers that are taken already. */
			readonly registers?: number;
		},
	) {
		this.environment = environment;
		this.result = options.result;
		this.isExpression = options.result === null;
		this.isGhost = options.isGhost;
		this.here = options.here;
		this.nextLocal = options.registers ?? 0;
		this.mostLocals = this.nextLocal;
		this.scopes.push({ symbols: new Map(), registers: this.nextLocal, firstVariable: 0 });
	}

	/** Fails with a Complaint when the function has grown too large. */
	emit(instruction: Instruction, owner: Owner | null = null): void {
		if (this.emitted.length >= maximumInstructions) {
			if (this.isTooLarge) throw new Complaint(null);
			this.isTooLarge = true;
			fail(this.here, 'this function is too large', { advice: 'a model has just the steps that matter to its race' });
		}
		const { position } = this.pending ?? this.here;
		const region = this.pureRegion();
		this.emitted.push({
			instruction,
			file: this.environment.file(position.file),
			line: position.line,
			column: position.column,
			statement: this.pending !== null && region !== 'ghost',
			node: this.here,
			region,
			owner,
		});
		this.pending = null;
	}

	/** Begins a statement: its first instruction is a place to stop. */
	begin(node: Node): void {
		const { sameLine } = this;
		const { file, line } = node.position;
		this.here = node;
		if (sameLine === null || sameLine.line !== line || sameLine.file !== file) this.pending = node;
		this.temporaries = this.temporaryBase;
	}

	/** Ends a statement; if it emitted nothing, it is no place to stop. */
	end(node: Node): void {
		if (this.pending === node) this.pending = null;
	}

	/** Runs `task` with instructions positioned at `node`. */
	at<T>(node: Node, task: () => T): T {
		const before = this.here;
		this.here = node;
		const result = task();
		this.here = before;
		return result;
	}

	temporary(): Register {
		const register = firstTemporary + this.temporaries;
		this.temporaries += 1;
		this.mostTemporaries = Math.max(this.mostTemporaries, this.temporaries);
		return register;
	}

	/** The register that holds a value; constants and addresses are emitted now. */
	register(value: Value): Register {
		switch (value.kind) {
			case 'register':
				return value.register;
			case 'constant': {
				const result = this.temporary();
				this.emit({ op: 'constant', result, value: value.value });
				return result;
			}
			case 'address': {
				const result = this.temporary();
				this.emit({ op: 'global', result, global: value.global.index ?? 0, cpu: null });
				if (value.offset !== 0) this.emit({ op: 'field', result, pointer: result, offset: value.offset });
				return result;
			}
			case 'nothing':
				throw new Error('a void value has no register');
		}
	}

	/** Puts a value into `target`, by making the last instruction compute it there when that is possible. */
	moveTo(target: Register, value: Value): void {
		if (value.kind === 'constant') {
			this.emit({ op: 'constant', result: target, value: value.value });
			return;
		}
		const source = this.register(value);
		if (source === target) return;
		const last = this.emitted.at(-1);
		if (
			source >= firstTemporary &&
			this.barrier < this.emitted.length &&
			last !== undefined &&
			'result' in last.instruction &&
			last.instruction.result === source
		) {
			this.emitted[this.emitted.length - 1] = { ...last, instruction: { ...last.instruction, result: target } };
			return;
		}
		this.emit({ op: 'move', result: target, source });
	}

	/** Turns the comparison that was just emitted into `register` into its opposite; false when there was none. */
	negateLast(register: Register, opposite: Readonly<Partial<Record<BinaryOperator, BinaryOperator>>>): boolean {
		const last = this.emitted.at(-1);
		if (last === undefined || last.instruction.op !== 'binary' || this.barrier >= this.emitted.length) return false;
		const operator = opposite[last.instruction.operator];
		if (operator === undefined || last.instruction.result !== register || register < firstTemporary) return false;
		this.emitted[this.emitted.length - 1] = { ...last, instruction: { ...last.instruction, operator } };
		return true;
	}

	label(): number {
		this.labels.push(null);
		return this.labels.length - 1;
	}

	bind(label: number): void {
		this.labels[label] = this.emitted.length;
		this.barrier = this.emitted.length;
	}

	jump(label: number): void {
		this.emit({ op: 'jump', target: label });
	}

	/** Runs `task` and forgets what it emitted. */
	unevaluated<T>(task: () => T): T {
		const { pending, temporaries, barrier, mostTemporaries, mostLocals } = this;
		const counts = {
			emitted: this.emitted.length,
			labels: this.labels.length,
			variables: this.variables.length,
			memory: this.memoryLocals.length,
		};
		this.barrier = counts.emitted;
		try {
			return task();
		} finally {
			this.emitted.length = counts.emitted;
			this.pending = pending;
			this.temporaries = temporaries;
			this.barrier = barrier;
			this.mostTemporaries = mostTemporaries;
			this.mostLocals = mostLocals;
			this.labels.length = counts.labels;
			this.variables.length = counts.variables;
			this.memoryLocals.length = counts.memory;
		}
	}

	openScope(): void {
		this.scopes.push({
			symbols: new Map(),
			registers: this.nextLocal,
			firstVariable: this.variables.length,
		});
	}

	closeScope(): void {
		const scope = this.scopes.pop();
		if (scope === undefined) return;
		this.nextLocal = scope.registers;
		for (const variable of this.variables.slice(scope.firstVariable)) {
			if (variable.to === -1) variable.to = this.emitted.length;
		}
	}

	/** Runs `task`, noting a complaint; what it had opened is closed again. False after a complaint. */
	guard(task: () => void): boolean {
		const { temporaryBase, sameLine } = this;
		const [scopes, regions, loops, cases] = [
			this.scopes.length,
			this.regions.length,
			this.loops.length,
			this.cases.length,
		];
		const done = this.environment.complaints.guard(() => {
			task();
			return true;
		});
		if (done) return true;
		this.isBroken = true;
		while (this.scopes.length > scopes) this.closeScope();
		this.regions.length = regions;
		this.loops.length = loops;
		this.cases.length = cases;
		this.temporaryBase = temporaryBase;
		this.sameLine = sameLine;
		this.pending = null;
		return false;
	}

	localRegister(): Register {
		const register = this.nextLocal;
		this.nextLocal += 1;
		this.mostLocals = Math.max(this.mostLocals, this.nextLocal);
		return register;
	}

	/** Whether a register belongs to a local of the innermost scope, and will be used again after it. */
	isInnermostLocal(register: Register): boolean {
		return register < firstTemporary && register >= (this.scopes.at(-1)?.registers ?? 0);
	}

	/** Adds a name to the innermost scope. False when that scope has it already. */
	declare(name: string, symbol: ScopeSymbol): boolean {
		const scope = this.scopes.at(-1);
		if (scope === undefined || (scope.symbols.has(name) && scope.symbols.get(name)?.kind !== 'broken')) return false;
		scope.symbols.set(name, symbol);
		return true;
	}

	/** Makes a local visible to the debugger from the next instruction on. */
	show(symbol: LocalSymbol, parameter: boolean): void {
		const { name, type, place } = symbol;
		this.variables.push({ name, type, place, from: this.emitted.length, to: -1, parameter });
	}

	lookUp(name: string): ScopeSymbol | ReturnType<Environment['lookUp']> {
		for (let depth = this.scopes.length - 1; depth >= 0; depth--) {
			const symbol = this.scopes[depth]?.symbols.get(name);
			if (symbol !== undefined) return symbol;
		}
		return this.environment.lookUp(name);
	}

	*names(): Iterable<string> {
		for (const scope of this.scopes) yield* scope.symbols.keys();
		yield* this.environment.names();
	}

	/** How many regions around this place must not change anything. */
	pureDepth(): number {
		return this.regions.filter(({ kind }) => kind !== 'atomic').length;
	}

	/** Whether this place may read ghost variables. */
	inGhost(): boolean {
		return this.isGhost || this.regions.some(({ kind }) => kind === 'ghost' || kind === 'expression');
	}

	/** The innermost region that must not change anything. */
	innermostPure(): Region | null {
		return this.regions.findLast(({ kind }) => kind !== 'atomic') ?? null;
	}

	private pureRegion(): Emitted['region'] {
		if (this.regions.some(({ kind }) => kind === 'ghost')) return 'ghost';
		return this.regions.some(({ kind }) => kind === 'await') ? 'await' : 'none';
	}
}
