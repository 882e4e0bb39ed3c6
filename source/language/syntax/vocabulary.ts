/** The words that the parser knows. Everything else is a name. */

/** Words that make up C's own types, in the order in which a type's name has them. */
export const basicTypeWords: ReadonlySet<string> = new Set([
	'void',
	'bool',
	'_Bool',
	'signed',
	'unsigned',
	'char',
	'short',
	'long',
	'int',
]);

/** Type names that every model knows without a typedef. */
export const builtInTypeNames: readonly string[] = [
	...['u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64'],
	...['__u8', '__u16', '__u32', '__u64', '__s8', '__s16', '__s32', '__s64'],
	...['size_t', 'ssize_t', 'loff_t', 'pgoff_t', 'gfp_t', 'vm_flags_t', 'pid_t', 'uintptr_t'],
	...['spinlock_t', 'rwlock_t', 'pte_t', 'pmd_t', 'pud_t', 'p4d_t', 'pgd_t', 'step_t', 'text'],
];

export const typeofWords: ReadonlySet<string> = new Set(['typeof', '__typeof__', '__typeof']);

/** Words that say how something is declared. */
export const storageWords: ReadonlySet<string> = new Set([
	'static',
	'extern',
	'typedef',
	'__percpu',
	'__ghost',
	'__invariant',
	'__final',
	'__view',
]);

/** Words of the kernel's that say nothing to a model: accepted wherever a declaration may have them. */
export const ignoredWords: ReadonlySet<string> = new Set([
	...['const', 'volatile', 'restrict', '__restrict', 'register'],
	...['inline', '__inline', '__inline__', '__always_inline', 'noinline', 'noinline_for_stack', '__noreturn'],
	...['__init', '__exit', '__initdata', '__meminit', '__ro_after_init', '__read_mostly', '__refdata', '__weak'],
	...[
		'__must_check',
		'__maybe_unused',
		'__always_unused',
		'__unused',
		'__cold',
		'__hot',
		'__pure',
		'__attribute_const__',
	],
	...['__rcu', '__user', '__kernel', '__iomem', '__force', '__bitwise', '__private', '__nocast'],
	...['__sched', 'notrace', '__visible', 'asmlinkage', '__packed'],
	...['____cacheline_aligned', '____cacheline_aligned_in_smp', '__cacheline_aligned_in_smp'],
]);

/** The same, with arguments in parentheses. */
export const ignoredCalls: ReadonlySet<string> = new Set([
	...['__acquires', '__releases', '__must_hold', '__cond_acquires', '__guarded_by', '__counted_by'],
	...['__printf', '__aligned'],
]);

const statementWords = [
	...['if', 'else', 'while', 'do', 'for', 'switch', 'case', 'default', 'break', 'continue', 'return', 'goto', 'sizeof'],
	...['struct', 'enum'],
];

export interface Refusal {
	readonly message: string;
	readonly advice: string;
}

const noFloat: Refusal = { message: 'model C has no floating point', advice: 'use integers, as the kernel does' };
const noAssembly: Refusal = {
	message: 'model C has no assembly',
	advice: 'call the primitive that does what the instructions do, such as smp_mb() or xchg()',
};
const noAttribute: Refusal = {
	message: 'attributes are not part of model C',
	advice: "leave it out, or use the kernel's word for it, such as __must_check",
};
const noAssertion: Refusal = {
	message: 'model C has no static assertions',
	advice: 'use #if and #error, or BUG_ON() where the code runs',
};

/** Words of C and its dialects that model C leaves out, and what to do instead. */
export const refusedWords: ReadonlyMap<string, Refusal> = new Map([
	[
		'union',
		{ message: 'unions are not part of model C', advice: 'use a struct with a field for each use: cells are cheap' },
	],
	['float', noFloat],
	['double', noFloat],
	['_Complex', noFloat],
	['asm', noAssembly],
	['__asm__', noAssembly],
	['__asm', noAssembly],
	['__attribute__', noAttribute],
	['__attribute', noAttribute],
	['_Alignas', noAttribute],
	['_Noreturn', noAttribute],
	['_Static_assert', noAssertion],
	['static_assert', noAssertion],
	['auto', { message: 'model C has no "auto"', advice: 'write the type, or typeof(x)' }],
	['__auto_type', { message: 'model C has no "__auto_type"', advice: 'write typeof(x)' }],
	['_Generic', { message: 'model C has no "_Generic"', advice: 'write one function for each type' }],
	[
		'_Atomic',
		{ message: 'model C has no "_Atomic"', advice: 'use atomic_t, or the atomic primitives on a plain variable' },
	],
	['_Thread_local', { message: 'model C has no thread-local variables', advice: 'use DEFINE_PER_CPU(type, name)' }],
]);

/** Words that cannot name anything. */
export const keywords: ReadonlySet<string> = new Set([
	...basicTypeWords,
	...typeofWords,
	...storageWords,
	...ignoredWords,
	...ignoredCalls,
	...statementWords,
	...refusedWords.keys(),
]);
