/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * What the agent asks about a process that waits to open a file (permission events of fanotify): the same functions decide that do so elsewhere, about
 * another process than the current one. */
#pragma once

#include "restrain.h"

/* What the process waits for (`Question` in src/guard/gate/question.rs) */
enum question {
	/* To run a program, which is judged again when it runs */
	QUESTION_PROGRAM,
	/* To run a script, of which only its interpreter is seen later */
	QUESTION_SCRIPT,
	/* The loader of a program, which is code that is mapped */
	QUESTION_LOADER,
	/* To write, which is judged again when the file is open */
	QUESTION_WRITE,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

/* The first of the threads by `enum pid_type` is the one of this number */
struct pid___linked {
	struct hlist_head tasks[4];
};

struct task_struct___linked {
	struct hlist_node pid_links[4];
};

/* A file of /proc about a process */
struct proc_inode {
	struct pid___linked *pid;
	struct inode vfs_inode;
};

#pragma clang attribute pop

/* The thread that a descriptor of its folder of /proc stands for; NULL where it is gone */
static __always_inline struct task_struct *thread_of(u32 descriptor)
{
	struct file *file = file_of(descriptor);
	void *inode = file ? BPF_CORE_READ(file, f_inode) : NULL;
	struct proc_inode *about = inode - bpf_core_field_offset(struct proc_inode, vfs_inode);
	void *link = inode ? BPF_CORE_READ(about, pid, tasks[0].first) : NULL;

	return link ? link - bpf_core_field_offset(struct task_struct___linked, pid_links) : NULL;
}

/* Run by the agent itself with the descriptor of the file, that of the thread's folder of /proc, and what it waits for: 1 where it is to be refused */
SEC("raw_tp/question")
int on_question(struct bpf_raw_tracepoint_args *given)
{
	struct file *file = file_of(given->args[0]);
	struct task_struct *task = thread_of(given->args[1]);
	u64 question = given->args[2], policies = ANY_OF_PROGRAMS;
	enum way way = question == QUESTION_PROGRAM ? WAY_REFUSE_FIRST : WAY_REFUSE_ONLY;

	if (!file || !task)
		return 0;
	if (question == QUESTION_WRITE)
		return judge_entry(task, BPF_CORE_READ(file, f_path.dentry), BPF_CORE_READ(file, f_path.mnt), false, WAY_REFUSE_FIRST) != 0;
	/* Lists are of programs here: without a loader none of them would run */
	if (question == QUESTION_LOADER)
		policies &= ~having[RULE_UNLISTED];
	return judge_program(task, file, policies, way) != 0;
}
