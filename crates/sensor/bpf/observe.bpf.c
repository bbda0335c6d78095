// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
//
// What the sensor sees on every kernel with BTF: programs that start and end, and system calls when they have been answered.
#include "calls.h"
#include "ring.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, s32 old, struct linux_binprm *program)
{
	struct scratch *event = begin(CALL_EXECUTE, 0, FLAG_RESOLVED);
	struct mm_struct *memory = BPF_CORE_READ(task, mm);
	struct file *file = BPF_CORE_READ(program, file);
	unsigned long from, until;
	struct path path;

	if (!event)
		return 0;
	if (BPF_CORE_READ(memory, exe_file))
		file = BPF_CORE_READ(memory, exe_file);
	add_identity(event, task, file);
	path = path_of(file);
	add_path(event, &path);
	add_text(event, BPF_CORE_READ(program, filename));
	from = BPF_CORE_READ(memory, arg_start);
	until = BPF_CORE_READ(memory, arg_end);
	event->head.number[0] = until - from;
	add_user_bytes(event, from, until, ARGUMENTS_MAX);
	from = BPF_CORE_READ(memory, env_start);
	until = BPF_CORE_READ(memory, env_end);
	event->head.number[1] = until - from;
	add_user_bytes(event, from, until, ARGUMENTS_MAX);
	add_directory(event);
	finish(event);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct scratch *event;

	/* Threads are no processes of their own */
	if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid))
		return 0;
	event = begin(CALL_FORK, 0, 0);
	if (!event)
		return 0;
	event->head.number[0] = BPF_CORE_READ(child, tgid);
	event->head.number[1] = BPF_CORE_READ(child, start_boottime);
	event->head.number[2] = BPF_CORE_READ(child, real_parent, tgid);
	event->head.number[3] = BPF_CORE_READ(child, nsproxy, mnt_ns, ns.inum);
	finish(event);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct scratch *event;

	/* The last thread of the process */
	if (BPF_CORE_READ(task, signal, live.counter) != 0)
		return 0;
	event = begin(CALL_EXIT, 0, 0);
	if (!event)
		return 0;
	event->head.number[0] = BPF_CORE_READ(task, exit_code);
	finish(event);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_answer, struct pt_regs *registers, long result)
{
	struct call_arguments a;
	bool compat;
	u64 number = call_number(registers, &compat);
	u32 call;
	u16 want;

	if (number >= NUMBERS_OF_CALLS)
		return 0;
	call = call_of[(compat ? NUMBERS_OF_CALLS : 0) + number];
	if (!call || call >= CALLS)
		return 0;
	want = wanted[call];
	if (!(want & (result < 0 ? WANT_FAILURE : WANT_SUCCESS)))
		return 0;
	read_arguments(&a, registers, compat);
	switch (call) {
	case CALL_OPEN:
		tell_open(call, result, a.at[1], a.at[2], (void *)a.at[0], 0);
		break;
	case CALL_CREAT:
		tell_open(call, result, O_CREAT | O_WRONLY | O_TRUNC, a.at[1], (void *)a.at[0], 0);
		break;
	case CALL_OPENAT:
		tell_open(call, result, a.at[2], a.at[3], (void *)a.at[1], 0);
		break;
	case CALL_OPENAT2: {
		u64 how[2] = {};

		bpf_probe_read_user(how, sizeof(how), (void *)a.at[2]);
		tell_open(call, result, how[0], how[1], (void *)a.at[1], FLAG_CHANGEABLE);
		break;
	}
	default:
		if (is_own())
			return 0;
		if (call <= CALL_MOVE_MOUNT)
			bpf_tail_call(ctx, &later, LATER_PATHS);
		else if (call >= CALL_SOCKET && call <= CALL_DUP3)
			bpf_tail_call(ctx, &later, LATER_SOCKETS);
		else
			bpf_tail_call(ctx, &later, LATER_OTHERS);
	}
	return 0;
}

/* The call that a system call is, and what it was asked; 0 for none. What is told of it was found wanted before. */
static __always_inline u32 call_and_arguments(struct pt_regs *registers, struct call_arguments *out)
{
	bool compat;
	u64 number = call_number(registers, &compat);

	if (number >= NUMBERS_OF_CALLS)
		return 0;
	read_arguments(out, registers, compat);
	return call_of[(compat ? NUMBERS_OF_CALLS : 0) + number];
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_paths, struct pt_regs *registers, long result)
{
	struct call_arguments a;
	u32 call = call_and_arguments(registers, &a);
	u64 first_at = AT_FDCWD, second_at = AT_FDCWD, number = 0;
	void *first = NULL, *second = NULL;

	switch (call) {
	case CALL_FCHMOD:
	case CALL_FCHOWN:
		tell_descriptor(call, result, a.at[0], a.at[1], a.at[2]);
		return 0;
	case CALL_MOUNT:
		tell_mount(call, result, &a);
		return 0;
	case CALL_UNLINK:
	case CALL_RMDIR:
		first = (void *)a.at[0];
		break;
	case CALL_UMOUNT2:
	case CALL_MKDIR:
	case CALL_CHMOD:
		first = (void *)a.at[0];
		number = a.at[1];
		break;
	case CALL_CHOWN:
	case CALL_LCHOWN:
		first = (void *)a.at[0];
		number = a.at[2] << 32 | (u32)a.at[1];
		break;
	case CALL_UNLINKAT:
	case CALL_MKDIRAT:
	case CALL_FCHMODAT:
	case CALL_FCHMODAT2:
		first_at = a.at[0];
		first = (void *)a.at[1];
		number = a.at[2];
		break;
	case CALL_FCHOWNAT:
		first_at = a.at[0];
		first = (void *)a.at[1];
		number = a.at[3] << 32 | (u32)a.at[2];
		break;
	case CALL_RENAME:
	case CALL_LINK:
	case CALL_SYMLINK:
		first = (void *)a.at[0];
		second = (void *)a.at[1];
		break;
	case CALL_SYMLINKAT:
		first = (void *)a.at[0];
		second_at = a.at[1];
		second = (void *)a.at[2];
		break;
	case CALL_RENAMEAT:
	case CALL_RENAMEAT2:
	case CALL_LINKAT:
	case CALL_MOVE_MOUNT:
		first_at = a.at[0];
		first = (void *)a.at[1];
		second_at = a.at[2];
		second = (void *)a.at[3];
		number = a.at[4];
		break;
	default:
		return 0;
	}
	tell_paths(call, result, first_at, first, second_at, second, number, 0);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sockets, struct pt_regs *registers, long result)
{
	struct call_arguments a;
	u32 call = call_and_arguments(registers, &a);

	switch (call) {
	case CALL_SOCKET:
		tell_numbers(call, result, &a);
		break;
	case CALL_CONNECT:
	case CALL_BIND:
		tell_socket(call, result, a.at[0], (void *)a.at[1], a.at[2], 0);
		break;
	case CALL_LISTEN:
		tell_socket(call, result, a.at[0], NULL, 0, 0);
		break;
	case CALL_ACCEPT:
	case CALL_ACCEPT4:
		tell_socket(call, result, result >= 0 ? result : a.at[0], NULL, 0, 0);
		break;
	case CALL_SENDTO:
		tell_send(call, result, a.at[0], (void *)a.at[4], a.at[5], (void *)a.at[1], a.at[2]);
		break;
	case CALL_SENDMSG: {
		/* struct user_msghdr: name, its length, then pieces of data */
		u64 message[3] = {};
		u64 piece[2] = {};

		if (bpf_probe_read_user(message, sizeof(message), (void *)a.at[1]))
			break;
		bpf_probe_read_user(piece, sizeof(piece), (void *)message[2]);
		tell_send(call, result, a.at[0], (void *)message[0], (u32)message[1], (void *)piece[0], piece[1]);
		break;
	}
	case CALL_DUP:
	case CALL_DUP2:
	case CALL_DUP3:
		tell_duplicate(call, result, a.at[0]);
		break;
	}
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_others, struct pt_regs *registers, long result)
{
	struct call_arguments a;
	u32 call = call_and_arguments(registers, &a);

	switch (call) {
	case CALL_MEMFD_CREATE:
		tell_text(call, result, (void *)a.at[0], a.at[1]);
		break;
	case CALL_CHROOT:
		tell_text(call, result, (void *)a.at[0], 0);
		break;
	case CALL_PIVOT_ROOT:
		tell_text(call, result, (void *)a.at[0], 0);
		break;
	case CALL_FINIT_MODULE:
		tell_descriptor(call, result, a.at[0], a.at[2], 0);
		break;
	case CALL_CAPSET:
		tell_capabilities(call, result);
		break;
	default:
		tell_numbers(call, result, &a);
	}
	return 0;
}

SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(on_ring_asked, struct io_kiocb *request)
{
	if (is_own())
		return 0;
	ring_asked(request);
	ring_asked_slot(request);
	return 0;
}

/* The same before 6.4. The field that is read of the request by its type has kernels refuse this that hand over something else there. */
SEC("tp_btf/io_uring_submit_sqe")
int BPF_PROG(on_ring_asked_before, struct io_kiocb *request)
{
	if (!*(volatile u8 *)&request->opcode || is_own())
		return 0;
	ring_asked(request);
	ring_asked_slot(request);
	return 0;
}

/* Newer kernels hand over the entry of the completion queue, */
SEC("tp_btf/io_uring_complete")
int BPF_PROG(on_ring_answered, void *ring, void *request, struct io_uring_cqe *entry)
{
	if (request && !is_own())
		ring_answered(request, entry->res);
	return 0;
}

/* older ones what stands in it. The one that the kernel takes is attached. */
SEC("tp_btf/io_uring_complete")
int BPF_PROG(on_ring_answered_before, void *ring, void *request, u64 data, int result)
{
	if (request && !is_own())
		ring_answered(request, result);
	return 0;
}
