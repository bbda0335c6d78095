/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Which policies hold for the current process, and what becomes of what it asked for: nothing but a record, a refusal, or its end. */
#pragma once

#include "cgroup.h"
#include "file.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* What a policy may forbid. The order is that of `Forbidden` in crates/model/src/guard.rs. */
enum rule {
	RULE_CHANGED,
	RULE_MEMORY,
	RULE_WRITABLE_PLACE,
	RULE_UNLISTED,
	RULE_WRITE,
	RULE_MODULE,
	RULE_PTRACE,
	RULE_MOUNT,
	RULE_CONNECT,
	RULE_BPF,
	RULE_UNSIGNED,
	RULES
};

/* What can be done where a rule was broken (`enum way`), */
enum way {
	/* the kernel asks and is told no */
	WAY_REFUSE,
	/* the same, where no signal can be sent */
	WAY_REFUSE_ONLY,
	/* the process waits for the answer, and is judged again when it was done: only what is refused is told */
	WAY_REFUSE_FIRST,
	/* it was done, and is of no use to a process that does not go on */
	WAY_STOP,
	/* it was done, and stays */
	WAY_LATE,
};

/* and what was (`decision.verdict`) */
#define VERDICT_TOLD 0
#define VERDICT_REFUSED 1
#define VERDICT_KILLED 2

#define SIGKILL 9
#define EPERM 1
#define PF_KTHREAD 0x00200000
#define POLICIES_MAX 64

#define DEPTH_MAX 64
#define NAMES_SPACE 4096
#define NAME_SPACE 256

/* Names from a file up to the root of its process, the nearest first */
struct climb {
	const unsigned char *name[DEPTH_MAX];
	u32 length[DEPTH_MAX];
	u32 count;
	/* Whether the root was reached */
	u32 whole;
	/* Whether anybody may write the file or a directory on its way */
	u32 writable;
	u32 at;
};

struct decision {
	/* Nanoseconds since the host was started */
	u64 time;
	u64 started;
	u64 cgroup;
	/* Policies that were broken, and those of them that are enforced */
	u64 policies;
	u64 enforced;
	/* By rule: the process that is traced, the command of bpf(2) */
	u64 number;
	u32 process;
	u32 thread;
	u32 user;
	u32 group;
	u16 rule;
	u16 verdict;
	/* Of an address: 4 or 6, and its port */
	u16 family;
	u16 port;
	u8 address[16];
	/* Names of a path, the last first, each ended by a NUL: bytes of them */
	u32 length;
	/* Whether they begin at the root */
	u32 whole;
	u8 names[NAMES_SPACE];
};

_Static_assert(sizeof(struct decision) == 96 + NAMES_SPACE, "src/guard/decision.rs reads a decision of this size");

struct settings {
	/* Policies that are enforced, and those of them that kill */
	u64 enforced;
	u64 killing;
	/* Nanoseconds since the host was started after which nothing is enforced any more; 0 for never */
	u64 until;
	/* How often the kernel asked a program at a hook of LSM */
	u64 asked;
	/* How many cgroups were made */
	u64 cgroups;
	/* Whether it was found at such a hook that the kernel verifies signatures of programs */
	u64 verifies;
};

struct workload {
	u64 policies;
	/* Those of what is around it that do not hold here */
	u64 without;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct settings);
} settings SEC(".maps");

/* By number of a cgroup */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u64);
	__type(value, struct workload);
} workloads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct climb);
} climbs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 22);
} decisions SEC(".maps");

/* Decisions that could not be told, or not be made */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} untold SEC(".maps");

/* Policies that have each rule */
const volatile u64 having[RULES] = {};
/* The agent, which is never stopped: its number, which another process may have one day, and when it was started, in ticks of `/proc` */
const volatile u32 own_process = 0;
const volatile u64 own_started = 0;
#define TICK 10000000ull

static __always_inline struct climb *climb_of_task(void)
{
	return bpf_task_storage_get(&climbs, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

static __always_inline struct task_struct *current(void)
{
	return (void *)bpf_get_current_task();
}

static __always_inline bool is_exempt(struct task_struct *task)
{
	u32 process = BPF_CORE_READ(task, tgid);

	if (process == 1 || BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return true;
	return process == own_process && BPF_CORE_READ(task, group_leader, start_boottime) / TICK == own_started;
}

/* Policies that hold in the cgroup of a process: those of all cgroups around it, too, unless a nearer one is without. Verified once, by itself. */
__noinline u64 policies_of(u64 task)
{
	struct cgroup *cgroup = cgroup_of((void *)task);
	u64 all = 0, without = 0;

#pragma clang loop unroll(disable)
	for (int level = 0; level < LEVELS_MAX && cgroup; level++) {
		u64 number = BPF_CORE_READ(cgroup, kn, id);
		struct workload *found = bpf_map_lookup_elem(&workloads, &number);

		if (found) {
			all |= found->policies & ~without;
			without |= found->without;
		}
		cgroup = around(cgroup);
	}
	return all;
}

/* Those of `policies` that hold for a process */
static __always_inline u64 asked(struct task_struct *task, u64 policies)
{
	if (!policies || is_exempt(task))
		return 0;
	return policies & policies_of((u64)task);
}

static __always_inline u64 in_force(struct settings *set, u64 policies)
{
	if (set->until && bpf_ktime_get_boot_ns() > set->until)
		return 0;
	return policies & set->enforced;
}

static __always_inline void add_names(struct decision *out, struct climb *climb)
{
	climb->at = 0;
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < DEPTH_MAX; i++) {
		/* Kept in memory: of what is read from there the verifier knows nothing, so that all turns of the loop look the same to it */
		u32 at = *(volatile u32 *)&climb->at;
		long length;

		if (i >= climb->count || at >= NAMES_SPACE - NAME_SPACE)
			break;
		if (!climb->length[i])
			continue;
		length = bpf_probe_read_kernel_str(&out->names[at], NAME_SPACE, climb->name[i]);
		if (length > 0)
			climb->at = at + length;
	}
	out->length = climb->at;
	out->whole = climb->whole;
}

/* What is told of an address, where a decision has one */
struct peer {
	u8 address[16];
	u16 family;
	u16 port;
};

/* Counts what could not be told, or not be decided since the kernel had no memory for it */
static __always_inline int lose(void)
{
	u32 zero = 0;
	u64 *count = bpf_map_lookup_elem(&untold, &zero);

	if (count)
		(*count)++;
	return 0;
}

/* Does and tells what is to be done about policies that a process broke: 0, or -EPERM where the kernel is to refuse. */
static __always_inline int decide(struct task_struct *task, enum rule rule, enum way way, u64 broken, u64 number, struct climb *climb, const struct peer *peer)
{
	u32 zero = 0;
	struct settings *set = bpf_map_lookup_elem(&settings, &zero);
	bool signals = way != WAY_REFUSE_ONLY && way != WAY_REFUSE_FIRST;
	u64 enforced;
	u32 verdict = VERDICT_TOLD;
	struct decision *out;

	if (!broken || !set)
		return 0;
	enforced = in_force(set, broken);
	if (way == WAY_REFUSE_FIRST && (!enforced || enforced & set->killing))
		return 0;
	if (enforced && way != WAY_LATE)
		verdict = way == WAY_STOP ? VERDICT_KILLED : VERDICT_REFUSED;
	if (signals && enforced & set->killing)
		verdict = VERDICT_KILLED;
	if (verdict == VERDICT_KILLED)
		bpf_send_signal(SIGKILL);
	out = bpf_ringbuf_reserve(&decisions, sizeof(*out), 0);
	if (!out) {
		lose();
		return verdict == VERDICT_TOLD ? 0 : -EPERM;
	}
	out->time = bpf_ktime_get_boot_ns();
	out->started = BPF_CORE_READ(task, group_leader, start_boottime);
	out->cgroup = BPF_CORE_READ(cgroup_of(task), kn, id);
	out->policies = broken;
	out->enforced = enforced;
	out->number = number;
	out->process = BPF_CORE_READ(task, tgid);
	out->thread = BPF_CORE_READ(task, pid);
	out->user = BPF_CORE_READ(task, cred, uid.val);
	out->group = BPF_CORE_READ(task, cred, gid.val);
	out->rule = rule;
	out->verdict = verdict;
	out->family = peer ? peer->family : 0;
	out->port = peer ? peer->port : 0;
	out->length = 0;
	out->whole = 0;
	if (peer)
		__builtin_memcpy(out->address, peer->address, sizeof(out->address));
	else
		__builtin_memset(out->address, 0, sizeof(out->address));
	if (climb)
		add_names(out, climb);
	bpf_ringbuf_submit(out, BPF_RB_NO_WAKEUP);
	return verdict == VERDICT_TOLD ? 0 : -EPERM;
}
