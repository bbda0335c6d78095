/* Does one thing by way of io_uring, without any system call for it: ring OPERATION PATH [PATH], ring connect PORT [ADDRESS], ring bind|listen PORT,
 * ring send|sendmsg|send-connected PORT (a question of DNS for example.com), ring setxattr|fsetxattr PATH NAME VALUE, ring install PATH, ring capability PATH.
 * Prints what the ring answered, and returns the number of the error. Used by tests/events.rs, tests/guard.rs and tests/emulations of the whole
 * product. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of kernels newer than the headers of some distributions */
#define RING_FIXED_FD_INSTALL 54
#define RING_BIND 56
#define RING_LISTEN 57

static const char question[] = "\0\1\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1";

/* CAP_SETUID, permitted and effective (struct vfs_cap_data) */
static const unsigned capability[5] = { 0x02000001, 1 << 7 };

int main(int count, char **argument)
{
	struct iovec piece = { (void *)question, sizeof(question) - 1 };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 4, &params);
	char *submissions, *completions;
	struct io_uring_sqe *entry;
	struct io_uring_cqe *answer;
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct open_how { unsigned long long flags, mode, resolve; } how = {};

	if (ring < 0 || count < 3) {
		perror("io_uring_setup");
		return 77;
	}
	submissions = mmap(0, params.sq_off.array + params.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
	completions = mmap(0, params.cq_off.cqes + params.cq_entries * sizeof(*answer), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
			   IORING_OFF_CQ_RING);
	entry = mmap(0, params.sq_entries * sizeof(*entry), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
	memset(entry, 0, sizeof(*entry));
	entry->fd = AT_FDCWD;
	entry->addr = (unsigned long)argument[2];
	if (!strcmp(argument[1], "openat")) {
		entry->opcode = IORING_OP_OPENAT;
	} else if (!strcmp(argument[1], "openat-to-write")) {
		entry->opcode = IORING_OP_OPENAT;
		entry->open_flags = O_WRONLY;
	} else if (!strcmp(argument[1], "write")) {
		/* Opens for writing, as every write begins; nothing is written. */
		entry->opcode = IORING_OP_OPENAT;
		entry->open_flags = O_WRONLY | O_CREAT | O_APPEND;
		entry->len = 0600;
	} else if (!strcmp(argument[1], "openat2")) {
		entry->opcode = IORING_OP_OPENAT2;
		entry->len = sizeof(how);
		entry->off = (unsigned long)&how;
	} else if (!strcmp(argument[1], "slot")) {
		int none = -1;

		syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &none, 1);
		entry->opcode = IORING_OP_OPENAT;
		entry->file_index = 1;
	} else if (!strcmp(argument[1], "unlinkat")) {
		entry->opcode = IORING_OP_UNLINKAT;
	} else if (!strcmp(argument[1], "mkdirat")) {
		entry->opcode = IORING_OP_MKDIRAT;
		entry->len = 0700;
	} else if (!strcmp(argument[1], "renameat") || !strcmp(argument[1], "linkat")) {
		entry->opcode = argument[1][0] == 'r' ? IORING_OP_RENAMEAT : IORING_OP_LINKAT;
		entry->len = AT_FDCWD;
		entry->addr2 = (unsigned long)argument[3];
	} else if (!strcmp(argument[1], "symlinkat")) {
		entry->opcode = IORING_OP_SYMLINKAT;
		entry->addr2 = (unsigned long)argument[3];
	} else if (!strcmp(argument[1], "connect")) {
		address.sin_port = htons(atoi(argument[2]));
		address.sin_addr.s_addr = count > 3 ? inet_addr(argument[3]) : htonl(INADDR_LOOPBACK);
		entry->opcode = IORING_OP_CONNECT;
		entry->fd = socket(AF_INET, SOCK_STREAM, 0);
		entry->addr = (unsigned long)&address;
		entry->off = sizeof(address);
	} else if (!strcmp(argument[1], "bind") || !strcmp(argument[1], "listen")) {
		address.sin_port = htons(atoi(argument[2]));
		address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		entry->fd = socket(AF_INET, SOCK_STREAM, 0);
		entry->opcode = argument[1][0] == 'b' ? RING_BIND : RING_LISTEN;
		entry->addr = 0;
		if (argument[1][0] == 'b') {
			entry->addr = (unsigned long)&address;
			entry->off = sizeof(address);
		} else if (bind(entry->fd, (void *)&address, sizeof(address))) {
			return 1;
		}
	} else if (!strncmp(argument[1], "send", 4)) {
		address.sin_port = htons(atoi(argument[2]));
		address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		entry->fd = socket(AF_INET, SOCK_DGRAM, 0);
		entry->opcode = IORING_OP_SEND;
		entry->addr = (unsigned long)question;
		entry->len = sizeof(question) - 1;
		if (!strcmp(argument[1], "send")) {
			entry->addr2 = (unsigned long)&address;
			entry->addr_len = sizeof(address);
		} else if (!strcmp(argument[1], "sendmsg")) {
			message.msg_name = &address;
			message.msg_namelen = sizeof(address);
			entry->opcode = IORING_OP_SENDMSG;
			entry->addr = (unsigned long)&message;
			entry->len = 1;
		} else if (connect(entry->fd, (void *)&address, sizeof(address))) {
			return 1;
		}
	} else if (!strcmp(argument[1], "setxattr") || !strcmp(argument[1], "fsetxattr")) {
		entry->opcode = argument[1][0] == 's' ? IORING_OP_SETXATTR : IORING_OP_FSETXATTR;
		if (argument[1][0] == 'f')
			entry->fd = open(argument[2], O_RDONLY);
		entry->addr = (unsigned long)argument[3];
		entry->addr2 = (unsigned long)argument[4];
		entry->len = strlen(argument[4]);
		entry->addr3 = (unsigned long)argument[2];
	} else if (!strcmp(argument[1], "capability")) {
		entry->opcode = IORING_OP_SETXATTR;
		entry->addr = (unsigned long)"security.capability";
		entry->addr2 = (unsigned long)capability;
		entry->len = sizeof(capability);
		entry->addr3 = (unsigned long)argument[2];
	} else if (!strcmp(argument[1], "install")) {
		int file = open(argument[2], O_RDONLY);

		syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &file, 1);
		entry->opcode = RING_FIXED_FD_INSTALL;
		entry->flags = IOSQE_FIXED_FILE;
		entry->fd = 0;
		entry->addr = 0;
	} else {
		return 2;
	}
	((unsigned *)(submissions + params.sq_off.array))[0] = 0;
	__atomic_store_n((unsigned *)(submissions + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0) {
		perror("io_uring_enter");
		return 1;
	}
	answer = (void *)(completions + params.cq_off.cqes);
	printf("%d\n", answer->res);
	return answer->res < 0 ? -answer->res : 0;
}
