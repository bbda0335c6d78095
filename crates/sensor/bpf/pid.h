/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Numbers of processes, by namespaces. */
#pragma once

#include "kernel.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/* The number of a process in a namespace, 0 being that of the host */
static __always_inline void number_in(struct upid *out, struct pid *pid, u32 level)
{
	bpf_probe_read_kernel(out, sizeof(*out), (void *)pid + bpf_core_field_offset(struct pid, numbers) + level * sizeof(*out));
}

static __always_inline u32 number_of(struct pid *pid)
{
	struct upid number = {};

	number_in(&number, pid, 0);
	return number.nr;
}
