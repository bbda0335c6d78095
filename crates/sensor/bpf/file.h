/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Files as the kernel has them open: by descriptor, by mount, by layer of an overlay. */
#pragma once

#include "words.h"

static __always_inline struct mount *mount_of(struct vfsmount *mnt)
{
	return (void *)mnt - bpf_core_field_offset(struct mount, mnt);
}

/* What a descriptor of the current process stands for; NULL for none */
static __always_inline struct file *file_of(u32 descriptor)
{
	struct files_struct *files = OF_CURRENT_TASK(files);
	struct fdtable *table = has_typed_task ? (files ? files->fdt : NULL) : BPF_CORE_READ(files, fdt);

	if (!table || descriptor >= (has_typed_task ? table->max_fds : BPF_CORE_READ(table, max_fds)))
		return NULL;
	return (void *)word_at((has_typed_task ? table->fd : BPF_CORE_READ(table, fd)) + descriptor);
}

/* Where a file lies */
static __always_inline struct path path_of(struct file *file)
{
	struct words path = {};

	read_words(&path, (void *)file + bpf_core_field_offset(struct file, f_path), sizeof(struct path));
	return (struct path){ (void *)path.at[0], (void *)path.at[1] };
}

#define OVERLAYFS_MAGIC 0x794c7630

/* Whether a file of an overlay was written to the upper layer. The overlay's own inode has the entry of the upper layer right behind the common part. */
static __always_inline bool in_upper_layer(struct inode *inode)
{
	void *upper = NULL;

	if (BPF_CORE_READ(inode, i_sb, s_magic) != OVERLAYFS_MAGIC)
		return false;
	bpf_probe_read_kernel(&upper, sizeof(upper), (void *)inode + bpf_core_type_size(struct inode));
	return upper != NULL;
}
