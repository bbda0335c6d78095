/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Programs: what a process is to run, and which one it is that loads programs into the kernel. */
#pragma once

#include "place.h"

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
	/* What it is listed for */
	u64 use;
};

/* What a file may be listed for (`src/guard/listed.rs`): to be run, */
#define USE_RUN 0
/* to load programs that nobody signed, which is for the agent itself, */
#define USE_LOAD_UNSIGNED 1
/* to load programs of any type, and of one, from this number on */
#define USE_LOAD 2
#define USE_LOAD_TYPE 3

/* By policies that list it */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct listed);
	__type(value, u64);
} listed SEC(".maps");

/* Policies that list a file for a use, or for another one */
static __always_inline u64 listing(struct file *file, u64 use, u64 other)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct listed key = {
		.inode = BPF_CORE_READ(inode, i_ino),
		.changed = changed(inode),
		.device = BPF_CORE_READ(inode, i_sb, s_dev),
		.use = use,
	};
	u64 *found = bpf_map_lookup_elem(&listed, &key);
	u64 all = found ? *found : 0;

	if (other == use)
		return all;
	key.use = other;
	found = bpf_map_lookup_elem(&listed, &key);
	return found ? all | *found : all;
}

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
	if (unlisted)
		unlisted &= ~listing(file, USE_RUN, USE_RUN);
	refused |= decide(task, RULE_UNLISTED, way, unlisted, 0, climb, NULL);
	return refused;
}

#define BPF_PROG_LOAD_COMMAND 5

/* Decides about a process that loads a program of a type into the kernel. */
static __always_inline int judge_loader(u32 type, enum way way)
{
	struct task_struct *task = current();
	u64 here = asked(task, having[RULE_BPF]);
	struct file *file;

	if (!here)
		return 0;
	file = BPF_CORE_READ(task, mm, exe_file);
	if (!file)
		return decide(task, RULE_BPF, way, here, 0, NULL, NULL);
	here &= ~listing(file, USE_LOAD, USE_LOAD_TYPE + type);
	if (!here)
		return 0;
	return decide(task, RULE_BPF, way, here, 0, climb_from_file(task, file), NULL);
}

/* What bpf(2) is asked for, from kernel 6.18 on */
union bpf_attr___signed {
	u64 signature;
	s32 keyring_id;
} __attribute__((preserve_access_index));

/* Keyrings that the kernel itself fills have numbers from 0 to this one; others belong to whoever asks. */
#define LAST_KEYRING_OF_KERNEL 2

/* Whether this kernel verifies signatures of programs */
static __always_inline bool verifies_signatures(void)
{
	return bpf_core_field_exists(((union bpf_attr___signed *)0)->signature);
}

/* Decides about a program that is loaded, by the arguments of the hook of bpf(2). A signature that is handed over is verified by the kernel before it
 * takes the program, with the key that is named beside it. */
static __always_inline int judge_signature(unsigned long long *arguments)
{
	struct task_struct *task = current();
	u64 here = asked(task, having[RULE_UNSIGNED]);
	union bpf_attr___signed *attributes = (void *)arguments[1];
	struct file *file;

	if (!here)
		return 0;
	if (verifies_signatures()) {
		/* A program asks for it, and the signature of that one is over what it loads. Only kernels that verify have this argument, so that
		 * it must not be read before that is known. */
		if (*(volatile unsigned long long *)&arguments[3])
			return 0;
		if (BPF_CORE_READ(attributes, signature) && (u32)BPF_CORE_READ(attributes, keyring_id) <= LAST_KEYRING_OF_KERNEL)
			return 0;
	}
	file = BPF_CORE_READ(task, mm, exe_file);
	if (!file)
		return decide(task, RULE_UNSIGNED, WAY_REFUSE, here, 0, NULL, NULL);
	here &= ~listing(file, USE_LOAD_UNSIGNED, USE_LOAD_UNSIGNED);
	if (!here)
		return 0;
	return decide(task, RULE_UNSIGNED, WAY_REFUSE, here, 0, climb_from_file(task, file), NULL);
}
