/**
 * The machine's primitives, as model C sees them: what hardware, the lock implementations, RCU and the page allocator do.
 * Everything that has a name in the kernel's mm/ is model C on top of these; most have a wrapper with the kernel's own name in
 * scenarios/kernel/include. The compiler takes types from `signature`, the machine implements the behaviour in machine/.
 *
 * Effects:
 * - `visible`: touches what other actors can see; one op.
 * - `local`: touches only the running context, or nothing; no op of its own.
 * - `pure`: reads the state; allowed in ghost regions, invariants, views and debugger expressions too. No op of its own.
 * - `ghost`: reports, marks, counts and draws; allowed wherever `pure` is; no op of its own.
 *
 * Signatures are prototypes without names. `T` is any scalar type, the same one throughout the signature; `text` takes a
 * string literal or a `text` value; `...` takes format arguments (see `Format arguments` below).
 *
 * Format arguments: `%d %u %x` integers, `%s` text, `%p` a pointer by its object's name, `%a` a virtual address by its
 * range's name (`A+2`), `%f` a frame (`P3`), `%t` a time stamp (`step 12`, `never`), `%%`.
 *
 * How a call is encoded as a `primitive` instruction: `arguments` holds the registers of the arguments in order. Where the
 * signature ends in `text, ...`, that text is a format: a literal, and `extra` is its index in Program.texts instead of a register;
 * the registers of the format arguments follow. So violation("leak", "%p is lost", p) has the arguments [register with the index of
 * "leak", register of p] and the extra of "%p is lost"; view_row("%p", vb) has [register of vb]. A `text` elsewhere is a register that
 * holds an index into Program.texts. `%u` and `%x` get their argument as an unsigned integer (64 bits: signed form). kmalloc and
 * kzalloc have the flags as their argument and the layout of the object as `extra`; kfree_rcu has the pointer alone.
 *
 * Forms the compiler treats specially, because they take lvalues, types or members: READ_ONCE(x), WRITE_ONCE(x, v),
 * rcu_dereference(p), rcu_access_pointer(p), rcu_assign_pointer(p, v), smp_load_acquire(&x), smp_store_release(&x, v),
 * smp_mb(), smp_rmb(), smp_wmb(), barrier(), container_of(p, type, member), offsetof(type, member), sizeof,
 * per_cpu(var, cpu), this_cpu_ptr(&var), per_cpu_ptr(&var, cpu), kmalloc(sizeof(T), gfp), kzalloc(sizeof(T), gfp),
 * kfree_rcu(p, member), wait_event(condition), ERR_PTR(e), PTR_ERR(p), IS_ERR(p), typeof(x), current_cpu.
 */
export interface Primitive {
	readonly signature: string;
	readonly effect: 'visible' | 'local' | 'pure' | 'ghost';
	/** True when the op may have to wait; a context before it is not a choice until it is ready. */
	readonly blocks?: true;
	/** True when the call may sleep, and so must not be made under a spinlock or in an RCU read section. */
	readonly sleeps?: true;
	/** One line for the reference. */
	readonly summary: string;
}

const table = {
	// Memory
	kmalloc: {
		signature: 'void *(int)',
		effect: 'visible',
		summary: 'A new object; its cells hold an arbitrary value (zero here). Written kmalloc(sizeof(T), gfp).',
	},
	kzalloc: {
		signature: 'void *(int)',
		effect: 'visible',
		summary: 'A new zeroed object. Written kzalloc(sizeof(T), gfp). GFP_KERNEL may sleep.',
	},
	kfree: {
		signature: 'void (void *)',
		effect: 'visible',
		summary: 'Frees an object; it stays, poisoned, until nothing points to it. NULL is ignored.',
	},
	// Atomics: one op each, full ordering; model C wraps them as atomic_*, refcount_*, cmpxchg, xchg, test_and_set_bit ...
	__atomic_fetch_add: { signature: 'T (T *, T)', effect: 'visible', summary: 'Adds; returns the old value.' },
	__atomic_fetch_and: { signature: 'T (T *, T)', effect: 'visible', summary: 'Bitwise and; returns the old value.' },
	__atomic_fetch_or: { signature: 'T (T *, T)', effect: 'visible', summary: 'Bitwise or; returns the old value.' },
	__atomic_exchange: { signature: 'T (T *, T)', effect: 'visible', summary: 'Stores; returns the old value.' },
	__atomic_compare_exchange: {
		signature: 'T (T *, T, T)',
		effect: 'visible',
		summary: 'Stores the third argument if the cell holds the second; returns the old value.',
	},
	// Spinlocks
	spin_lock: {
		signature: 'void (spinlock_t *)',
		effect: 'visible',
		blocks: true,
		summary: 'Takes the lock; waits while it is held.',
	},
	spin_trylock: {
		signature: 'bool (spinlock_t *)',
		effect: 'visible',
		summary: 'Takes the lock if it is free; says whether it did.',
	},
	spin_unlock: { signature: 'void (spinlock_t *)', effect: 'visible', summary: 'Releases the lock.' },
	spin_is_locked: { signature: 'bool (spinlock_t *)', effect: 'visible', summary: 'Whether anybody holds the lock.' },
	// Reader-writer spinlocks
	read_lock: {
		signature: 'void (rwlock_t *)',
		effect: 'visible',
		blocks: true,
		summary: 'Takes the lock shared; waits for a writer.',
	},
	read_unlock: { signature: 'void (rwlock_t *)', effect: 'visible', summary: 'Releases a shared hold.' },
	write_lock: {
		signature: 'void (rwlock_t *)',
		effect: 'visible',
		blocks: true,
		summary: 'Takes the lock exclusively; waits for everybody.',
	},
	write_unlock: { signature: 'void (rwlock_t *)', effect: 'visible', summary: 'Releases an exclusive hold.' },
	read_trylock: { signature: 'bool (rwlock_t *)', effect: 'visible', summary: 'Shared, without waiting.' },
	write_trylock: { signature: 'bool (rwlock_t *)', effect: 'visible', summary: 'Exclusive, without waiting.' },
	// Sleeping locks
	mutex_lock: {
		signature: 'void (struct mutex *)',
		effect: 'visible',
		blocks: true,
		sleeps: true,
		summary: 'Takes the mutex; sleeps while it is held.',
	},
	mutex_trylock: { signature: 'bool (struct mutex *)', effect: 'visible', summary: 'Takes the mutex if it is free.' },
	mutex_unlock: { signature: 'void (struct mutex *)', effect: 'visible', summary: 'Releases the mutex.' },
	down_read: {
		signature: 'void (struct rw_semaphore *)',
		effect: 'visible',
		blocks: true,
		sleeps: true,
		summary: 'Takes the semaphore shared.',
	},
	down_read_trylock: {
		signature: 'bool (struct rw_semaphore *)',
		effect: 'visible',
		summary: 'Shared, without waiting.',
	},
	up_read: { signature: 'void (struct rw_semaphore *)', effect: 'visible', summary: 'Releases a shared hold.' },
	down_write: {
		signature: 'void (struct rw_semaphore *)',
		effect: 'visible',
		blocks: true,
		sleeps: true,
		summary: 'Takes the semaphore exclusively.',
	},
	down_write_trylock: {
		signature: 'bool (struct rw_semaphore *)',
		effect: 'visible',
		summary: 'Exclusive, without waiting.',
	},
	up_write: { signature: 'void (struct rw_semaphore *)', effect: 'visible', summary: 'Releases an exclusive hold.' },
	downgrade_write: {
		signature: 'void (struct rw_semaphore *)',
		effect: 'visible',
		summary: 'Turns an exclusive hold into a shared one, letting no writer in between.',
	},
	lock_is_held: {
		signature: 'bool (void *)',
		effect: 'pure',
		summary: 'Whether the running context holds this lock, in any mode. For lockdep_assert_held().',
	},
	lock_is_taken: {
		signature: 'bool (void *)',
		effect: 'pure',
		summary: 'Whether anybody holds this lock. For expressions and ghost code.',
	},
	lock_owner: {
		signature: 'int (void *)',
		effect: 'pure',
		summary: 'The CPU that holds this lock exclusively, -1 when none does. For expressions and ghost code.',
	},
	// RCU
	rcu_read_lock: { signature: 'void (void)', effect: 'visible', summary: 'Enters a read section; nests.' },
	rcu_read_unlock: {
		signature: 'void (void)',
		effect: 'visible',
		summary: 'Leaves a read section; leaving the outermost one releases the callbacks that waited for it.',
	},
	rcu_read_lock_held: {
		signature: 'bool (void)',
		effect: 'pure',
		summary: 'Whether the running context is inside a read section.',
	},
	call_rcu: {
		signature: 'void (struct rcu_head *, void (*)(struct rcu_head *))',
		effect: 'visible',
		summary: 'Calls the function after a grace period.',
	},
	kfree_rcu: {
		signature: 'void (void *)',
		effect: 'visible',
		summary: 'Frees an object after a grace period. Written kfree_rcu(p, member).',
	},
	synchronize_rcu: {
		signature: 'void (void)',
		effect: 'visible',
		blocks: true,
		sleeps: true,
		summary: 'Waits until every reader that was inside has left.',
	},
	// The running context
	smp_processor_id: {
		signature: 'int (void)',
		effect: 'local',
		summary: 'Number of the running CPU; a callback runs on CPU 0.',
	},
	cond_resched: {
		signature: 'void (void)',
		effect: 'visible',
		sleeps: true,
		summary: 'A quiescent state for classic RCU.',
	},
	might_sleep: {
		signature: 'void (void)',
		effect: 'local',
		sleeps: true,
		summary: 'A check only: reports sleeping in an atomic section.',
	},
	preempt_disable: {
		signature: 'void (void)',
		effect: 'local',
		summary: 'Makes sleeping an error until preempt_enable().',
	},
	preempt_enable: { signature: 'void (void)', effect: 'local', summary: 'Undoes preempt_disable().' },
	local_irq_disable: {
		signature: 'void (void)',
		effect: 'visible',
		summary: 'No interrupt is taken on this CPU from here on. Not nested.',
	},
	local_irq_enable: { signature: 'void (void)', effect: 'visible', summary: 'Interrupts may be taken again.' },
	// Page tables, MMU, TLBs. A space is an address space: a root table and the address its first entry maps.
	mmu_define_space: {
		signature: 'int (void *, unsigned long, text)',
		effect: 'visible',
		summary: 'A new address space: root table, first address it maps, name. Returns its number.',
	},
	mmu_load: {
		signature: 'long (int, unsigned long)',
		effect: 'visible',
		summary:
			"A load by the running CPU through its TLB, else a table walk that fills it. The frame's word, or -EFAULT.",
	},
	mmu_store: {
		signature: 'int (int, unsigned long, long)',
		effect: 'visible',
		summary: 'A store, likewise; sets accessed and dirty. 0, or -EFAULT when nothing writable is mapped.',
	},
	tlb_fill: {
		signature: 'bool (int, int, unsigned long)',
		effect: 'visible',
		summary: 'CPU, space, address: the CPU caches the translation, if there is one. For set-up and prefetch.',
	},
	tlb_invalidate: {
		signature: 'void (int, int, unsigned long, unsigned long)',
		effect: 'visible',
		summary: 'CPU, space, start, end: drops every entry of that CPU that overlaps the range.',
	},
	tlb_invalidate_everywhere: {
		signature: 'void (int, unsigned long, unsigned long)',
		effect: 'visible',
		summary: 'Space, start, end: the same on every CPU in one op (a broadcast).',
	},
	ipi_flush: {
		signature: 'void (int, int, unsigned long, unsigned long)',
		effect: 'visible',
		summary:
			'Sends a flush to another CPU, which takes it at one of its step boundaries with interrupts on. An empty range only synchronises.',
	},
	ipi_wait: {
		signature: 'void (void)',
		effect: 'visible',
		blocks: true,
		summary: 'Waits until every flush that this context sent is done.',
	},
	mmu_walk: {
		signature: 'pte_t (int, unsigned long)',
		effect: 'pure',
		summary: 'What the tables say now: the leaf entry that maps the address, or an empty entry.',
	},
	tlb_count: {
		signature: 'int (int)',
		effect: 'pure',
		summary: "Number of entries in that CPU's TLB; they are numbered from 0 in order of address.",
	},
	tlb_lookup: {
		signature: 'int (int, int, unsigned long)',
		effect: 'pure',
		summary: 'CPU, space, address: the number of the entry, or -1.',
	},
	tlb_space: { signature: 'int (int, int)', effect: 'pure', summary: 'Address space of an entry.' },
	tlb_address: { signature: 'unsigned long (int, int)', effect: 'pure', summary: 'First virtual address of an entry.' },
	tlb_frame: { signature: 'unsigned long (int, int)', effect: 'pure', summary: 'Frame number of an entry.' },
	tlb_generation: {
		signature: 'int (int, int)',
		effect: 'pure',
		summary: 'Generation of the frame when the entry was filled.',
	},
	tlb_is_stale: {
		signature: 'bool (int, int)',
		effect: 'pure',
		summary:
			'Whether a table entry that this translation was read from has since been cleared or pointed elsewhere. Stays true if the same frame is mapped again.',
	},
	tlb_filled_at: { signature: 'step_t (int, int)', effect: 'pure', summary: 'When the entry was filled.' },
	tlb_stale_since: { signature: 'step_t (int, int)', effect: 'pure', summary: 'When the entry became stale.' },
	tlb_mark: { signature: 'int (int, int)', effect: 'pure', summary: 'The ghost mark of an entry, 0 when filled.' },
	tlb_set_mark: { signature: 'void (int, int, int)', effect: 'ghost', summary: 'Sets the ghost mark of an entry.' },
	__table_entry: { signature: 'pte_t (void *)', effect: 'pure', summary: 'The entry that points to a table page.' },
	__entry_table: { signature: 'void *(pte_t)', effect: 'pure', summary: 'The table page an entry points to, or NULL.' },
	// Frames
	frame_alloc: {
		signature: 'unsigned long (text)',
		effect: 'visible',
		summary: 'The lowest free frame, now owned by the text; its generation counts up. 0 when none is free.',
	},
	frame_free: {
		signature: 'void (unsigned long)',
		effect: 'visible',
		summary: 'Gives a frame back; freeing a free frame is a double free.',
	},
	frame_is_free: { signature: 'bool (unsigned long)', effect: 'pure', summary: 'Whether the frame is free.' },
	frame_owner: { signature: 'text (unsigned long)', effect: 'pure', summary: 'Who owns the frame.' },
	frame_generation: {
		signature: 'int (unsigned long)',
		effect: 'pure',
		summary: 'How often the frame has been allocated.',
	},
	frame_read: {
		signature: 'long (unsigned long)',
		effect: 'visible',
		summary: "The frame's word, by physical address.",
	},
	frame_write: {
		signature: 'void (unsigned long, long)',
		effect: 'visible',
		summary: "Sets the frame's word, by physical address.",
	},
	// Reports. The kind is one of the closed vocabulary of machine/violation.ts.
	violation: { signature: 'void (text, text, ...)', effect: 'ghost', summary: 'Kind, title: reports a violation.' },
	warning: {
		signature: 'void (text, text, ...)',
		effect: 'ghost',
		summary: 'Kind, title: reports a warning. In an invariant it is reported when it begins to hold, not again.',
	},
	note: { signature: 'void (text, text, ...)', effect: 'ghost', summary: 'Kind, title: reports a note.' },
	detail: { signature: 'void (text, ...)', effect: 'ghost', summary: 'Adds a line to the report just made.' },
	__bug: {
		signature: 'void (text)',
		effect: 'ghost',
		summary: 'A failed BUG_ON: an assertion violation; the context stops.',
	},
	__warn: {
		signature: 'void (text)',
		effect: 'ghost',
		summary: 'A failed WARN_ON or assert: an assertion violation; the context goes on.',
	},
	count: { signature: 'void (text, long)', effect: 'ghost', summary: 'Adds to a cost counter of that name.' },
	now: { signature: 'step_t (void)', effect: 'pure', summary: 'The time stamp of this step.' },
	name_range: {
		signature: 'void (int, unsigned long, unsigned long, text)',
		effect: 'ghost',
		summary: 'Space, start, end, name: names a range of addresses for display.',
	},
	name_object: { signature: 'void (void *, text)', effect: 'ghost', summary: 'Names an object for display.' },
	object_is_live: {
		signature: 'bool (void *)',
		effect: 'pure',
		summary: 'Whether the pointer is to an object that has not been freed.',
	},
	// Views
	view_row: { signature: 'void (text, ...)', effect: 'ghost', summary: 'Begins a row, with its label.' },
	view_cell: {
		signature: 'void (text, text, ...)',
		effect: 'ghost',
		summary: "Tone, text: adds a cell to the row's strip. Tones: free reserved live lazy dirty bad plain.",
	},
	view_range: {
		signature: 'void (long, long)',
		effect: 'ghost',
		summary: 'Brackets under the strip, from the first cell to before the second; none when first >= second.',
	},
	view_badge: { signature: 'void (text, text, ...)', effect: 'ghost', summary: 'Tone, text: adds a badge to the row.' },
	view_field: {
		signature: 'void (text, text, ...)',
		effect: 'ghost',
		summary: 'Name, text: adds a named value to the row.',
	},
	view_node: {
		signature: 'void (void *)',
		effect: 'ghost',
		summary: 'The row stands for this object. Rows that do are drawn as a tree, from the first one down.',
	},
	view_child: {
		signature: 'void (text, void *)',
		effect: 'ghost',
		summary:
			"Name, pointer: a child of the row's object, in order; NULL keeps its place. What it points to need not have a row.",
	},
	view_remark: { signature: 'void (text, ...)', effect: 'ghost', summary: 'Adds a line of explanation below the row.' },
} as const satisfies Record<string, Primitive>;

export type PrimitiveName = keyof typeof table;

/** All primitives by name. */
export const primitives: Readonly<Record<PrimitiveName, Primitive>> = table;
