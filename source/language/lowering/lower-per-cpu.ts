/** Per-CPU data: which CPU's copy is meant. */

import type { Register } from '../code.ts';
import { fail } from '../semantics/complaint.ts';
import { intType } from '../semantics/typing.ts';
import type { Place, Value } from '../semantics/value.ts';
import type { Expression } from '../syntax/ast.ts';
import type { FunctionBuilder } from './builder.ts';
import { assignable } from './conversion.ts';
import { lowerExpression } from './lower-expression.ts';
import { addressOf, lowerPlace } from './lower-place.ts';

type Call = Expression & { readonly kind: 'call' };

/** `per_cpu(variable, cpu)`: an lvalue. */
export function lowerPerCpuPlace(builder: FunctionBuilder, call: Call): Place {
	const [variable, cpu] = call.arguments;
	if (variable === undefined || cpu === undefined || call.arguments.length !== 2) {
		return fail(call, 'per_cpu() takes a variable and a CPU');
	}
	if (variable.kind === 'typeArgument') return fail(variable, 'per_cpu() takes a variable, not a type');
	return lowerPlace(builder, variable, cpuRegister(builder, cpu, 'argument 2 of "per_cpu"'));
}

/** `this_cpu_ptr(&variable)` and `per_cpu_ptr(&variable, cpu)`: a pointer. */
export function lowerPerCpuPointer(builder: FunctionBuilder, call: Call, name: 'this_cpu_ptr' | 'per_cpu_ptr'): Value {
	const [pointer, cpu] = call.arguments;
	const count = name === 'this_cpu_ptr' ? 1 : 2;
	if (pointer === undefined || call.arguments.length !== count) {
		return fail(call, `${name}() takes ${count === 1 ? 'a pointer' : 'a pointer and a CPU'}`);
	}
	if (pointer.kind !== 'addressOf') {
		return fail(pointer, `${name}() takes the address of a per-CPU variable`, {
			advice: `write ${name}(&variable${count === 1 ? '' : ', cpu'})`,
		});
	}
	const register = cpu === undefined ? null : cpuRegister(builder, cpu, `argument 2 of "${name}"`);
	return addressOf(builder, lowerPlace(builder, pointer.operand, register), call);
}

function cpuRegister(builder: FunctionBuilder, cpu: Call['arguments'][number], what: string): Register {
	if (cpu.kind === 'typeArgument') return fail(cpu, `${what} is a CPU number, not a type`);
	return builder.register(assignable(builder, lowerExpression(builder, cpu), intType, cpu, what));
}
