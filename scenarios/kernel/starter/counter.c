/* Two CPUs add one to a counter. */
#include <linux/spinlock.h>

int counter;
DEFINE_SPINLOCK(counter_lock);

/* Exists for checking only: how many increments have been done. No step of its own. */
__ghost int increments;

static void count_one(void)
{
	int value;

#ifdef CONFIG_COUNTER_LOCK
	spin_lock(&counter_lock);
#endif
	value = READ_ONCE(counter);
	WRITE_ONCE(counter, value + 1);
	ghost { increments = increments + 1; }
#ifdef CONFIG_COUNTER_LOCK
	spin_unlock(&counter_lock);
#endif
}

void count_on_cpu0(void)
{
	count_one();
}

void count_on_cpu1(void)
{
	count_one();
}

/* Evaluated after every step: false is reported. */
__invariant bool no_count_is_lost(void)
{
	return counter == increments;
}
