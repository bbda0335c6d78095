// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
//
// Which programs cgroups hold, with a link or without one: of each cgroup that a task is in, and of those above it. Run over all tasks once, it fills a
// map, which `src/inventory/cgroups.rs` reads.
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

typedef __u32 u32;
typedef __u64 u64;

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Levels of cgroups, ways of attaching, and programs of one way: the kernel allows 64 of them */
#define DEPTH_MAX 64
#define WAYS_MAX 64
#define PROGRAMS_MAX 65

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct bpf_prog_aux {
	u32 id;
};

struct bpf_prog {
	enum bpf_attach_type expected_attach_type;
	struct bpf_prog_aux *aux;
};

struct bpf_link {
	u32 id;
	struct bpf_prog *prog;
};

struct bpf_cgroup_link {
	struct bpf_link link;
};

/* Of a list; before kernel 6.0 it is of another kind, whose head has a second pointer, and whose last entry leads back to it */
struct hlist_head {
	void *first;
};

struct hlist_node {
	void *next;
};

struct bpf_prog_list {
	struct hlist_node node;
	struct bpf_prog *prog;
	struct bpf_cgroup_link *link;
};

struct cgroup_bpf {
	void *effective[1];
	struct hlist_head progs[1];
	u32 flags[1];
};

struct kernfs_node {
	u64 id;
};

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_bpf bpf;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct task_struct {
	struct css_set *cgroups;
};

struct bpf_iter__task {
	void *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

/* A program at a cgroup */
struct held {
	u64 cgroup;
	/* Its number, and that of its link; 0 without one */
	u32 program;
	u32 link;
	/* Which list of the cgroup it is in, and what it was loaded for */
	u32 way;
	u32 expected;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct held);
	__type(value, u32);
} held SEC(".maps");

/* Cgroups that were looked at */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u64);
	__type(value, u32);
} seen SEC(".maps");

/* How often something could not be read or kept */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} failed SEC(".maps");

static __always_inline void fail(void)
{
	u32 zero = 0, *count = bpf_map_lookup_elem(&failed, &zero);

	if (count)
		__sync_fetch_and_add(count, 1);
}

/* What lies at an address of the kernel; 0, and it counts as failed, where nothing can be read */
static __always_inline u64 word(u64 address)
{
	u64 value = 0;

	if (!bpf_probe_read_kernel(&value, sizeof(value), (void *)address))
		return value;
	fail();
	return 0;
}

static __always_inline void note(void *map, const void *key)
{
	u32 one = 1;

	if (bpf_map_update_elem(map, key, &one, BPF_ANY))
		fail();
}

/* Keeps one entry of a list */
__noinline int keep(u64 cgroup, u64 node, u32 way)
{
	struct bpf_prog_list *entry = (void *)node - bpf_core_field_offset(struct bpf_prog_list, node);
	struct bpf_cgroup_link *link = BPF_CORE_READ(entry, link);
	struct bpf_prog *program = BPF_CORE_READ(entry, prog);
	struct held key = { .cgroup = cgroup, .way = way };

	if (link) {
		key.link = BPF_CORE_READ(link, link.id);
		program = BPF_CORE_READ(link, link.prog);
	}
	key.program = BPF_CORE_READ(program, aux, id);
	key.expected = BPF_CORE_READ(program, expected_attach_type);
	if (key.program)
		note(&held, &key);
	else
		fail();
	return 0;
}

/* Keeps all of one list, which begins at this address */
__noinline int keep_all(u64 cgroup, u64 head, u32 way)
{
	u64 node = word(head);

	for (int count = 0; count < PROGRAMS_MAX; count++) {
		if (!node || node == head)
			return 0;
		keep(cgroup, node, way);
		node = word(node);
	}
	fail();
	return 0;
}

/* Keeps what a cgroup holds */
__noinline int look(u64 address, u64 id)
{
	u32 ways = (bpf_core_field_offset(struct cgroup_bpf, progs) - bpf_core_field_offset(struct cgroup_bpf, effective)) / sizeof(u64);
	u32 size = bpf_core_field_offset(struct cgroup_bpf, flags) - bpf_core_field_offset(struct cgroup_bpf, progs);
	u64 lists = address + bpf_core_field_offset(struct cgroup, bpf.progs);

	/* Two pointers each, or one */
	size = size / sizeof(u64) > ways ? 2 * sizeof(u64) : sizeof(u64);
	for (u32 way = 0; way < WAYS_MAX; way++) {
		if (way >= ways)
			return 0;
		keep_all(id, lists + way * size, way);
	}
	fail();
	return 0;
}

SEC("iter/task")
int look_from_task(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct cgroup *cgroup;

	if (!task)
		return 0;
	cgroup = (void *)word((u64)&task->cgroups);
	cgroup = (void *)word((u64)&((struct css_set *)cgroup)->dfl_cgrp);
	for (int level = 0; level < DEPTH_MAX; level++) {
		u64 id;

		if (!cgroup)
			return 0;
		id = BPF_CORE_READ(cgroup, kn, id);
		/* Those above it were looked at then, too. */
		if (bpf_map_lookup_elem(&seen, &id))
			return 0;
		note(&seen, &id);
		look((u64)cgroup, id);
		cgroup = BPF_CORE_READ(cgroup, self.parent, cgroup);
	}
	fail();
	return 0;
}
