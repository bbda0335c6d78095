/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Cgroups of version 2: which one a process is in, and which are around it. */
#pragma once

#include "kernel.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/* Cgroups around one another that are looked at */
#define LEVELS_MAX 32

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kernfs_node {
	u64 id;
};

struct cgroup_subsys_state {
	struct cgroup_subsys_state *parent;
};

struct cgroup {
	struct cgroup_subsys_state self;
	int level;
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct task_struct___grouped {
	struct css_set *cgroups;
};

#pragma clang attribute pop

static __always_inline struct cgroup *cgroup_of(struct task_struct *task)
{
	return BPF_CORE_READ((struct task_struct___grouped *)task, cgroups, dfl_cgrp);
}

/* The one around it; NULL around the root of all */
static __always_inline struct cgroup *around(struct cgroup *cgroup)
{
	void *parent = BPF_CORE_READ(cgroup, self.parent);

	return parent ? parent - bpf_core_field_offset(struct cgroup, self) : NULL;
}
