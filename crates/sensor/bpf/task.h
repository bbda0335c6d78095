/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Who a process is: numbers, users, capabilities, namespaces, terminal and program. */
#pragma once

#include "path.h"
#include "pid.h"

/* Index in `signal_struct.pids` */
#define PIDTYPE_PGID 2
#define PIDTYPE_SID 3

static __always_inline void fill_namespaces(struct identity *out, struct task_struct *task, struct pid *pid)
{
	struct nsproxy *all = BPF_CORE_READ(task, nsproxy);
	u32 level = BPF_CORE_READ(pid, level);
	struct upid inner = {};

	out->namespaces[0] = BPF_CORE_READ(all, uts_ns, ns.inum);
	out->namespaces[1] = BPF_CORE_READ(all, ipc_ns, ns.inum);
	out->namespaces[2] = BPF_CORE_READ(all, mnt_ns, ns.inum);
	out->namespaces[4] = BPF_CORE_READ(all, net_ns, ns.inum);
	out->namespaces[5] = BPF_CORE_READ(all, cgroup_ns, ns.inum);
	if (level > 32)
		return;
	number_in(&inner, pid, level);
	out->inner = inner.nr;
	out->namespaces[3] = BPF_CORE_READ(inner.ns, ns.inum);
}

static __always_inline void fill_terminal(struct identity *out, struct signal_struct *signal)
{
	struct tty_struct *tty = BPF_CORE_READ(signal, tty);

	if (!tty)
		return;
	out->terminal_major = BPF_CORE_READ(tty, driver, major);
	out->terminal_minor = BPF_CORE_READ(tty, driver, minor_start) + BPF_CORE_READ(tty, index);
}

static __always_inline void fill_program(struct scratch *event, struct identity *out, struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	out->device = BPF_CORE_READ(inode, i_sb, s_dev);
	out->inode = BPF_CORE_READ(inode, i_ino);
	out->links = BPF_CORE_READ(inode, i_nlink);
	out->mode = BPF_CORE_READ(inode, i_mode);
	if (in_upper_layer(inode))
		event->head.flags |= FLAG_UPPER;
}

/* A text with the identity of a process that runs `file` now */
static __always_inline void add_identity(struct scratch *event, struct task_struct *task, struct file *file)
{
	u32 at = event->at;
	struct identity *out;
	const struct cred *cred = BPF_CORE_READ(task, cred);
	struct signal_struct *signal = BPF_CORE_READ(task, signal);
	struct pid *pid = BPF_CORE_READ(task, thread_pid);

	if (at != 0)
		return;
	out = (void *)&event->text[0];
	__builtin_memset(out, 0, sizeof(*out));
	out->permitted = capabilities(cred, cap_permitted);
	out->effective = capabilities(cred, cap_effective);
	out->inheritable = capabilities(cred, cap_inheritable);
	out->parent = BPF_CORE_READ(task, real_parent, tgid);
	out->process_group = number_of(BPF_CORE_READ(signal, pids[PIDTYPE_PGID]));
	out->session = number_of(BPF_CORE_READ(signal, pids[PIDTYPE_SID]));
	out->effective_user = BPF_CORE_READ(cred, euid.val);
	out->login = bpf_core_field_exists(task->loginuid) ? BPF_CORE_READ(task, loginuid.val) : (u32)-1;
	fill_namespaces(out, task, pid);
	fill_terminal(out, signal);
	fill_program(event, out, file);
	bpf_core_read_str(&out->name, sizeof(out->name), &task->comm);
	end_text(event, sizeof(*out));
}
