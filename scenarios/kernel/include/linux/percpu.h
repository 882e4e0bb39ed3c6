/*
 * Per-CPU data: per_cpu(name, cpu), this_cpu_ptr(&name) and per_cpu_ptr(&name, cpu) are words of the language. NR_CPUS is the
 * number of CPUs of the scenario's machine; all of them are possible, present and online.
 */
#ifndef _LINUX_PERCPU_H
#define _LINUX_PERCPU_H

#include <linux/compiler.h>

#define DEFINE_PER_CPU(type, name)	__percpu type name
#define DECLARE_PER_CPU(type, name)	extern __percpu type name

#define nr_cpu_ids	NR_CPUS

#define for_each_possible_cpu(cpu)	for (cpu = 0; cpu < NR_CPUS; cpu++)
#define for_each_online_cpu(cpu)	for (cpu = 0; cpu < NR_CPUS; cpu++)

/* Tasks of the model stay on their CPU. */
#define raw_cpu_ptr(pointer)		this_cpu_ptr(pointer)
#define raw_smp_processor_id()		smp_processor_id()
#define get_cpu()			({ preempt_disable(); smp_processor_id(); })
#define put_cpu()			preempt_enable()

#endif
