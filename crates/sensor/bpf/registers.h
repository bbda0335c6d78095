/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Which system call a process made and what it asked, by the registers it came with. */
#pragma once

#include "words.h"

struct call_arguments {
	u64 at[6];
};

static __always_inline void read_arguments(struct call_arguments *out, struct pt_regs *registers, bool compat)
{
#if defined(__TARGET_ARCH_x86)
	if (compat) {
		out->at[0] = (u32)registers->bx;
		out->at[1] = (u32)registers->cx;
		out->at[2] = (u32)registers->dx;
		out->at[3] = (u32)registers->si;
		out->at[4] = (u32)registers->di;
		out->at[5] = (u32)registers->bp;
		return;
	}
	out->at[0] = registers->di;
	out->at[1] = registers->si;
	out->at[2] = registers->dx;
	out->at[3] = registers->r10;
	out->at[4] = registers->r8;
	out->at[5] = registers->r9;
#else
	out->at[0] = registers->orig_x0;
	out->at[1] = registers->regs[1];
	out->at[2] = registers->regs[2];
	out->at[3] = registers->regs[3];
	out->at[4] = registers->regs[4];
	out->at[5] = registers->regs[5];
#endif
}

/* Number of a system call on the tables of `call_of`; beyond them for none */
static __always_inline u64 call_number(struct pt_regs *registers, bool *compat)
{
#if defined(__TARGET_ARCH_x86)
	u64 number = registers->orig_ax;

	/* TS_COMPAT */
	*compat = OF_CURRENT_TASK(thread_info.status) & 2;
	return number;
#else
	*compat = false;
	return (u32)registers->syscallno;
#endif
}
