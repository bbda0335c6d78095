// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
//
// What stops what policies forbid: where the kernel has BPF LSM, by its hooks, and elsewhere by what restrain.h has.
#include "peer.h"
#include "program.h"
#include "question.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define FMODE_WRITE 2
#define MODULE_IS_READ 2
#define PTRACE_MODE_ATTACH 2
#define AF_UNSPEC 0
#define AF_INET 2
#define AF_INET6 10

struct file___opened {
	unsigned int f_mode;
} __attribute__((preserve_access_index));

/* A program, or one that stands in the first line of a script */
SEC("lsm/bprm_check_security")
int BPF_PROG(before_exec, struct linux_binprm *program)
{
	return judge_program(current(), BPF_CORE_READ(program, file), ANY_OF_PROGRAMS, WAY_REFUSE);
}

/* Code that is brought in otherwise: libraries, and programs that a loader is asked to run */
SEC("lsm/mmap_file")
int BPF_PROG(before_mapping, struct file *file, unsigned long asked_for, unsigned long protection)
{
	struct task_struct *task = current();

	/* PROT_EXEC; the program itself was judged before */
	if (!file || !(protection & 4) || BPF_CORE_READ(file, f_inode) == BPF_CORE_READ(task, mm, exe_file, f_inode))
		return 0;
	return judge_program(task, file, ANY_OF_PROGRAMS, WAY_REFUSE);
}

SEC("lsm/file_open")
int BPF_PROG(before_open, struct file *file)
{
	if (!(BPF_CORE_READ((struct file___opened *)file, f_mode) & FMODE_WRITE))
		return 0;
	return judge_write(BPF_CORE_READ(file, f_path.dentry), BPF_CORE_READ(file, f_path.mnt), WAY_REFUSE);
}

/* Names in a directory: the entry may not be there yet */
static __always_inline int judge_name(const struct path *directory, struct dentry *entry)
{
	return judge_write(entry, BPF_CORE_READ(directory, mnt), WAY_REFUSE);
}

static __always_inline int judge_path(const struct path *path)
{
	return judge_write(BPF_CORE_READ(path, dentry), BPF_CORE_READ(path, mnt), WAY_REFUSE);
}

SEC("lsm/path_unlink")
int BPF_PROG(before_unlink, const struct path *directory, struct dentry *entry)
{
	return judge_name(directory, entry);
}

SEC("lsm/path_mkdir")
int BPF_PROG(before_mkdir, const struct path *directory, struct dentry *entry)
{
	return judge_name(directory, entry);
}

SEC("lsm/path_rmdir")
int BPF_PROG(before_rmdir, const struct path *directory, struct dentry *entry)
{
	return judge_name(directory, entry);
}

SEC("lsm/path_mknod")
int BPF_PROG(before_mknod, const struct path *directory, struct dentry *entry)
{
	return judge_name(directory, entry);
}

SEC("lsm/path_symlink")
int BPF_PROG(before_symlink, const struct path *directory, struct dentry *entry)
{
	return judge_name(directory, entry);
}

/* Newer kernels hand over flags behind what is used here. */
SEC("lsm/path_rename")
int BPF_PROG(before_rename, const struct path *from, struct dentry *entry, const struct path *to, struct dentry *target)
{
	int refused = judge_entry(current(), entry, BPF_CORE_READ(from, mnt), true, WAY_REFUSE);

	return refused ? refused : judge_entry(current(), target, BPF_CORE_READ(to, mnt), true, WAY_REFUSE);
}

/* A second name of a protected file could be written by; so both ends count */
SEC("lsm/path_link")
int BPF_PROG(before_link, struct dentry *old, const struct path *directory, struct dentry *entry)
{
	int refused = judge_write(old, BPF_CORE_READ(directory, mnt), WAY_REFUSE);

	return refused ? refused : judge_name(directory, entry);
}

SEC("lsm/path_truncate")
int BPF_PROG(before_truncate, const struct path *path)
{
	return judge_path(path);
}

SEC("lsm/path_chmod")
int BPF_PROG(before_chmod, const struct path *path)
{
	return judge_path(path);
}

SEC("lsm/path_chown")
int BPF_PROG(before_chown, const struct path *path)
{
	return judge_path(path);
}

static __always_inline int judge_module(u32 what)
{
	return what == MODULE_IS_READ ? decide(current(), RULE_MODULE, WAY_REFUSE, asked(current(), having[RULE_MODULE]), 0, NULL, NULL) : 0;
}

SEC("lsm/kernel_read_file")
int BPF_PROG(before_module_file, struct file *file, u32 what)
{
	return judge_module(what);
}

SEC("lsm/kernel_load_data")
int BPF_PROG(before_module_data, u32 what)
{
	return judge_module(what);
}

SEC("lsm/ptrace_access_check")
int BPF_PROG(before_ptrace, struct task_struct *traced, unsigned int mode)
{
	return mode & PTRACE_MODE_ATTACH ? judge_tracing(traced, WAY_REFUSE) : 0;
}

SEC("lsm/sb_mount")
int BPF_PROG(before_mount)
{
	return decide(current(), RULE_MOUNT, WAY_REFUSE, asked(current(), having[RULE_MOUNT]), 0, NULL, NULL);
}

SEC("lsm/move_mount")
int BPF_PROG(before_move_mount)
{
	return decide(current(), RULE_MOUNT, WAY_REFUSE, asked(current(), having[RULE_MOUNT]), 0, NULL, NULL);
}

/* An address that the kernel has copied from a process */
static __always_inline int judge_address(const void *address, u32 length)
{
	struct peer peer = {};
	/* family, port, address of version 4, or flow, then address of version 6 */
	struct {
		u16 family;
		u16 port;
		u32 version_4;
		u8 version_6[16];
	} given = {};

	if (length < 16)
		return 0;
	bpf_probe_read_kernel(&given, 8, address);
	if (given.family == AF_INET6) {
		if (length < sizeof(given))
			return 0;
		bpf_probe_read_kernel(&given, sizeof(given), address);
		__builtin_memcpy(peer.address, given.version_6, 16);
		peer.family = 6;
		peer.port = bpf_ntohs(given.port);
	} else if (given.family == AF_INET || given.family == AF_UNSPEC) {
		fill_version_4(&peer, given.version_4, given.port);
	} else {
		return 0;
	}
	return judge_peer(&peer, WAY_REFUSE);
}

SEC("lsm/socket_connect")
int BPF_PROG(before_connect, struct socket *socket, void *address, int length)
{
	u16 family = 0;

	bpf_probe_read_kernel(&family, sizeof(family), address);
	/* Without a family a connection is given up */
	return family == AF_UNSPEC ? 0 : judge_address(address, length);
}

SEC("lsm/socket_sendmsg")
int BPF_PROG(before_send, struct socket *socket, struct msghdr *message)
{
	void *address = BPF_CORE_READ(message, msg_name);
	u16 family = BPF_CORE_READ(socket, sk, __sk_common.skc_family);

	if (!address || (family != AF_INET && family != AF_INET6))
		return 0;
	return judge_address(address, BPF_CORE_READ(message, msg_namelen));
}

/* It counts, too, that the kernel asks at all: that a program could be attached to a hook does not say so. */
SEC("lsm/bpf")
int before_bpf(unsigned long long *arguments)
{
	u32 zero = 0, type = 0;
	struct settings *set = bpf_map_lookup_elem(&settings, &zero);
	int refused;

	if (set) {
		__sync_fetch_and_add(&set->asked, 1);
		set->verifies = verifies_signatures();
	}
	if ((int)arguments[0] != BPF_PROG_LOAD_COMMAND)
		return 0;
	/* The type of the program comes first in what is asked for */
	bpf_probe_read_kernel(&type, sizeof(type), (void *)arguments[1]);
	refused = judge_loader(type, WAY_REFUSE);
	return refused ? refused : judge_signature(arguments);
}
