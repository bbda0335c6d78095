/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * What is asked by way of io_uring, where no system call is made for it. What gives a descriptor is told when it is done, from the kernel's objects.
 * What names paths is told when it is submitted, from the kernel's own copies of them, which are gone afterwards: its answer is not known then. */
#pragma once

#include "calls.h"

/* Operations, as in linux/io_uring.h */
enum operation {
	RING_ACCEPT = 13,
	RING_CONNECT = 16,
	RING_OPENAT = 18,
	RING_OPENAT2 = 28,
	RING_RENAMEAT = 35,
	RING_UNLINKAT = 36,
	RING_MKDIRAT = 37,
	RING_SYMLINKAT = 38,
	RING_LINKAT = 39,
	RING_SOCKET = 45,
};

static __always_inline const void *text_of(struct filename *name)
{
	return BPF_CORE_READ(name, name);
}

/* When it is submitted */
static __always_inline void ring_asked(struct io_kiocb *request)
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
	u8 want = wanted[CALL_OPENAT];

	if ((operation != RING_OPENAT && operation != RING_OPENAT2) || !BPF_CORE_READ(open, file_slot) || !(want & WANT_SUCCESS))
		return;
	event = begin(CALL_OPENAT, 0, FLAG_BY_RING);
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

/* When it is done */
static __always_inline void ring_answered(struct io_kiocb *request, s32 result)
{
	u8 operation = BPF_CORE_READ(request, opcode);
	struct io_open *open = (void *)request;
	struct io_socket *made = (void *)request;
	struct scratch *event;
	struct socket *socket;
	struct ends *out;
	u32 call;

	switch (operation) {
	case RING_OPENAT:
	case RING_OPENAT2:
		if (!BPF_CORE_READ(open, file_slot))
			tell_open(CALL_OPENAT, result, BPF_CORE_READ(open, how.flags), BPF_CORE_READ(open, how.mode), NULL, FLAG_BY_RING);
		return;
	case RING_SOCKET:
		if (!(wanted[CALL_SOCKET] & (result < 0 ? WANT_FAILURE : WANT_SUCCESS)))
			return;
		event = begin(CALL_SOCKET, result, FLAG_BY_RING);
		if (!event)
			return;
		event->head.number[0] = BPF_CORE_READ(made, domain);
		event->head.number[1] = BPF_CORE_READ(made, type);
		event->head.number[2] = BPF_CORE_READ(made, protocol);
		finish(event);
		return;
	case RING_CONNECT:
		call = CALL_CONNECT;
		break;
	case RING_ACCEPT:
		call = CALL_ACCEPT;
		break;
	default:
		return;
	}
	if (!(wanted[call] & (result < 0 ? WANT_FAILURE : WANT_SUCCESS)))
		return;
	socket = socket_of(BPF_CORE_READ(request, file));
	if (!socket)
		return;
	event = begin(call, result, FLAG_BY_RING);
	if (!event)
		return;
	/* The ring knows no descriptor */
	event->head.number[0] = (u32)-1;
	out = begin_ends(event);
	if (out) {
		fill_ends(out, socket, call == CALL_CONNECT);
		end_text(event, sizeof(*out));
	}
	finish(event);
}
