/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Where a file lies: the names from it up to the root of the process, over mounts, as the kernel has them now. */
#pragma once

#include "file.h"
#include "text.h"

/* What is read of an entry at once: fields that lie behind one another in every kernel so far. Where they do not, each is read for itself. */
struct entry {
	struct dentry *parent;
	struct qstr name;
	/* Its first bytes */
	struct words kept;
};

static __always_inline void read_entry(struct entry *out, struct dentry *dentry)
{
	u32 parent = bpf_core_field_offset(struct dentry, d_parent);

	if (bpf_core_field_offset(struct dentry, d_name) == parent + __builtin_offsetof(struct entry, name)) {
		read_words((void *)out, (void *)dentry + parent, sizeof(struct words));
	} else {
		out->parent = BPF_CORE_READ(dentry, d_parent);
		out->name.name = BPF_CORE_READ(dentry, d_name.name);
		out->name.len = BPF_CORE_READ(dentry, d_name.len);
	}
	read_words(&out->kept, out->name.name, out->name.len);
}

/* One word of a name that has so many bytes from there on */
static __always_inline u64 cut(u64 word, s32 left)
{
	if (left <= 0)
		return 0;
	return left < 8 ? word & ((1ull << 8 * left) - 1) : word;
}

/* Words of a name that it does not reach do not count */
static __always_inline u64 digest_of_name(struct entry *entry)
{
	s32 length = entry->name.len;
	u64 digest = (length ^ cut(entry->kept.at[0], length)) * 0x9e3779b97f4a7c15ull;

	if (length > 8)
		digest = (digest ^ cut(entry->kept.at[1], length - 8)) * 0xc2b2ae3d27d4eb4full;
	if (length > 16)
		digest = (digest ^ cut(entry->kept.at[2], length - 16)) * 0x165667b19e3779f9ull;
	return digest ^ digest >> 32;
}

/* The step from a node by a name; never 0 */
static __always_inline u64 step_from(u32 node, u64 digest)
{
	return (digest + node * 0x9e3779b97f4a7c15ull) | 1ull << 63;
}

/* The slot of `paths` that has a step and is not the first where it may lie; below 0 for none. Verified once, by itself. */
__noinline int further_slot_of(u64 step)
{
	for (u32 i = 1; i < SLOTS_FOR_STEP; i++) {
		u32 slot = (step + i) & last_slot;
		struct place *place = bpf_map_lookup_elem(&paths, &slot);

		if (!place || !place->step)
			break;
		if (place->step == step)
			return slot;
	}
	return -1;
}

/* Where a step leads; NULL for nowhere */
static __always_inline struct place *place_of(u64 step)
{
	s32 slot = step & last_slot;
	struct place *place = bpf_map_lookup_elem(&paths, &slot);

	if (!place || !place->step)
		return NULL;
	if (place->step == step)
		return place;
	slot = further_slot_of(step);
	return slot < 0 ? NULL : bpf_map_lookup_elem(&paths, &slot);
}

/* The same of a mount */
struct joint {
	struct mount *outer;
	struct dentry *at;
	struct dentry *top;
};

static __always_inline void read_joint(struct joint *out, struct mount *mount)
{
	if (bpf_core_field_offset(struct mount, mnt_mountpoint) == bpf_core_field_offset(struct mount, mnt_parent) + sizeof(out->outer) &&
	    bpf_core_field_offset(struct mount, mnt) == bpf_core_field_offset(struct mount, mnt_mountpoint) + sizeof(out->at) &&
	    bpf_core_field_offset(struct vfsmount, mnt_root) == 0) {
		read_words((void *)out, (void *)mount + bpf_core_field_offset(struct mount, mnt_parent), sizeof(struct words));
		return;
	}
	out->outer = BPF_CORE_READ(mount, mnt_parent);
	out->at = BPF_CORE_READ(mount, mnt_mountpoint);
	out->top = BPF_CORE_READ(mount, mnt.mnt_root);
}

/* Fills the buffer for names of this processor, from a file up to the root of the current process. Verified once, by itself. */
__noinline int climb_up(u64 from, u64 from_mount)
{
	u32 zero = 0;
	struct climb *climb = bpf_map_lookup_elem(&climbs, &zero);
	struct dentry *dentry = (void *)from;
	struct mount *mount = mount_of((void *)from_mount);
	struct fs_struct *fs = OF_CURRENT_TASK(fs);
	struct words place = {};
	void *root, *last;
	struct joint joint = {};
	struct entry entry = {};
	u32 i;

	if (!climb || !fs)
		return 0;
	read_words(&place, (void *)fs + bpf_core_field_offset(struct fs_struct, root), sizeof(struct path));
	root = (void *)place.at[1];
	last = mount_of((void *)place.at[0]);
	/* Within the mount of the root the root is met first */
	if (mount != last)
		read_joint(&joint, mount);
	climb->whole = WHOLE_NOT;
	/* A step over a mount leaves a name of no length, so that the place of each name is that of its step */
	for (i = 0; i < DEPTH_MAX; i++) {
		bool over = dentry == joint.top;

		climb->length[i] = 0;
		if (dentry == root && mount == last) {
			climb->whole = WHOLE_TO_ROOT;
			break;
		}
		if (over) {
			entry.parent = joint.at;
			over = joint.outer == mount;
			mount = joint.outer;
			if (mount == last)
				joint.top = NULL;
			else
				read_joint(&joint, mount);
		} else {
			read_entry(&entry, dentry);
			over = entry.parent == dentry;
			climb->name[i] = entry.name.name;
			climb->length[i] = entry.name.len;
			climb->digest[i] = digest_of_name(&entry);
		}
		if (over) {
			climb->whole = WHOLE_ELSEWHERE;
			i++;
			break;
		}
		dentry = entry.parent;
	}
	climb->count = i;
	return 0;
}

static __always_inline void climb_from(struct path *from)
{
	climb_up((u64)from->dentry, (u64)from->mnt);
}

/* What of the tree of selected paths the one that was climbed is: SELECTED_PATH, and SELECTED_NAME where its last name is selected in whichever directory.
 * One that was too deep counts as a selected path. Verified once, by itself. */
#define SELECTED_PATH 1
#define SELECTED_NAME 2

__noinline int selected(void)
{
	u32 node = 0;
	u32 here = 0;
	u32 zero = 0;
	int by_name = 0;
	struct climb *climb = bpf_map_lookup_elem(&climbs, &zero);

	if (!climb)
		return 0;
	if (!climb->whole)
		return SELECTED_PATH;
	if (climb->count && climb->length[0] && place_of(step_from(NODE_OF_NAMES, climb->digest[0])))
		by_name = SELECTED_NAME;
	for (int i = 0; i < DEPTH_MAX; i++) {
		u32 index = climb->count - 1 - i;
		struct place *place;

		/* The compiler must not do this sum again another way, which the verifier would not follow */
		barrier_var(index);
		if (index >= DEPTH_MAX)
			break;
		if (!climb->length[index])
			continue;
		place = place_of(step_from(node, climb->digest[index]));
		if (!place)
			return by_name;
		if (place->select & SELECT_BELOW)
			return by_name | SELECTED_PATH;
		here = place->select & SELECT_HERE;
		node = place->node;
	}
	return by_name | (here ? SELECTED_PATH : 0);
}

#define ASKED_WORDS 17

/* Whether a path as it was asked for has two dots behind one another; one that is longer than what is looked at counts as one that has. */
__noinline int goes_up(u64 asked)
{
	/* Not cleared before: what lies behind the end of the path is cut off word by word */
	u64 text[ASKED_WORDS];
	long length = bpf_probe_read_user_str(text, sizeof(text), (void *)asked);
	u64 before = 0;

	if (length >= (long)sizeof(text))
		return 1;
	for (int i = 0; i < ASKED_WORDS; i++) {
		s32 left = length - 8 * i;

		if (left <= 0)
			break;
		/* Bytes that are dots become 0, then their highest bit tells (Hacker's Delight, 6-1, in the exact form) */
		u64 word = cut(text[i], left) ^ 0x2e2e2e2e2e2e2e2eull;
		u64 dots = ~(((word & 0x7f7f7f7f7f7f7f7full) + 0x7f7f7f7f7f7f7f7full) | word | 0x7f7f7f7f7f7f7f7full);

		if (dots & (dots << 8 | before))
			return 1;
		before = dots >> 63 << 7;
	}
	return 0;
}

/* Writes the path that was climbed into the buffer of an event; its length. Verified once, by itself. */
__noinline int write_climb(u32 from)
{
	u32 zero = 0;
	struct climb *climb = bpf_map_lookup_elem(&climbs, &zero);
	struct scratch *event = bpf_map_lookup_elem(&scratches, &zero);
	volatile u32 *at;

	if (!climb || !event)
		return 0;
	/* Kept in memory: of what is read from there the verifier knows nothing, so that all turns of the loop look the same to it */
	at = &event->at;
	for (int i = 0; i < DEPTH_MAX; i++) {
		u32 index = climb->count - 1 - i;
		u32 here = *at;
		u32 length;

		/* The compiler must not do this sum again another way, which the verifier would not follow */
		barrier_var(index);
		if (index >= DEPTH_MAX || here >= TEXT_START_MAX)
			break;
		length = climb->length[index];
		if (!length)
			continue;
		if (length > 255)
			length = 255;
		event->text[here] = '/';
		if (bpf_probe_read_kernel(&event->text[here + 1], length, climb->name[index]))
			length = 0;
		*at = here + 1 + length;
	}
	if (*at == from && climb->whole == WHOLE_TO_ROOT && from < TEXT_START_MAX) {
		event->text[from] = '/';
		*at = from + 1;
	}
	if (!climb->whole)
		event->head.flags |= FLAG_CUT;
	return *at - from;
}

/* The path that was climbed, as a text */
static __always_inline void add_climb(struct scratch *event)
{
	u32 from = event->at;
	u32 length = write_climb(from);

	event->at = from;
	end_text(event, length);
}

static __always_inline void add_path(struct scratch *event, struct path *path)
{
	climb_from(path);
	add_climb(event);
}

/* The working directory of the current process */
static __always_inline void add_directory(struct scratch *event)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct path here = BPF_CORE_READ(task, fs, pwd);

	add_path(event, &here);
}
