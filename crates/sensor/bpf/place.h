/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Where a file lies, and which policies name a place that it lies in. Names are compared whole: what decides must not take one for another. */
#pragma once

#include "verdict.h"

#define MODE_ANYBODY_WRITES 0002
#define MODE_TYPE 0170000
#define MODE_LINK 0120000
#define NAME_KEPT 56

/* Where the tree of places begins that may not be written, and that programs may be in */
#define ROOT_OF_WRITES 0
#define ROOT_OF_PROGRAMS 1

struct step {
	u32 from;
	u32 length;
	u8 name[NAME_KEPT];
};

struct place {
	u32 node;
	u32 unused;
	/* Policies that name the path that ends here, that name all below, and that name some place below */
	u64 here;
	u64 below;
	u64 above;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct step);
	__type(value, struct place);
} places SEC(".maps");

/* Fills the memory of the current task with names from an entry up to the root of a process, over mounts. Verified once, by itself. */
__noinline int climb_up(u64 from, u64 from_mount, u64 process)
{
	struct climb *climb = climb_of_task();
	struct dentry *dentry = (void *)from;
	struct mount *mount = mount_of((void *)from_mount);
	struct task_struct *task = (void *)process;
	struct dentry *root = BPF_CORE_READ(task, fs, root.dentry);
	struct mount *last = mount_of(BPF_CORE_READ(task, fs, root.mnt));
	u32 i;

	if (!climb)
		return 0;
	climb->whole = 0;
	climb->writable = 0;
#pragma clang loop unroll(disable)
	for (i = 0; i < DEPTH_MAX; i++) {
		struct dentry *next = BPF_CORE_READ(dentry, d_parent);
		u32 mode = BPF_CORE_READ(dentry, d_inode, i_mode);

		climb->length[i] = 0;
		if (mode & MODE_ANYBODY_WRITES && (mode & MODE_TYPE) != MODE_LINK)
			climb->writable = 1;
		if (dentry == root && mount == last) {
			climb->whole = 1;
			break;
		}
		if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
			struct mount *outer = BPF_CORE_READ(mount, mnt_parent);

			if (outer == mount)
				break;
			dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			mount = outer;
			continue;
		}
		climb->name[i] = BPF_CORE_READ(dentry, d_name.name);
		climb->length[i] = BPF_CORE_READ(dentry, d_name.len);
		if (next == dentry) {
			/* A file that lies nowhere has a name all the same */
			i++;
			break;
		}
		dentry = next;
	}
	climb->count = i;
	return 0;
}

/* A pointer as a plain number: one that the verifier knows the type of may not be handed to a function that is verified by itself */
static __always_inline u64 plain(const void *pointer)
{
	u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &pointer);
	return number;
}

static __always_inline struct climb *climb_from(struct task_struct *task, struct dentry *dentry, struct vfsmount *mount)
{
	climb_up(plain(dentry), plain(mount), (u64)task);
	return climb_of_task();
}

static __always_inline struct climb *climb_from_file(struct task_struct *task, struct file *file)
{
	return climb_from(task, BPF_CORE_READ(file, f_path.dentry), BPF_CORE_READ(file, f_path.mnt));
}

/* Policies that name a place that what was climbed lies in; where it is moved as a whole, those, too, that name a place in it. Verified once, by itself. */
__noinline u64 naming(u32 root, u32 moved)
{
	struct climb *climb = climb_of_task();
	u32 node = root;
	u64 all = 0, here = 0;

	if (!climb)
		return 0;
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < DEPTH_MAX; i++) {
		struct step step = {};
		struct place *place;
		u32 index = climb->count - 1 - i;
		u32 length;

		/* The compiler must not do this sum again another way, which the verifier would not follow */
		barrier_var(index);
		if (index >= DEPTH_MAX)
			break;
		length = climb->length[index];
		if (!length)
			continue;
		if (length > NAME_KEPT)
			return all;
		step.from = node;
		step.length = length;
		if (bpf_probe_read_kernel(step.name, length, climb->name[index]))
			return all;
		place = bpf_map_lookup_elem(&places, &step);
		if (!place)
			return all;
		all |= place->below;
		here = place->here | (moved ? place->above : 0);
		node = place->node;
	}
	return all | here;
}
