/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Reading memory of the kernel: three words at a time by plain loads where the kernel lets a program do that, else by its helper, which costs more; and
 * fields of the current task. */
#pragma once

#include "kernel.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/* Whether the kernel has `bpf_rdonly_cast` (6.2 and later), which makes a number a pointer that may be read: set by the loader (src/object.rs), which
 * then puts a call of that function where calls with this number stand. Where it has not, the verifier never comes to them. */
#define CALL_OF_CAST 0x7a57ca57
const volatile bool can_cast = false;
static void *(*const rdonly_cast)(const void *object, u32 type) = (void *)CALL_OF_CAST;

/* Whether the kernel hands over the current task with its type (5.11 and later): set by the loader */
const volatile bool has_typed_task = true;

/* A field of the current task */
#define OF_CURRENT_TASK(field) (has_typed_task ? bpf_get_current_task_btf()->field : BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), field))

struct words {
	u64 at[3];
};

/* A number as a pointer that plain loads may read behind: `open_how` stands for any three words. A place where nothing can be read has zeros. */
#define READABLE(from) ((struct open_how *)rdonly_cast(from, bpf_core_type_id_kernel(struct open_how)))

static __always_inline u64 word_at(const void *from)
{
	u64 word = 0;

	if (can_cast)
		return READABLE(from)->flags;
	bpf_probe_read_kernel(&word, sizeof(word), from);
	return word;
}

/* `used` is how many bytes of them matter; words behind them may be left as they are */
static __always_inline void read_words(struct words *out, const void *from, u32 used)
{
	struct open_how *words;

	if (!can_cast) {
		bpf_probe_read_kernel(out, sizeof(*out), from);
		return;
	}
	words = READABLE(from);
	out->at[0] = words->flags;
	if (used > 8)
		out->at[1] = words->mode;
	if (used > 16)
		out->at[2] = words->resolve;
}

/* A set of capabilities of `struct cred` */
#define capabilities(cred, set) word_at((void *)(cred) + bpf_core_field_offset(struct cred, set))
