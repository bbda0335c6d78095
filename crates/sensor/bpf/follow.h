/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Which processes are those of one workload, and how far each has come: what comes into its cgroup, and what that starts. Under version 1 of cgroups,
 * where it may have none of its own, the processes that the sensor names, and what they start. */
#pragma once

#include "cgroup.h"
#include "pid.h"

#define PROCESSES_MAX 32768

/* How far a process of the workload has come (`Phase` in crates/model) */
enum phase {
	/* It came into the workload and prepares it, as a runtime of containers does */
	PHASE_START,
	/* It has put a filter of system calls on itself, and does what is left before the program of the workload */
	PHASE_FILTERED,
	/* The program of the workload, and all that it starts */
	PHASE_PAYLOAD,
	PHASES
};

struct workload {
	/* Number of its cgroup; 0 where it is known by its processes alone */
	u64 cgroup;
	/* How deep that cgroup lies below the root of all */
	u32 level;
	/* Whether it is a container: its runtime may start programs before, itself among them, but none in the container's root */
	u32 is_container;
	/* Number of the file of a program of the host that prepares the workload, as systemd's executor does; 0 for none */
	u64 preparer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct workload);
} workload SEC(".maps");

/* Processes of the workload, and their phases */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	/* Set by the sensor before it is made */
	__uint(max_entries, PROCESSES_MAX);
	__type(key, u32);
	__type(value, u32);
} followed SEC(".maps");

/* The sensor itself, by its number in the namespace of the host. Its calls are not told, and it may stand in the cgroup while it starts the workload. */
const volatile u32 own_process = 0;

/* Counts what there was no room for. */
static __always_inline void miss(void);

/* Whether the current process is in this cgroup of this level, or below it. Verified once, by itself. */
__noinline int is_in_cgroup(u64 number, u32 level)
{
	struct cgroup *cgroup = cgroup_of((void *)bpf_get_current_task());
	s32 below = BPF_CORE_READ(cgroup, level) - (s32)level;

	if (below < 0)
		return 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < LEVELS_MAX && i < below; i++)
		cgroup = around(cgroup);
	return BPF_CORE_READ(cgroup, kn, id) == number;
}

static __always_inline void follow(u32 process, u32 phase)
{
	if (bpf_map_update_elem(&followed, &process, &phase, BPF_ANY))
		miss();
}

/* The phase of the current process; NULL when it is not of the workload */
static __always_inline u32 *phase_of_current(void)
{
	u32 process = bpf_get_current_pid_tgid() >> 32;
	u32 *phase = bpf_map_lookup_elem(&followed, &process);
	struct workload *which;
	u32 zero = 0;

	if (phase)
		return *phase < PHASES ? phase : NULL;
	which = bpf_map_lookup_elem(&workload, &zero);
	if (!which || !which->cgroup || process == own_process || !is_in_cgroup(which->cgroup, which->level))
		return NULL;
	follow(process, PHASE_START);
	return bpf_map_lookup_elem(&followed, &process);
}

static __always_inline struct dentry *root_of(struct task_struct *task)
{
	return BPF_CORE_READ(task, fs, root.dentry);
}

/* The root of the first process of the host */
static __always_inline struct dentry *root_of_host(struct task_struct *task)
{
	struct upid number = {};

	number_in(&number, BPF_CORE_READ(task, thread_pid), 0);
	return root_of(BPF_CORE_READ(number.ns, child_reaper));
}

/* Notes that the current process has started a program. */
static __always_inline void note_program(struct task_struct *task)
{
	u32 *phase = phase_of_current();
	u32 zero = 0;
	struct workload *which = bpf_map_lookup_elem(&workload, &zero);

	if (!phase || !which)
		return;
	if (root_of(task) == root_of_host(task) && (which->is_container || BPF_CORE_READ(task, mm, exe_file, f_inode, i_ino) == which->preparer))
		return;
	*phase = PHASE_PAYLOAD;
}

/* Follows a process that the current one has started. */
static __always_inline void follow_child(struct task_struct *child)
{
	u32 *phase = phase_of_current();

	if (phase)
		follow(BPF_CORE_READ(child, tgid), *phase);
}

static __always_inline void unfollow(struct task_struct *task)
{
	u32 process = BPF_CORE_READ(task, tgid);

	bpf_map_delete_elem(&followed, &process);
}
