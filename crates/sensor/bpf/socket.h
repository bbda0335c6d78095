/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Both ends of a socket, from the kernel's own structures, or from an address in the memory of the process where the kernel keeps none. */
#pragma once

#include "path.h"

#define S_IFMT 0170000
#define S_IFSOCK 0140000

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10

static __always_inline bool is_socket(struct file *file)
{
	return file && (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) == S_IFSOCK;
}

static __always_inline struct socket *socket_of(struct file *file)
{
	return is_socket(file) ? BPF_CORE_READ(file, private_data) : NULL;
}

static __always_inline void fill_unix(struct ends *out, struct sock *sock, bool remote)
{
	struct unix_sock *end = (void *)sock;
	struct unix_address *address;
	u32 length;

	if (remote)
		end = (void *)BPF_CORE_READ(end, peer);
	if (!end)
		return;
	address = BPF_CORE_READ(end, addr);
	if (!address)
		return;
	length = BPF_CORE_READ(address, len) - 2;
	if (length > sizeof(out->path))
		return;
	out->path_length = length;
	/* Behind the family */
	bpf_probe_read_kernel(out->path, length, (void *)address + bpf_core_field_offset(struct unix_address, name) + sizeof(u16));
}

/* `remote` is for sockets of unix: whether the path is that of the other end */
static __always_inline void fill_ends(struct ends *out, struct socket *socket, bool remote)
{
	struct sock *sock = BPF_CORE_READ(socket, sk);

	if (!sock)
		return;
	out->family = BPF_CORE_READ(sock, __sk_common.skc_family);
	out->kind = BPF_CORE_READ(socket, type);
	out->protocol = BPF_CORE_READ(sock, sk_protocol);
	if (out->family == AF_INET) {
		bpf_core_read(out->local, 4, &sock->__sk_common.skc_rcv_saddr);
		bpf_core_read(out->remote, 4, &sock->__sk_common.skc_daddr);
	} else if (out->family == AF_INET6) {
		bpf_core_read(out->local, 16, &sock->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(out->remote, 16, &sock->__sk_common.skc_v6_daddr);
	} else {
		if (out->family == AF_UNIX)
			fill_unix(out, sock, remote);
		return;
	}
	out->local_port = BPF_CORE_READ(sock, __sk_common.skc_num);
	out->remote_port = __builtin_bswap16(BPF_CORE_READ(sock, __sk_common.skc_dport));
}

/* Bytes of a process, or where `flags` has FLAG_COPIED, of the kernel */
static __always_inline long read_either(u16 flags, void *to, u32 size, const void *from)
{
	return flags & FLAG_COPIED ? bpf_probe_read_kernel(to, size, from) : bpf_probe_read_user(to, size, from);
}

/* The other end as it was asked for, where the kernel keeps none: by an address of the process, or of the kernel as `read_either` has it */
static __always_inline void fill_remote(struct scratch *event, struct ends *out, const void *address, u32 length, u16 flags)
{
	u16 family = 0;
	u16 port = 0;

	if (!address || length < 4 || read_either(flags, &family, 2, address))
		return;
	if (!(flags & FLAG_COPIED))
		event->head.flags |= FLAG_CHANGEABLE;
	if (family == AF_INET && length >= 8) {
		read_either(flags, &port, 2, address + 2);
		read_either(flags, out->remote, 4, address + 4);
	} else if (family == AF_INET6 && length >= 24) {
		read_either(flags, &port, 2, address + 2);
		read_either(flags, out->remote, 16, address + 8);
	} else if (family == AF_UNIX) {
		length -= 2;
		if (length > sizeof(out->path))
			length = sizeof(out->path);
		out->path_length = length;
		read_either(flags, out->path, length, address + 2);
	} else {
		return;
	}
	/* A socket that could not be looked at has none */
	if (!out->family)
		out->family = family;
	out->remote_port = __builtin_bswap16(port);
}

/* Where the next text begins, with room for both ends of a socket; NULL where there is none */
static __always_inline struct ends *begin_ends(struct scratch *event)
{
	u32 at = event->at;
	struct ends *out;

	if (at >= TEXT_START_MAX)
		return NULL;
	out = (void *)&event->text[at];
	__builtin_memset(out, 0, sizeof(*out));
	return out;
}
