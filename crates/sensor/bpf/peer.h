/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Whom a process may speak to: addresses by the longest prefix that a policy lists, each with ranges of ports. */
#pragma once

#include "verdict.h"

#include <bpf/bpf_endian.h>

#define RANGES_MAX 16

/* Bits of the number of the policy, which stands before the address */
#define POLICY_BITS 32

struct prefix {
	u32 length;
	u32 policy;
	u8 address[16];
};

struct ports {
	u32 count;
	struct {
		u16 from;
		u16 until;
	} range[RANGES_MAX];
};

/* Addresses of version 4 stand behind ::ffff:0:0 */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix);
	__type(value, struct ports);
} peers SEC(".maps");

static __always_inline bool has_port(struct ports *ports, u16 port)
{
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < RANGES_MAX; i++) {
		if (i >= ports->count)
			break;
		if (port >= ports->range[i].from && port <= ports->range[i].until)
			return true;
	}
	return false;
}

/* Those of `here` that do not list an address, which is given in two halves as it stands in memory. Verified once, by itself. */
__noinline u64 not_listing(u64 here, u64 first, u64 second, u32 port)
{
	struct prefix key = { .length = POLICY_BITS + 128 };
	u64 all = 0;

	__builtin_memcpy(key.address, &first, 8);
	__builtin_memcpy(key.address + 8, &second, 8);
#pragma clang loop unroll(disable)
	for (u32 policy = 0; policy < POLICIES_MAX; policy++) {
		struct ports *ports;

		if (!(here >> policy & 1))
			continue;
		key.policy = bpf_htonl(policy);
		ports = bpf_map_lookup_elem(&peers, &key);
		if (!ports || !has_port(ports, port))
			all |= 1ull << policy;
	}
	return all;
}

static __always_inline void fill_version_4(struct peer *out, u32 address, u16 port)
{
	out->family = 4;
	out->port = bpf_ntohs(port);
	out->address[10] = 0xff;
	out->address[11] = 0xff;
	__builtin_memcpy(out->address + 12, &address, 4);
}

/* Whether it is this host itself: addresses of the loopback, and none at all, which stands for it */
static __always_inline bool is_loopback(const struct peer *peer)
{
	u64 first, second;

	__builtin_memcpy(&first, peer->address, 8);
	__builtin_memcpy(&second, peer->address + 8, 8);
	if (first)
		return false;
	if (second == 0 || second == bpf_cpu_to_be64(1))
		return true;
	if ((second & 0xffffffffu) != (u32)bpf_htonl(0xffff))
		return false;
	return peer->address[12] == 127 || second >> 32 == 0;
}

/* Decides about a peer that a process speaks to. */
static __always_inline int judge_peer(const struct peer *peer, enum way way)
{
	u64 here = asked(current(), having[RULE_CONNECT]);
	u64 first, second;

	if (!here || is_loopback(peer))
		return 0;
	__builtin_memcpy(&first, peer->address, 8);
	__builtin_memcpy(&second, peer->address + 8, 8);
	return decide(current(), RULE_CONNECT, way, not_listing(here, first, second, peer->port), 0, NULL, peer);
}
