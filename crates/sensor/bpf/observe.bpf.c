// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
//
// What the sensor sees on every kernel with BTF: programs that start and end, and system calls when they have been answered.
#include "calls.h"
#include "marks.h"
#include "ring.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, s32 old, struct linux_binprm *program)
{
	struct scratch *event;
	struct mm_struct *memory = BPF_CORE_READ(task, mm);
	struct file *file = BPF_CORE_READ(program, file);
	unsigned long from, until;
	struct path path;

	if (only_followed)
		note_program(task);
	if (!is_told())
		return 0;
	event = begin(CALL_EXECUTE, 0, FLAG_RESOLVED);
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
	if (only_followed)
		follow_child(child);
	if (!is_told())
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

static __always_inline void tell_end(struct task_struct *task)
{
	struct scratch *event = begin(CALL_EXIT, 0, 0);

	if (!event)
		return;
	event->head.number[0] = BPF_CORE_READ(task, exit_code);
	finish(event);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	/* The last thread of the process */
	if (BPF_CORE_READ(task, signal, live.counter) != 0)
		return 0;
	if (is_told())
		tell_end(task);
	if (only_followed)
		unfollow(task);
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
	if (!(want & (WANT_END | (result < 0 ? WANT_FAILURE : WANT_SUCCESS))) || !is_told())
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
		else if (call <= CALL_REMOVEXATTRAT)
			bpf_tail_call(ctx, &later, LATER_MARKS);
		else if (call >= CALL_SOCKET && call <= CALL_FCNTL64)
			bpf_tail_call(ctx, &later, LATER_SOCKETS);
		else
			bpf_tail_call(ctx, &later, LATER_OTHERS);
	}
	return 0;
}

/* The call that a system call is, and what it was asked; 0 for none. What is told of it was found wanted before. */
static __always_inline u32 call_and_arguments(struct pt_regs *registers, struct call_arguments *out, bool *compat)
{
	u64 number = call_number(registers, compat);

	if (number >= NUMBERS_OF_CALLS)
		return 0;
	read_arguments(out, registers, *compat);
	return call_of[(*compat ? NUMBERS_OF_CALLS : 0) + number];
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_paths, struct pt_regs *registers, long result)
{
	struct call_arguments a;
	bool compat;
	u32 call = call_and_arguments(registers, &a, &compat);
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
int BPF_PROG(on_marks, struct pt_regs *registers, long result)
{
	struct call_arguments a;
	bool compat;
	u32 call = call_and_arguments(registers, &a, &compat);
	struct mark mark = { .at = AT_FDCWD };

	switch (call) {
	case CALL_UTIME:
		mark.path = (void *)a.at[0];
		read_time(&mark, (void *)a.at[1], 0, compat);
		break;
	case CALL_UTIMES:
		mark.path = (void *)a.at[0];
		read_time(&mark, (void *)a.at[1], 1000, compat);
		break;
	case CALL_FUTIMESAT:
	case CALL_UTIMENSAT:
	case CALL_UTIMENSAT_TIME64:
		mark.at = a.at[0];
		mark.path = (void *)a.at[1];
		read_time(&mark, (void *)a.at[2], call == CALL_FUTIMESAT ? 1000 : 1, compat && call != CALL_UTIMENSAT_TIME64);
		break;
	case CALL_SETXATTR:
	case CALL_LSETXATTR:
		mark.path = (void *)a.at[0];
		mark.name = (void *)a.at[1];
		mark.value = (void *)a.at[2];
		mark.size = a.at[3];
		break;
	case CALL_FSETXATTR:
		mark.at = a.at[0];
		mark.name = (void *)a.at[1];
		mark.value = (void *)a.at[2];
		mark.size = a.at[3];
		break;
	case CALL_SETXATTRAT: {
		/* struct xattr_args: value, then its size */
		u64 value[2] = {};

		bpf_probe_read_user(value, sizeof(value), (void *)a.at[4]);
		mark.at = a.at[0];
		mark.path = (void *)a.at[1];
		mark.name = (void *)a.at[3];
		mark.value = (void *)value[0];
		mark.size = (u32)value[1];
		break;
	}
	case CALL_REMOVEXATTR:
	case CALL_LREMOVEXATTR:
		mark.path = (void *)a.at[0];
		mark.name = (void *)a.at[1];
		break;
	case CALL_FREMOVEXATTR:
		mark.at = a.at[0];
		mark.name = (void *)a.at[1];
		break;
	case CALL_REMOVEXATTRAT:
		mark.at = a.at[0];
		mark.path = (void *)a.at[1];
		mark.name = (void *)a.at[3];
		break;
	default:
		return 0;
	}
	tell_mark(call, result, &mark, mark.path ? NULL : file_of(mark.at), 0);
	return 0;
}

#define F_DUPFD 0
#define F_DUPFD_CLOEXEC 1030

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sockets, struct pt_regs *registers, long result)
{
	struct call_arguments a;
	bool compat;
	u32 call = call_and_arguments(registers, &a, &compat);
	struct message message = {};

	switch (call) {
	case CALL_SOCKET:
		tell_numbers(call, result, &a);
		break;
	case CALL_CONNECT:
	case CALL_BIND:
		tell_socket(call, result, a.at[0], socket_of(file_of(a.at[0])), (void *)a.at[1], a.at[2], 0);
		break;
	case CALL_LISTEN:
		tell_socket(call, result, a.at[0], socket_of(file_of(a.at[0])), NULL, 0, 0);
		break;
	case CALL_ACCEPT:
	case CALL_ACCEPT4: {
		u32 descriptor = result >= 0 ? result : a.at[0];

		tell_socket(call, result, descriptor, socket_of(file_of(descriptor)), NULL, 0, 0);
		break;
	}
	case CALL_RECVFROM:
		if (a.at[5])
			bpf_probe_read_user(&message.length, 4, (void *)a.at[5]);
		/* fall through */
	case CALL_SENDTO: {
		struct socket *socket = socket_of(file_of(a.at[0]));

		if (!socket)
			break;
		message.address = (void *)a.at[4];
		if (call == CALL_SENDTO)
			message.length = a.at[5];
		message.data = (void *)a.at[1];
		message.size = a.at[2];
		tell_message(call, result, a.at[0], socket, &message, 0);
		break;
	}
	case CALL_SENDMSG:
	case CALL_RECVMSG:
		tell_header(call, result, a.at[0], a.at[1], compat);
		break;
	case CALL_SENDMMSG:
		tell_messages(call, result, a.at[0], a.at[1], compat);
		break;
	case CALL_FCNTL:
	case CALL_FCNTL64:
		if (a.at[1] != F_DUPFD && a.at[1] != F_DUPFD_CLOEXEC)
			break;
		/* fall through */
	case CALL_DUP:
	case CALL_DUP2:
	case CALL_DUP3:
		tell_duplicate(call, result, a.at[0], 0);
		break;
	}
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_others, struct pt_regs *registers, long result)
{
	struct call_arguments a;
	bool compat;
	u32 call = call_and_arguments(registers, &a, &compat);

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
	case CALL_KILL:
	case CALL_TKILL:
	case CALL_RT_SIGQUEUEINFO:
	case CALL_PIDFD_SEND_SIGNAL:
		tell_signal(call, result, a.at[0], a.at[1]);
		break;
	case CALL_TGKILL:
	case CALL_RT_TGSIGQUEUEINFO:
		tell_signal(call, result, a.at[0], a.at[2]);
		break;
	default:
		tell_numbers(call, result, &a);
	}
	return 0;
}

/* What stands for a signal of the kernel itself, in place of what is known about one */
#define SEND_SIG_PRIV 1

/* Whoever a signal goes to is known here, whichever call sends it and however that names them. */
SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal, int signal, struct kernel_siginfo *about, struct task_struct *task)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct aim *first = bpf_map_lookup_elem(&aims, &thread);
	struct aim aim = {
		.started = BPF_CORE_READ(task, group_leader, start_boottime),
		.about = (u64)about,
		.process = BPF_CORE_READ(task, tgid),
		.signal = signal,
		.count = 1,
	};

	/* From the kernel itself, or of no process */
	if ((u64)about <= SEND_SIG_PRIV || BPF_CORE_READ(about, si_code) > 0 || !thread || is_own() || !is_told())
		return 0;
	if (first && first->about == aim.about && first->signal == aim.signal) {
		/* Further processes of a group, or of all there are */
		first->count++;
		tell_reached(&aim);
	} else {
		bpf_map_update_elem(&aims, &thread, &aim, BPF_ANY);
	}
	return 0;
}

SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(on_ring_asked, struct io_kiocb *request)
{
	if (is_own() || !is_told())
		return 0;
	ring_asked(request);
	return 0;
}

/* The same before 6.4. The field that is read of the request by its type has kernels refuse this that hand over something else there. */
SEC("tp_btf/io_uring_submit_sqe")
int BPF_PROG(on_ring_asked_before, struct io_kiocb *request)
{
	if (!*(volatile u8 *)&request->opcode || is_own() || !is_told())
		return 0;
	ring_asked(request);
	return 0;
}

/* Newer kernels hand over the entry of the completion queue, */
SEC("tp_btf/io_uring_complete")
int BPF_PROG(on_ring_answered, void *ring, void *request, struct io_uring_cqe *entry)
{
	if (request && !is_own() && is_told())
		ring_answered(request, entry->res);
	return 0;
}

/* older ones what stands in it. The one that the kernel takes is attached. */
SEC("tp_btf/io_uring_complete")
int BPF_PROG(on_ring_answered_before, void *ring, void *request, u64 data, int result)
{
	if (request && !is_own() && is_told())
		ring_answered(request, result);
	return 0;
}
