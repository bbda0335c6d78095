// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
//
// What one workload asks of the kernel at all: which system calls, by phases; which capabilities they needed; which sockets were made. Nothing is
// told one by one; all of it is counted in maps that the sensor reads.
#include "follow.h"
#include "registers.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define NUMBERS_OF_CALLS 512
#define EPERM 1

/* How a call ended that is counted: it was let in, or a filter refused it before it was one */
enum way {
	WAY_MADE,
	WAY_REFUSED,
	WAYS
};

struct counts {
	u64 of[NUMBERS_OF_CALLS];
};

struct capability_use {
	u16 call;
	u8 phase;
	u8 compat;
	u8 capability;
	u8 granted;
	u16 unused;
};

struct socket_use {
	u32 phase;
	u32 family;
	u32 kind;
	u32 protocol;
};

/* A call that a thread is in */
struct within {
	u16 call;
	u8 compat;
	/* Whether one is: what ends without having begun was refused by a filter */
	u8 begun;
	u32 unused;
	u64 first;
	u64 second;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2 * PROCESSES_MAX);
	__type(key, u32);
	__type(value, struct within);
} threads SEC(".maps");

/* By phase, way and whether 32-bit programs made them */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PHASES * WAYS * 2);
	__type(key, u32);
	__type(value, struct counts);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, struct capability_use);
	__type(value, u64);
} capabilities SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct socket_use);
	__type(value, u64);
} sockets SEC(".maps");

/* Namespaces that were asked for by clone, by phase: bits of CLONE_NEW… */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PHASES);
	__type(key, u32);
	__type(value, u64);
} namespaces SEC(".maps");

/* What did not fit in a map, all in all */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} uncounted SEC(".maps");

/* Numbers of calls that are looked at, on this processor and for 32-bit programs; 0xffff for none */
const volatile u16 number_of_socket[2] = {};
const volatile u16 number_of_clone[2] = {};
const volatile u16 number_of_clone3[2] = {};
const volatile u16 number_of_seccomp[2] = {};
const volatile u16 number_of_prctl[2] = {};

/* Namespaces of clone(2) */
#define CLONE_NEW 0x7e020080ull
#define SECCOMP_SET_MODE_FILTER 1
#define PR_SET_SECCOMP 22
#define SOCK_TYPE 0xf

static __always_inline void miss(void)
{
	u32 zero = 0;
	u64 *count = bpf_map_lookup_elem(&uncounted, &zero);

	if (count)
		(*count)++;
}

static __always_inline void count_call(u32 phase, u32 way, bool compat, u64 number)
{
	u32 index = (phase * WAYS + way) * 2 + compat;
	struct counts *counts = bpf_map_lookup_elem(&calls, &index);

	if (counts && number < NUMBERS_OF_CALLS)
		counts->of[number]++;
}

static __always_inline void count_socket(u32 phase, struct call_arguments *a)
{
	struct socket_use use = {
		.phase = phase,
		.family = a->at[0],
		.kind = a->at[1] & SOCK_TYPE,
		.protocol = a->at[2],
	};
	u64 one = 1;
	u64 *count = bpf_map_lookup_elem(&sockets, &use);

	if (count)
		__sync_fetch_and_add(count, 1);
	else if (bpf_map_update_elem(&sockets, &use, &one, BPF_ANY))
		miss();
}

static __always_inline void note_namespaces(u32 phase, u64 flags)
{
	u64 *seen = bpf_map_lookup_elem(&namespaces, &phase);

	if (seen)
		*seen |= flags & CLONE_NEW;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_call, struct pt_regs *registers, long id)
{
	u32 *phase = phase_of_current();
	u32 thread = bpf_get_current_pid_tgid();
	struct within within = {};
	struct call_arguments a;
	bool compat;
	u64 number;
	u32 now;

	if (!phase)
		return 0;
	now = *phase;
	if (now >= PHASES)
		return 0;
	number = call_number(registers, &compat);
	if (number >= NUMBERS_OF_CALLS)
		return 0;
	count_call(now, WAY_MADE, compat, number);
	read_arguments(&a, registers, compat);
	if (number == number_of_socket[compat])
		count_socket(now, &a);
	/* The lowest byte of the flags of clone, unlike that of clone3, is a signal */
	if (number == number_of_clone[compat])
		note_namespaces(now, a.at[0] & ~0xffull);
	if (number == number_of_clone3[compat]) {
		u64 flags = 0;

		bpf_probe_read_user(&flags, sizeof(flags), (void *)a.at[0]);
		note_namespaces(now, flags);
	}
	within.call = number;
	within.compat = compat;
	within.begun = 1;
	within.first = a.at[0];
	within.second = a.at[1];
	if (bpf_map_update_elem(&threads, &thread, &within, BPF_ANY))
		miss();
	return 0;
}

static __always_inline bool sets_filter(struct within *within)
{
	u32 compat = within->compat & 1;

	if (within->call == number_of_seccomp[compat])
		return within->first == SECCOMP_SET_MODE_FILTER;
	return within->call == number_of_prctl[compat] && within->first == PR_SET_SECCOMP;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_return, struct pt_regs *registers, long result)
{
	u32 process = bpf_get_current_pid_tgid() >> 32;
	u32 thread = bpf_get_current_pid_tgid();
	u32 *phase = bpf_map_lookup_elem(&followed, &process);
	struct within *within;
	bool compat;
	u64 number;
	u32 now;

	if (!phase)
		return 0;
	now = *phase;
	if (now >= PHASES)
		return 0;
	within = bpf_map_lookup_elem(&threads, &thread);
	/* A thread that is seen for the first time returns from a call that began unseen */
	if (!within)
		return 0;
	if (within->begun) {
		within->begun = 0;
		if (now == PHASE_START && result == 0 && sets_filter(within))
			*phase = PHASE_FILTERED;
		return 0;
	}
	number = call_number(registers, &compat);
	if (number < NUMBERS_OF_CALLS && result < 0)
		count_call(now, WAY_REFUSED, compat, number);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	u32 process = BPF_CORE_READ(child, tgid);
	u32 *phase = phase_of_current();
	u32 thread = BPF_CORE_READ(child, pid);
	struct within within = {};
	u32 now;

	if (!phase)
		return 0;
	now = *phase;
	if (thread == process)
		follow(process, now);
	/* The first return of a new thread is that of the call that made it */
	within.begun = 1;
	if (bpf_map_update_elem(&threads, &thread, &within, BPF_ANY))
		miss();
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task)
{
	note_program(task);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	u32 thread = BPF_CORE_READ(task, pid);

	bpf_map_delete_elem(&threads, &thread);
	/* The last thread of the process */
	if (BPF_CORE_READ(task, signal, live.counter) == 0)
		unfollow(task);
	return 0;
}

SEC("tp_btf/cap_capable")
int BPF_PROG(on_capability, const struct cred *cred, void *target, const void *capable, int capability, int result)
{
	u32 *phase = phase_of_current();
	u32 thread = bpf_get_current_pid_tgid();
	struct capability_use use = {};
	struct within *within;
	u64 one = 1, *count;

	if (!phase)
		return 0;
	within = bpf_map_lookup_elem(&threads, &thread);
	use.call = within && within->begun ? within->call : 0xffff;
	use.compat = within && within->begun ? within->compat : 0;
	use.phase = *phase;
	use.capability = capability;
	use.granted = result == 0;
	count = bpf_map_lookup_elem(&capabilities, &use);
	if (count)
		__sync_fetch_and_add(count, 1);
	else if (bpf_map_update_elem(&capabilities, &use, &one, BPF_ANY))
		miss();
	return 0;
}
