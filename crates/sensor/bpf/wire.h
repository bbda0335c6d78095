/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * What goes from the kernel to the sensor: a head, then up to six texts behind one another. `src/wire.rs` reads it; a test holds the numbers of
 * both against each other. */
#pragma once

#include "kernel.h"

#define TEXTS 6
#define NUMBERS 6
/* Bytes of one text at most, and how far into the texts one may begin */
#define TEXT_MAX 4096
#define ARGUMENTS_MAX 8192
#define TEXT_START_MAX 16384
#define TEXT_SPACE (TEXT_START_MAX + ARGUMENTS_MAX)

/* What happened. The order is that of `Call` in src/wire.rs. */
enum call {
	CALL_NONE,
	CALL_EXECUTE,
	CALL_FORK,
	CALL_EXIT,
	CALL_EXECVE,
	CALL_EXECVEAT,
	CALL_OPEN,
	CALL_OPENAT,
	CALL_OPENAT2,
	CALL_CREAT,
	CALL_UNLINK,
	CALL_UNLINKAT,
	CALL_RMDIR,
	CALL_RENAME,
	CALL_RENAMEAT,
	CALL_RENAMEAT2,
	CALL_LINK,
	CALL_LINKAT,
	CALL_SYMLINK,
	CALL_SYMLINKAT,
	CALL_MKDIR,
	CALL_MKDIRAT,
	CALL_CHMOD,
	CALL_FCHMOD,
	CALL_FCHMODAT,
	CALL_FCHMODAT2,
	CALL_CHOWN,
	CALL_LCHOWN,
	CALL_FCHOWN,
	CALL_FCHOWNAT,
	CALL_MOUNT,
	CALL_UMOUNT2,
	CALL_MOVE_MOUNT,
	CALL_UTIME,
	CALL_UTIMES,
	CALL_FUTIMESAT,
	CALL_UTIMENSAT,
	CALL_UTIMENSAT_TIME64,
	CALL_SETXATTR,
	CALL_LSETXATTR,
	CALL_FSETXATTR,
	CALL_SETXATTRAT,
	CALL_REMOVEXATTR,
	CALL_LREMOVEXATTR,
	CALL_FREMOVEXATTR,
	CALL_REMOVEXATTRAT,
	CALL_MEMFD_CREATE,
	CALL_PTRACE,
	CALL_INIT_MODULE,
	CALL_FINIT_MODULE,
	CALL_BPF,
	CALL_SETUID,
	CALL_SETREUID,
	CALL_SETRESUID,
	CALL_SETGID,
	CALL_SETREGID,
	CALL_SETRESGID,
	CALL_CAPSET,
	CALL_SOCKET,
	CALL_CONNECT,
	CALL_ACCEPT,
	CALL_ACCEPT4,
	CALL_BIND,
	CALL_LISTEN,
	CALL_SENDTO,
	CALL_SENDMSG,
	CALL_SENDMMSG,
	CALL_RECVFROM,
	CALL_RECVMSG,
	CALL_DUP,
	CALL_DUP2,
	CALL_DUP3,
	CALL_FCNTL,
	CALL_FCNTL64,
	CALL_UNSHARE,
	CALL_SETNS,
	CALL_USERFAULTFD,
	CALL_CHROOT,
	CALL_PIVOT_ROOT,
	CALL_KILL,
	CALL_TKILL,
	CALL_TGKILL,
	CALL_RT_SIGQUEUEINFO,
	CALL_RT_TGSIGQUEUEINFO,
	CALL_PIDFD_SEND_SIGNAL,
	CALLS
};

/* When a call is told at all (`wanted`); from the third on, of calls that open files */
#define WANT_SUCCESS 1
#define WANT_FAILURE 2
#define WANT_READING 4
#define WANT_WRITING 8
/* Of files that are opened so, only what `paths` selects */
#define WANT_READING_BY_PATH 16
#define WANT_WRITING_BY_PATH 32
/* Beside that, files of some names, in whichever directory, */
#define WANT_READING_BY_NAME 64
#define WANT_WRITING_BY_NAME 128
/* and those that were asked for with `..` in their path */
#define WANT_READING_UPWARD 256
#define WANT_WRITING_UPWARD 512

/* Of calls that send signals: their answers are looked at, told or not, since what was known of whom they reach ends there */
#define WANT_END 1024

/* What is so of an event (`head.flags`) */
#define FLAG_CHANGEABLE 1
#define FLAG_BY_RING 2
#define FLAG_CUT 4
/* The path of the first text begins at the root of the process */
#define FLAG_RESOLVED 16
/* A file of the first text, or its program, lies in the upper layer of an overlay */
#define FLAG_UPPER 32
/* What was asked is read of copies that the kernel made */
#define FLAG_COPIED 64
/* One of several processes that a signal reached; the call that sends it is told later, by the same thread */
#define FLAG_REACHED 128

struct head {
	/* Nanoseconds since the host was started */
	u64 time;
	/* When the process was started, in the same measure */
	u64 started;
	u64 cgroup;
	s64 result;
	u64 number[NUMBERS];
	u32 process;
	u32 thread;
	u32 user;
	u32 group;
	u16 call;
	u16 flags;
	u32 processor;
	u32 length[TEXTS];
};

/* Why an event was not told (`lost`) */
enum loss {
	/* The ring was full */
	LOST_FULL,
	/* The event came while another one was being written on this processor */
	LOST_NESTED,
	/* The cgroup had told as many within a second as it may */
	LOST_CAPPED,
	/* A process could not be followed, since there are too many: all that it does is lost */
	LOST_UNFOLLOWED,
	LOSSES
};

/* What is told of a process that runs another program: the first text of CALL_EXECUTE, before its program, the path that was asked for, arguments,
 * environment and working directory */
struct identity {
	u64 permitted;
	u64 effective;
	u64 inheritable;
	u64 device;
	u64 inode;
	u32 parent;
	u32 process_group;
	u32 session;
	u32 inner;
	u32 effective_user;
	u32 login;
	/* Major and minor of the controlling terminal; 0 without one */
	u32 terminal_major;
	u32 terminal_minor;
	/* uts, ipc, mnt, pid, net, cgroup */
	u32 namespaces[6];
	u32 links;
	u32 mode;
	char name[16];
};

/* Both ends of a socket; a text of the calls that concern one */
struct ends {
	u8 local[16];
	u8 remote[16];
	u16 local_port;
	u16 remote_port;
	u16 family;
	u16 kind;
	u16 protocol;
	u16 path_length;
	char path[108];
};

_Static_assert(sizeof(struct head) == 128, "src/wire.rs reads a head of this size");
_Static_assert(sizeof(struct identity) == 120, "src/wire.rs reads an identity of this size");
_Static_assert(sizeof(struct ends) == 152, "src/wire.rs reads ends of this size");
