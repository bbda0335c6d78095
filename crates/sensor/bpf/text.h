/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * An event from its begin to its end: a head is filled, texts are put behind it, and all of it goes to the ring as one. */
#pragma once

#include "maps.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

static __always_inline void lose(u32 why)
{
	u64 *count = bpf_map_lookup_elem(&lost, &why);

	if (count)
		(*count)++;
}

static __always_inline void miss(void)
{
	lose(LOST_UNFOLLOWED);
}

/* Whether what the current process does is told */
static __always_inline bool is_told(void)
{
	u32 *phase;

	if (!only_followed)
		return true;
	phase = phase_of_current();
	return phase && *phase == PHASE_PAYLOAD;
}

#define SECOND 1000000000ull

/* Whether a cgroup has told as much within a second on this processor as it may */
static __always_inline bool over_cap(u64 cgroup, u64 now)
{
	struct rate *rate, first = { .since = now, .told = 1 };

	if (!most_a_second)
		return false;
	rate = bpf_map_lookup_elem(&rates, &cgroup);
	if (!rate) {
		bpf_map_update_elem(&rates, &cgroup, &first, BPF_ANY);
		return false;
	}
	if (now - rate->since >= SECOND)
		*rate = first;
	else if (rate->told >= most_a_second)
		return true;
	else
		rate->told++;
	return false;
}

static __always_inline bool is_own(void)
{
	return bpf_get_current_pid_tgid() >> 32 == own_process;
}

/* The buffer of this processor with a head for the current process in it; NULL while another event is being written there. */
static __always_inline struct scratch *begin(u16 call, s64 result, u16 flags)
{
	u32 zero = 0;
	struct scratch *event = bpf_map_lookup_elem(&scratches, &zero);
	struct task_struct *task = (void *)bpf_get_current_task();
	u64 both = bpf_get_current_pid_tgid();
	u64 who = bpf_get_current_uid_gid();
	u64 cgroup = bpf_get_current_cgroup_id();
	u64 now = bpf_ktime_get_boot_ns();

	if (!event)
		return NULL;
	/* Without programs that start and end nothing could be attributed any more */
	if (call > CALL_EXIT && over_cap(cgroup, now)) {
		lose(LOST_CAPPED);
		return NULL;
	}
	if (event->busy) {
		lose(LOST_NESTED);
		return NULL;
	}
	event->busy = 1;
	__builtin_memset(&event->head, 0, sizeof(event->head));
	event->head.time = now;
	event->head.started = BPF_CORE_READ(task, group_leader, start_boottime);
	event->head.cgroup = cgroup;
	event->head.result = result;
	event->head.process = both >> 32;
	event->head.thread = (u32)both;
	event->head.user = (u32)who;
	event->head.group = who >> 32;
	event->head.call = call;
	event->head.flags = flags;
	event->head.processor = bpf_get_smp_processor_id();
	event->at = 0;
	event->texts = 0;
	return event;
}

static __always_inline void finish(struct scratch *event)
{
	u64 size = sizeof(event->head) + event->at;
	u64 flags = BPF_RB_NO_WAKEUP;

	if (size > sizeof(event->head) + TEXT_SPACE)
		size = sizeof(event->head) + TEXT_SPACE;
	if (bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) > wake_above)
		flags = BPF_RB_FORCE_WAKEUP;
	if (bpf_ringbuf_output(&events, event, size, flags))
		lose(LOST_FULL);
	event->busy = 0;
}

/* Ends the text that was written at `event->at`: it was `length` bytes long. */
static __always_inline void end_text(struct scratch *event, u32 length)
{
	u32 text = event->texts;

	if (text < TEXTS) {
		event->head.length[text] = length;
		event->texts = text + 1;
		event->at += length;
	}
}

/* A text of the kernel, up to its NUL */
static __always_inline void add_text(struct scratch *event, const void *from)
{
	u32 at = event->at;
	long length = 0;

	if (at < TEXT_START_MAX)
		length = bpf_probe_read_kernel_str(&event->text[at], TEXT_MAX, from);
	end_text(event, length > 0 ? length - 1 : 0);
}

/* A text of the process, up to its NUL; it may change it */
static __always_inline void add_user_text(struct scratch *event, const void *from)
{
	u32 at = event->at;
	long length = 0;

	if (from && at < TEXT_START_MAX)
		length = bpf_probe_read_user_str(&event->text[at], TEXT_MAX, from);
	if (length == TEXT_MAX)
		event->head.flags |= FLAG_CUT;
	event->head.flags |= FLAG_CHANGEABLE;
	end_text(event, length > 0 ? length - 1 : 0);
}

/* Bytes of the process; how many of them there were */
static __always_inline u32 add_user_bytes(struct scratch *event, unsigned long from, unsigned long until, u32 most)
{
	u32 at = event->at;
	u64 length = until > from ? until - from : 0;

	if (length > most - 1)
		length = most - 1;
	if (at >= TEXT_START_MAX || !length) {
		end_text(event, 0);
		return 0;
	}
	/* Both are said to the verifier at once */
	length &= ARGUMENTS_MAX - 1;
	if (bpf_probe_read_user(&event->text[at], length, (void *)from))
		length = 0;
	end_text(event, length);
	return length;
}
