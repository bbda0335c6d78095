/* SPDX-License-Identifier: Apache-2.0
 *
 * Asks the kernel for what no ordinary workload asks for, in ways that do no harm where they are let in; and writes to the file that is named. Each
 * thing is said with what came of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void say(const char *what, long answer)
{
	int refused = answer < 0 && (errno == EPERM || errno == EACCES || errno == EROFS);

	printf("%s %s\n", what, refused ? "refused" : "let in");
}

int main(int count, char **arguments)
{
	long child;

	say("ptrace", syscall(SYS_ptrace, 0x4200, 0, 0, 0));
	say("mount", syscall(SYS_mount, 0, 0, 0, 0, 0));
	say("unshare", syscall(SYS_unshare, 1));
	say("bpf", syscall(SYS_bpf, 0xffff, 0, 0));
	say("keyctl", syscall(SYS_keyctl, 0xffff, 0, 0));
	say("io_uring_setup", syscall(SYS_io_uring_setup, 0, 0));
	say("socket", socket(AF_INET, SOCK_RAW, 1));
	/* A process in a namespace of users of its own */
	child = syscall(SYS_clone, 0x10000000 | SIGCHLD, 0, 0, 0, 0);
	if (child == 0)
		_exit(0);
	say("clone", child);
	if (count > 1)
		say("write", open(arguments[1], O_WRONLY | O_CREAT, 0600));
	return 0;
}
