/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * What is asked by way of io_uring, where no system call is made for it. What gives a descriptor or is done with a socket is told when it is done, from
 * the kernel's objects. What names paths, attributes or the address of a message is told when it is submitted, from the kernel's own copies of them,
 * which are gone afterwards: its answer is not known then. */
#pragma once

#include "marks.h"

/* Operations, as in linux/io_uring.h */
enum operation {
	RING_SENDMSG = 9,
	RING_ACCEPT = 13,
	RING_CONNECT = 16,
	RING_OPENAT = 18,
	RING_SEND = 26,
	RING_OPENAT2 = 28,
	RING_RENAMEAT = 35,
	RING_UNLINKAT = 36,
	RING_MKDIRAT = 37,
	RING_SYMLINKAT = 38,
	RING_LINKAT = 39,
	RING_FSETXATTR = 41,
	RING_SETXATTR = 42,
	RING_SOCKET = 45,
	RING_SEND_ZC = 47,
	RING_SENDMSG_ZC = 48,
	RING_FIXED_FD_INSTALL = 54,
	RING_BIND = 56,
	RING_LISTEN = 57,
};

/* The file of a request is a slot of the ring */
#define REQ_F_FIXED_FILE 1

static __always_inline const void *text_of(struct filename *name)
{
	return BPF_CORE_READ(name, name);
}

/* A call that names paths */
static __always_inline void ring_asked_paths(struct io_kiocb *request)
{
	u8 operation = BPF_CORE_READ(request, opcode);
	struct io_unlink *unlink = (void *)request;
	struct io_mkdir *mkdir = (void *)request;
	struct io_rename *rename = (void *)request;
	u32 call = 0;
	u64 first_at = AT_FDCWD, second_at = AT_FDCWD, number = 0;
	const void *first = NULL, *second = NULL;

	switch (operation) {
	case RING_UNLINKAT:
		call = CALL_UNLINKAT;
		first_at = BPF_CORE_READ(unlink, dfd);
		first = text_of(BPF_CORE_READ(unlink, filename));
		number = BPF_CORE_READ(unlink, flags);
		break;
	case RING_MKDIRAT:
		call = CALL_MKDIRAT;
		first_at = BPF_CORE_READ(mkdir, dfd);
		first = text_of(BPF_CORE_READ(mkdir, filename));
		number = BPF_CORE_READ(mkdir, mode);
		break;
	case RING_RENAMEAT:
	case RING_LINKAT:
	case RING_SYMLINKAT:
		call = operation == RING_RENAMEAT ? CALL_RENAMEAT2 : operation == RING_LINKAT ? CALL_LINKAT : CALL_SYMLINKAT;
		first_at = BPF_CORE_READ(rename, old_dfd);
		second_at = BPF_CORE_READ(rename, new_dfd);
		first = text_of(BPF_CORE_READ(rename, oldpath));
		second = text_of(BPF_CORE_READ(rename, newpath));
		number = BPF_CORE_READ(rename, flags);
		/* A symbolic link has no directory that its target starts from */
		if (operation == RING_SYMLINKAT)
			first_at = AT_FDCWD;
		break;
	default:
		return;
	}
	if (wanted[call] & WANT_SUCCESS)
		tell_paths(call, 0, first_at, first, second_at, second, number, FLAG_BY_RING);
}

/* An open whose file goes to a slot of the ring, and gets no descriptor: told as it was asked for. */
static __always_inline void ring_asked_slot(struct io_kiocb *request)
{
	u8 operation = BPF_CORE_READ(request, opcode);
	struct io_open *open = (void *)request;
	struct scratch *event;
	struct file *at;
	s32 directory;
	u32 call = operation == RING_OPENAT ? CALL_OPENAT : CALL_OPENAT2;

	if ((operation != RING_OPENAT && operation != RING_OPENAT2) || !BPF_CORE_READ(open, file_slot) || !(wanted[call] & WANT_SUCCESS))
		return;
	event = begin(call, 0, FLAG_BY_RING);
	if (!event)
		return;
	event->head.number[0] = BPF_CORE_READ(open, how.flags);
	event->head.number[1] = BPF_CORE_READ(open, how.mode);
	end_text(event, 0);
	add_text(event, text_of(BPF_CORE_READ(open, filename)));
	directory = BPF_CORE_READ(open, dfd);
	at = directory == AT_FDCWD ? NULL : file_of(directory);
	if (at) {
		struct path path = path_of(at);

		add_path(event, &path);
	} else {
		add_directory(event);
	}
	finish(event);
}

/* What a request is for, where that is a descriptor; NULL for a slot of the ring. Newer kernels look for it only when the request is done. */
static __always_inline struct file *file_asked(struct io_kiocb *request)
{
	struct file *file = BPF_CORE_READ(request, file);

	if (file || !bpf_core_field_exists(request->cqe) || BPF_CORE_READ(request, flags) & REQ_F_FIXED_FILE)
		return file;
	return file_of(BPF_CORE_READ(request, cqe.fd));
}

static __always_inline void ring_asked_mark(struct io_kiocb *request)
{
	u8 operation = BPF_CORE_READ(request, opcode);
	struct io_xattr *attribute = (void *)request;
	u32 call = operation == RING_SETXATTR ? CALL_SETXATTR : CALL_FSETXATTR;
	struct mark mark = { .at = AT_FDCWD };

	if ((operation != RING_SETXATTR && operation != RING_FSETXATTR) || !(wanted[call] & WANT_SUCCESS))
		return;
	mark.name = BPF_CORE_READ(attribute, ctx.kname);
	mark.value = BPF_CORE_READ(attribute, ctx.kvalue);
	mark.size = BPF_CORE_READ(attribute, ctx.size);
	if (operation == RING_SETXATTR)
		mark.path = text_of(BPF_CORE_READ(attribute, filename));
	tell_mark(call, 0, &mark, file_asked(request), FLAG_BY_RING | FLAG_COPIED);
}

/* Which call sends as an operation does; 0 where it sends nothing */
static __always_inline u32 call_that_sends(u8 operation)
{
	switch (operation) {
	case RING_SEND:
	case RING_SEND_ZC:
		return CALL_SENDTO;
	case RING_SENDMSG:
	case RING_SENDMSG_ZC:
		return CALL_SENDMSG;
	default:
		return 0;
	}
}

/* Data from the memory of the process, which is all there is of it */
static __always_inline void read_data(struct message *out, struct io_sr_msg *send, u32 call)
{
	if (call == CALL_SENDMSG) {
		read_message(out, BPF_CORE_READ(send, umsg), false);
	} else {
		out->data = BPF_CORE_READ(send, buf);
		out->size = (u32)BPF_CORE_READ(send, len);
	}
}

/* What is sent to an address. Newer kernels have copied it by now; of others it is read from the process. */
static __always_inline void ring_asked_message(struct io_kiocb *request)
{
	u32 call = call_that_sends(BPF_CORE_READ(request, opcode));
	struct io_sr_msg *send = (void *)request;
	struct io_async_msghdr *copy = BPF_CORE_READ(request, async_data);
	struct message message = {};
	u16 flags = FLAG_BY_RING;

	if (!call || !(wanted[call] & WANT_SUCCESS))
		return;
	read_data(&message, send, call);
	if (bpf_core_field_exists(copy->payloadlen)) {
		message.address = BPF_CORE_READ(copy, msg.msg_name);
		message.length = (u32)BPF_CORE_READ(copy, msg.msg_namelen);
		flags |= FLAG_COPIED;
	} else if (call == CALL_SENDTO) {
		if (!bpf_core_field_exists(send->addr))
			return;
		message.address = BPF_CORE_READ(send, addr);
		message.length = BPF_CORE_READ(send, addr_len);
	}
	if (message.address)
		tell_message(call, 0, (u32)-1, socket_of(file_asked(request)), &message, flags);
}

/* When it is submitted */
static __always_inline void ring_asked(struct io_kiocb *request)
{
	ring_asked_paths(request);
	ring_asked_slot(request);
	ring_asked_mark(request);
	ring_asked_message(request);
}

/* When it is done */
static __always_inline void ring_answered(struct io_kiocb *request, s32 result)
{
	u8 operation = BPF_CORE_READ(request, opcode);
	struct io_open *open = (void *)request;
	struct io_socket *made = (void *)request;
	struct message message = {};
	struct scratch *event;
	struct socket *socket;
	u32 call = call_that_sends(operation);

	switch (operation) {
	case RING_OPENAT:
	case RING_OPENAT2:
		call = operation == RING_OPENAT ? CALL_OPENAT : CALL_OPENAT2;
		if (!BPF_CORE_READ(open, file_slot))
			tell_open(call, result, BPF_CORE_READ(open, how.flags), BPF_CORE_READ(open, how.mode), NULL, FLAG_BY_RING);
		return;
	case RING_SOCKET:
		call = CALL_SOCKET;
		break;
	case RING_CONNECT:
		call = CALL_CONNECT;
		break;
	case RING_ACCEPT:
		call = CALL_ACCEPT;
		break;
	case RING_BIND:
		call = CALL_BIND;
		break;
	case RING_LISTEN:
		call = CALL_LISTEN;
		break;
	case RING_FIXED_FD_INSTALL:
		call = CALL_DUP;
		break;
	}
	if (!call || !(wanted[call] & (result < 0 ? WANT_FAILURE : WANT_SUCCESS)))
		return;
	if (call == CALL_DUP) {
		/* What was in a slot of the ring has a descriptor from now on */
		tell_duplicate(call, result, (u32)-1, FLAG_BY_RING);
		return;
	}
	if (call == CALL_SOCKET) {
		event = begin(CALL_SOCKET, result, FLAG_BY_RING);
		if (!event)
			return;
		event->head.number[0] = BPF_CORE_READ(made, domain);
		event->head.number[1] = BPF_CORE_READ(made, type);
		event->head.number[2] = BPF_CORE_READ(made, protocol);
		finish(event);
		return;
	}
	socket = socket_of(BPF_CORE_READ(request, file));
	/* The ring knows no descriptor */
	if (!call_that_sends(operation)) {
		tell_socket(call, result, (u32)-1, socket, NULL, 0, FLAG_BY_RING);
		return;
	}
	/* What was sent to an address was told when it was asked for */
	read_data(&message, (void *)request, call);
	message.address = NULL;
	if (socket && !(call == CALL_SENDMSG && message.length))
		tell_message(call, result, (u32)-1, socket, &message, FLAG_BY_RING);
}
