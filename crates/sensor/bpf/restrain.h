/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * What stops what policies forbid on a kernel that asks no program: connections are refused by hooks of cgroups; a process that was given what it
 * must not have is killed before it goes on. */
#pragma once

#include "peer.h"
#include "program.h"
#include "registers.h"

#define NUMBERS_OF_CALLS 512

/* What a system call may be forbidden for (`Watched` in src/guard/load.rs) */
enum watched {
	WATCHED_NOT,
	WATCHED_OPEN,
	WATCHED_MODULE,
	WATCHED_PTRACE,
	WATCHED_MOUNT,
	WATCHED_BPF,
};

/* By number of a system call: those of this processor, then those of 32-bit programs on it */
const volatile u8 watched_calls[2 * NUMBERS_OF_CALLS] = {};

struct file___restrained {
	unsigned int f_mode;
} __attribute__((preserve_access_index));

/* Decides about an entry that is written, made, changed, removed, or moved with all that lies in it. */
static __always_inline int judge_entry(struct task_struct *task, struct dentry *dentry, struct vfsmount *mount, bool moved, enum way way)
{
	u64 here = asked(task, having[RULE_WRITE]);
	struct climb *climb;

	if (!here)
		return 0;
	climb = climb_from(task, dentry, mount);
	if (!climb)
		return lose();
	/* Too deep to be known counts as protected */
	if (climb->count < DEPTH_MAX)
		here &= naming(ROOT_OF_WRITES, moved);
	return decide(task, RULE_WRITE, way, here, 0, climb, NULL);
}

static __always_inline int judge_write(struct dentry *dentry, struct vfsmount *mount, enum way way)
{
	return judge_entry(current(), dentry, mount, false, way);
}

/* Decides about a process of another user that is traced. */
static __always_inline int judge_tracing(struct task_struct *traced, enum way way)
{
	struct task_struct *task = current();
	u64 here = asked(task, having[RULE_PTRACE]);

	if (!here || BPF_CORE_READ(traced, cred, uid.val) == BPF_CORE_READ(task, cred, uid.val))
		return 0;
	return decide(task, RULE_PTRACE, way, here, BPF_CORE_READ(traced, tgid), NULL, NULL);
}

/* Tells the agent to look which policies hold in a new cgroup. Those of the cgroups around it hold there at once. */
SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(on_cgroup)
{
	u32 zero = 0;
	struct settings *set = bpf_map_lookup_elem(&settings, &zero);

	if (set)
		__sync_fetch_and_add(&set->cgroups, 1);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(after_exec, struct task_struct *task, s32 old, struct linux_binprm *program)
{
	struct file *file = BPF_CORE_READ(task, mm, exe_file);

	judge_program(current(), file ? file : BPF_CORE_READ(program, file), ANY_OF_PROGRAMS, WAY_STOP);
	return 0;
}

static __always_inline void judge_descriptor(u32 descriptor)
{
	struct file *file = file_of(descriptor);

	/* FMODE_WRITE */
	if (file && BPF_CORE_READ((struct file___restrained *)file, f_mode) & 2)
		judge_write(BPF_CORE_READ(file, f_path.dentry), BPF_CORE_READ(file, f_path.mnt), WAY_STOP);
}

/* An operation of a ring that opens a file, done: by no system call. One that goes to a slot of the ring has no descriptor to be known by. */
static __always_inline void judge_ring(struct io_kiocb *request, s32 result)
{
	u8 operation = BPF_CORE_READ(request, opcode);

	/* IORING_OP_OPENAT and IORING_OP_OPENAT2 */
	if ((operation == 18 || operation == 28) && result >= 0 && !BPF_CORE_READ((struct io_open *)request, file_slot))
		judge_descriptor(result);
}

/* Newer kernels hand over the entry of the completion queue, */
SEC("tp_btf/io_uring_complete")
int BPF_PROG(after_ring, void *ring, void *request, struct io_uring_cqe *entry)
{
	if (request)
		judge_ring(request, entry->res);
	return 0;
}

/* older ones what stands in it. The one that the kernel takes is attached. */
SEC("tp_btf/io_uring_complete")
int BPF_PROG(after_ring_before, void *ring, void *request, u64 data, int result)
{
	if (request)
		judge_ring(request, result);
	return 0;
}

struct list_head___traced {
	struct list_head___traced *next;
} __attribute__((preserve_access_index));

struct task_struct___traced {
	struct list_head___traced ptraced;
	struct list_head___traced ptrace_entry;
} __attribute__((preserve_access_index));

#define PTRACE_ATTACH 16
#define PTRACE_SEIZE 0x4206

/* The process that the current one began to trace last stands first in its list */
static __always_inline void judge_last_traced(u64 request)
{
	struct task_struct___traced *task = (void *)bpf_get_current_task();
	void *first;

	if (request != PTRACE_ATTACH && request != PTRACE_SEIZE)
		return;
	first = BPF_CORE_READ(task, ptraced.next);
	if (first && first != (void *)task + bpf_core_field_offset(struct task_struct___traced, ptraced))
		judge_tracing(first - bpf_core_field_offset(struct task_struct___traced, ptrace_entry), WAY_STOP);
}

struct file___program {
	struct bpf_prog___loaded {
		enum bpf_prog_type type;
	} __attribute__((preserve_access_index)) * private_data;
} __attribute__((preserve_access_index));

/* The program itself is asked for its type: arguments of a call can be changed while it lasts */
static __always_inline void judge_loaded(u32 descriptor)
{
	struct file___program *file = (void *)file_of(descriptor);

	judge_loader(file ? BPF_CORE_READ(file, private_data, type) : 0, WAY_STOP);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(after_call, struct pt_regs *registers, long result)
{
	struct call_arguments a;
	bool compat;
	u64 number = call_number(registers, &compat);
	u8 what;

	if (number >= NUMBERS_OF_CALLS || result < 0)
		return 0;
	what = watched_calls[(compat ? NUMBERS_OF_CALLS : 0) + number];
	if (!what)
		return 0;
	read_arguments(&a, registers, compat);
	switch (what) {
	case WATCHED_OPEN:
		judge_descriptor(result);
		break;
	case WATCHED_MODULE:
		decide(current(), RULE_MODULE, WAY_LATE, asked(current(), having[RULE_MODULE]), 0, NULL, NULL);
		break;
	case WATCHED_PTRACE:
		judge_last_traced(a.at[0]);
		break;
	case WATCHED_MOUNT:
		decide(current(), RULE_MOUNT, WAY_LATE, asked(current(), having[RULE_MOUNT]), 0, NULL, NULL);
		break;
	case WATCHED_BPF:
		if ((u32)a.at[0] == BPF_PROG_LOAD_COMMAND)
			judge_loaded(result);
		break;
	}
	return 0;
}

static __always_inline int judge_version_4(struct bpf_sock_addr *context)
{
	struct peer peer = {};

	fill_version_4(&peer, context->user_ip4, context->user_port);
	return judge_peer(&peer, WAY_REFUSE_ONLY) == 0;
}

static __always_inline int judge_version_6(struct bpf_sock_addr *context)
{
	struct peer peer = { .family = 6, .port = bpf_ntohs((u16)context->user_port) };
	u32 words[4] = { context->user_ip6[0], context->user_ip6[1], context->user_ip6[2], context->user_ip6[3] };

	__builtin_memcpy(peer.address, words, sizeof(words));
	return judge_peer(&peer, WAY_REFUSE_ONLY) == 0;
}

/* They answer 1 where it may be done */
SEC("cgroup/connect4")
int on_connect_4(struct bpf_sock_addr *context)
{
	return judge_version_4(context);
}

SEC("cgroup/connect6")
int on_connect_6(struct bpf_sock_addr *context)
{
	return judge_version_6(context);
}

SEC("cgroup/sendmsg4")
int on_send_4(struct bpf_sock_addr *context)
{
	return judge_version_4(context);
}

SEC("cgroup/sendmsg6")
int on_send_6(struct bpf_sock_addr *context)
{
	return judge_version_6(context);
}
