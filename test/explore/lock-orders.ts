/** Models whose locks make no circle: what it is, and the text. */
export const harmlessOrders: readonly (readonly [string, string])[] = [
	[
		'one order',
		`spinlock_t a; spinlock_t b;
			void cpu0(void) { spin_lock(&a); spin_lock(&b); spin_unlock(&b); spin_unlock(&a); }
			void cpu1(void) { spin_lock(&a); spin_lock(&b); spin_unlock(&b); spin_unlock(&a); }`,
	],
	[
		'readers',
		`struct rw_semaphore a; struct rw_semaphore b;
			void cpu0(void) { down_read(&a); down_read(&b); up_read(&b); up_read(&a); }
			void cpu1(void) { down_read(&b); down_read(&a); up_read(&a); up_read(&b); }`,
	],
	[
		'a trylock',
		`spinlock_t a; spinlock_t b;
			void cpu0(void) { spin_lock(&a); if (spin_trylock(&b)) spin_unlock(&b); spin_unlock(&a); }
			void cpu1(void) { spin_lock(&b); spin_lock(&a); spin_unlock(&a); spin_unlock(&b); }`,
	],
];
