/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * System calls, when they have been answered: what they were asked, by the kernel's own objects where it has them. */
#pragma once

#include "registers.h"
#include "socket.h"
#include "task.h"

#define O_ACCMODE 3
#define O_WRONLY 1
#define O_CREAT 0100
#define O_TRUNC 01000

#define AT_FDCWD -100

/* The file that was opened: its numbers, and the path that was climbed from it */
static __always_inline void tell_file(struct scratch *event, struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	event->head.number[2] = BPF_CORE_READ(inode, i_mode);
	event->head.number[3] = BPF_CORE_READ(inode, i_sb, s_dev);
	event->head.number[4] = BPF_CORE_READ(inode, i_ino);
	event->head.number[5] = BPF_CORE_READ(inode, i_nlink);
	if (in_upper_layer(inode))
		event->head.flags |= FLAG_UPPER;
	event->head.flags |= FLAG_RESOLVED;
	add_climb(event);
}

/* Whether of a file that is opened for these uses the path does not matter */
static __always_inline bool any_path(u16 want, u16 use)
{
	return ((use & want & WANT_READING) && !(want & WANT_READING_BY_PATH)) || ((use & want & WANT_WRITING) && !(want & WANT_WRITING_BY_PATH));
}

/* Whether the file that was climbed from is selected for one of these uses */
static __always_inline bool chosen(u16 want, u16 use)
{
	int by = selected();

	return (by & SELECTED_PATH) || (by & SELECTED_NAME && want & use * (WANT_READING_BY_NAME / WANT_READING));
}

/* Opened descriptor `result` or failed with it. `asked` is a text of the process, or of the kernel where `flags` has FLAG_BY_RING. */
static __always_inline void tell_open(u32 call, s64 result, u32 open_flags, u32 mode, const void *asked, u16 flags)
{
	u16 want = wanted[call];
	u16 use = (open_flags & O_ACCMODE) || (open_flags & (O_TRUNC | O_CREAT)) ? WANT_WRITING : 0;
	struct scratch *event;
	struct file *file = NULL;

	if ((open_flags & O_ACCMODE) != O_WRONLY)
		use |= WANT_READING;
	if (!(want & use))
		return;
	if (result >= 0) {
		struct path path;

		if (!(want & WANT_SUCCESS))
			return;
		file = file_of(result);
		if (!file)
			return;
		path = path_of(file);
		climb_from(&path);
		if (!any_path(want, use) && !chosen(want, use) && !(want & use * (WANT_READING_UPWARD / WANT_READING) && asked && goes_up((u64)asked)))
			return;
	} else if (!(want & WANT_FAILURE)) {
		return;
	}
	/* Asked only now, since most opens are not selected */
	if (is_own())
		return;
	event = begin(call, result, flags);
	if (!event)
		return;
	event->head.number[0] = open_flags;
	event->head.number[1] = mode;
	if (file)
		tell_file(event, file);
	else
		end_text(event, 0);
	if (flags & FLAG_BY_RING)
		end_text(event, 0);
	else
		add_user_text(event, asked);
	if (!file)
		add_directory(event);
	finish(event);
}

/* Up to two paths, each relative to a directory of its own. Where the directory is no descriptor, or the path is absolute, that is told by the
 * working directory being the third text. By io_uring (FLAG_BY_RING) the paths are copies of the kernel. */
static __always_inline void add_paths(struct scratch *event, u64 first_at, const void *first, u64 second_at, const void *second, u16 flags)
{
	struct file *file;

	event->head.number[1] = first_at;
	event->head.number[2] = second_at;
	if (flags & FLAG_BY_RING) {
		add_text(event, first);
		add_text(event, second);
	} else {
		add_user_text(event, first);
		add_user_text(event, second);
	}
	add_directory(event);
	if ((s32)first_at != AT_FDCWD && (file = file_of(first_at))) {
		struct path path = path_of(file);

		add_path(event, &path);
	} else {
		end_text(event, 0);
	}
	if ((s32)second_at != AT_FDCWD && (file = file_of(second_at))) {
		struct path path = path_of(file);

		add_path(event, &path);
	} else {
		end_text(event, 0);
	}
}

static __always_inline void tell_paths(u32 call, s64 result, u64 first_at, const void *first, u64 second_at, const void *second, u64 number, u16 flags)
{
	struct scratch *event = begin(call, result, flags);

	if (!event)
		return;
	event->head.number[0] = number;
	add_paths(event, first_at, first, second_at, second, flags);
	finish(event);
}

/* A file by its descriptor */
static __always_inline void tell_descriptor(u32 call, s64 result, u32 descriptor, u64 number, u64 further)
{
	struct file *file = file_of(descriptor);
	struct scratch *event;

	if (!file)
		return;
	event = begin(call, result, FLAG_RESOLVED);
	if (!event)
		return;
	event->head.number[0] = number;
	event->head.number[1] = descriptor;
	event->head.number[2] = further;
	struct path path = path_of(file);
	add_path(event, &path);
	finish(event);
}

static __always_inline void tell_numbers(u32 call, s64 result, struct call_arguments *arguments)
{
	struct scratch *event = begin(call, result, 0);

	if (!event)
		return;
	for (int i = 0; i < 5; i++)
		event->head.number[i] = arguments->at[i];
	finish(event);
}

static __always_inline void tell_socket(u32 call, s64 result, u32 descriptor, struct socket *socket, const void *address, u32 length, u16 flags)
{
	struct scratch *event;
	struct ends *out;

	if (!socket)
		return;
	event = begin(call, result, flags);
	if (!event)
		return;
	event->head.number[0] = descriptor;
	out = begin_ends(event);
	if (out) {
		fill_ends(out, socket, call == CALL_CONNECT);
		if (!out->remote_port && !out->path_length)
			fill_remote(event, out, address, length, flags);
		end_text(event, sizeof(*out));
	}
	finish(event);
}

#define DNS_PORT 53
#define QUESTION_MAX 512

/* A message: where it goes, and its first piece of data */
struct message {
	const void *address;
	u64 length;
	const void *data;
	u64 size;
};

/* Reads `struct user_msghdr` of a process: name, its length, then pieces of data */
static __always_inline bool read_message(struct message *out, const void *from, bool compat)
{
	if (compat) {
		u32 head[3] = {}, piece[2] = {};

		if (bpf_probe_read_user(head, sizeof(head), from))
			return false;
		bpf_probe_read_user(piece, sizeof(piece), (void *)(u64)head[2]);
		*out = (struct message){ (void *)(u64)head[0], head[1], (void *)(u64)piece[0], piece[1] };
	} else {
		u64 head[3] = {}, piece[2] = {};

		if (bpf_probe_read_user(head, sizeof(head), from))
			return false;
		bpf_probe_read_user(piece, sizeof(piece), (void *)head[2]);
		*out = (struct message){ (void *)head[0], (u32)head[1], (void *)piece[0], piece[1] };
	}
	return true;
}

/* What is sent without a connection, or as a question of DNS; and what was received without one. A socket that is not known has the address alone. */
static __always_inline void tell_message(u32 call, s64 result, u32 descriptor, struct socket *socket, struct message *message, u16 flags)
{
	struct scratch *event = begin(call, result, flags);
	bool asks = call != CALL_RECVFROM && call != CALL_RECVMSG;
	struct ends *out;

	if (!event)
		return;
	event->head.number[0] = descriptor;
	out = begin_ends(event);
	if (!out) {
		event->busy = 0;
		return;
	}
	if (socket)
		fill_ends(out, socket, true);
	if (!out->remote_port && !out->path_length)
		fill_remote(event, out, message->address, message->length, flags);
	asks &= out->remote_port == DNS_PORT;
	/* What goes over a connection is not told, but for questions of DNS */
	if (!message->address && !asks) {
		event->busy = 0;
		return;
	}
	end_text(event, sizeof(*out));
	if (asks)
		add_user_bytes(event, (unsigned long)message->data, (unsigned long)message->data + message->size, QUESTION_MAX);
	finish(event);
}

/* The message of a `struct user_msghdr`. Verified once, by itself. */
__noinline int tell_header(u32 call, s64 result, u32 descriptor, u64 header, bool compat)
{
	struct socket *socket = socket_of(file_of(descriptor));
	struct message message;

	if (socket && read_message(&message, (void *)header, compat))
		tell_message(call, result, descriptor, socket, &message, 0);
	return 0;
}

/* Messages of one call at most, as the kernel takes them */
#define MESSAGES_MAX 1024

/* Each message of `sendmmsg(2)` that was sent, or the first where none was */
static __always_inline void tell_messages(u32 call, s64 result, u32 descriptor, u64 headers, bool compat)
{
	/* struct mmsghdr: a message, then how much of it was sent */
	u32 length_at = compat ? 28 : 56;
	u32 step = compat ? 32 : 64;

	if (result < 0) {
		tell_header(call, result, descriptor, headers, compat);
		return;
	}
	for (u32 i = 0; i < MESSAGES_MAX && i < result; i++) {
		u32 sent = 0;

		bpf_probe_read_user(&sent, sizeof(sent), (void *)headers + length_at);
		tell_header(call, sent, descriptor, headers, compat);
		headers += step;
	}
}

/* What a descriptor stands for after it was made from another one */
static __always_inline void tell_duplicate(u32 call, s64 result, u32 from, u16 flags)
{
	struct file *file = file_of(result >= 0 ? result : from);
	struct scratch *event;

	if (!file)
		return;
	event = begin(call, result, flags);
	if (!event)
		return;
	event->head.number[0] = from;
	event->head.number[2] = BPF_CORE_READ(file, f_inode, i_mode);
	struct socket *socket = socket_of(file);
	if (socket) {
		struct ends *out = begin_ends(event);

		if (out) {
			fill_ends(out, socket, true);
			end_text(event, sizeof(*out));
		}
	} else {
		struct path path = path_of(file);

		end_text(event, 0);
		add_path(event, &path);
	}
	finish(event);
}

static __always_inline void tell_mount(u32 call, s64 result, struct call_arguments *arguments)
{
	struct scratch *event = begin(call, result, 0);

	if (!event)
		return;
	event->head.number[0] = arguments->at[3];
	add_user_text(event, (void *)arguments->at[0]);
	add_user_text(event, (void *)arguments->at[1]);
	add_directory(event);
	add_user_text(event, (void *)arguments->at[2]);
	finish(event);
}

static __always_inline void tell_text(u32 call, s64 result, const void *text, u64 number)
{
	struct scratch *event = begin(call, result, 0);

	if (!event)
		return;
	event->head.number[0] = number;
	add_user_text(event, text);
	finish(event);
}

/* Capabilities as they are afterwards */
static __always_inline void tell_capabilities(u32 call, s64 result)
{
	const struct cred *cred = BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), cred);
	struct scratch *event = begin(call, result, 0);

	if (!event)
		return;
	event->head.number[0] = capabilities(cred, cap_effective);
	event->head.number[1] = capabilities(cred, cap_permitted);
	event->head.number[2] = capabilities(cred, cap_inheritable);
	finish(event);
}

/* A process that a signal reached */
static __always_inline void add_aim(struct scratch *event, struct aim *aim)
{
	event->head.number[2] = aim->process;
	event->head.number[3] = aim->started;
	event->head.number[4] = aim->count;
}

/* A process that a signal reached beside the first. Only these calls reach several. */
static __always_inline void tell_reached(struct aim *aim)
{
	struct scratch *event;

	if (!((wanted[CALL_KILL] | wanted[CALL_PIDFD_SEND_SIGNAL]) & WANT_SUCCESS))
		return;
	event = begin(CALL_KILL, 0, FLAG_REACHED);
	if (!event)
		return;
	add_aim(event, aim);
	finish(event);
}

/* A signal, and whom it went to where it was sent: the first of them, and how many there were. `target` is as the process numbers it. */
static __always_inline void tell_signal(u32 call, s64 result, u64 target, u64 signal)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct aim *aim = bpf_map_lookup_elem(&aims, &thread);
	struct scratch *event = NULL;

	/* The compiler knows that it is one of a few, and the verifier does not */
	barrier_var(call);
	if (call < CALLS && wanted[call] & (result < 0 ? WANT_FAILURE : WANT_SUCCESS))
		event = begin(call, result, 0);
	if (event) {
		event->head.number[0] = signal;
		event->head.number[1] = target;
		if (result >= 0 && aim && aim->signal == (u32)signal)
			add_aim(event, aim);
		finish(event);
	}
	bpf_map_delete_elem(&aims, &thread);
}
