/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Programs: what a process is to run, and which one it is that loads programs into the kernel. */
#pragma once

#include "place.h"

#define ANY_OF_PROGRAMS (having[RULE_CHANGED] | having[RULE_MEMORY] | having[RULE_WRITABLE_PLACE] | having[RULE_UNLISTED])

/* Decides about a file that a process is to run, by those of `policies` that are about programs. `way` says what can be done about it. */
static __always_inline int judge_program(struct task_struct *task, struct file *file, u64 policies, enum way way)
{
	u64 here = asked(task, policies & ANY_OF_PROGRAMS);
	struct inode *inode;
	struct climb *climb;
	u64 unlisted;
	int refused = 0;

	if (!here)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	climb = climb_from_file(task, file);
	if (!climb)
		return lose();
	/* Of several rules the first one that is broken tells for all policies that have it, and each rule is told */
	if (in_upper_layer(inode))
		refused |= decide(task, RULE_CHANGED, way, here & having[RULE_CHANGED], 0, climb, NULL);
	if (BPF_CORE_READ(inode, i_nlink) == 0)
		refused |= decide(task, RULE_MEMORY, way, here & having[RULE_MEMORY], 0, climb, NULL);
	else if (climb->writable)
		refused |= decide(task, RULE_WRITABLE_PLACE, way, here & having[RULE_WRITABLE_PLACE], 0, climb, NULL);
	unlisted = here & having[RULE_UNLISTED];
	if (unlisted)
		unlisted &= ~(climb->whole ? naming(ROOT_OF_PROGRAMS, 0) : 0);
	refused |= decide(task, RULE_UNLISTED, way, unlisted, 0, climb, NULL);
	return refused;
}

/* When a file was last changed, as kernels have kept it: one after the other */
struct inode___first {
	struct timespec64 {
		s64 tv_sec;
		long tv_nsec;
	} i_ctime;
} __attribute__((preserve_access_index));

struct inode___second {
	struct timespec64 __i_ctime;
} __attribute__((preserve_access_index));

struct inode___third {
	s64 i_ctime_sec;
	u32 i_ctime_nsec;
} __attribute__((preserve_access_index));

/* Some kernels keep in the same word whether anybody has asked */
#define I_CTIME_QUERIED (1u << 31)

static __always_inline u64 changed(struct inode *inode)
{
	struct inode___first *first = (void *)inode;
	struct inode___second *second = (void *)inode;
	struct inode___third *third = (void *)inode;

	if (bpf_core_field_exists(third->i_ctime_sec))
		return BPF_CORE_READ(third, i_ctime_sec) * 1000000000ull + (BPF_CORE_READ(third, i_ctime_nsec) & ~I_CTIME_QUERIED);
	if (bpf_core_field_exists(second->__i_ctime))
		return BPF_CORE_READ(second, __i_ctime.tv_sec) * 1000000000ull + BPF_CORE_READ(second, __i_ctime.tv_nsec);
	return BPF_CORE_READ(first, i_ctime.tv_sec) * 1000000000ull + BPF_CORE_READ(first, i_ctime.tv_nsec);
}

/* A file whose digest was found to be the one that is listed, as long as it is not changed */
struct listed {
	u64 inode;
	u64 changed;
	u64 device;
};

/* By policies that list it */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct listed);
	__type(value, u64);
} loaders SEC(".maps");

#define BPF_PROG_LOAD_COMMAND 5

/* Decides about a process that loads a program into the kernel. */
static __always_inline int judge_loader(enum way way)
{
	struct task_struct *task = current();
	u64 here = asked(task, having[RULE_BPF]);
	struct file *file;
	struct inode *inode;
	struct listed key = {};
	u64 *listing;

	if (!here)
		return 0;
	file = BPF_CORE_READ(task, mm, exe_file);
	if (!file)
		return decide(task, RULE_BPF, way, here, 0, NULL, NULL);
	inode = BPF_CORE_READ(file, f_inode);
	key.inode = BPF_CORE_READ(inode, i_ino);
	key.device = BPF_CORE_READ(inode, i_sb, s_dev);
	key.changed = changed(inode);
	listing = bpf_map_lookup_elem(&loaders, &key);
	if (listing)
		here &= ~*listing;
	if (!here)
		return 0;
	return decide(task, RULE_BPF, way, here, 0, climb_from_file(task, file), NULL);
}
