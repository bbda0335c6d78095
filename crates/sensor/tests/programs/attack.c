/* Things that policies forbid, and their benign twins: `attack NAME [PATH]` does one by itself and returns the number of the error, 0 for none. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int said(long result)
{
	return result < 0 ? errno : 0;
}

static int run(const char *path)
{
	execl(path, path, "nothing", NULL);
	return errno;
}

/* This program itself, as a file in memory */
static int run_in_memory(void)
{
	static char bytes[1 << 16];
	char *arguments[] = { "attack", "nothing", NULL };
	int from = open("/proc/self/exe", O_RDONLY), to = memfd_create("attack", 0);
	ssize_t length;

	while ((length = read(from, bytes, sizeof(bytes))) > 0)
		write(to, bytes, length);
	fexecve(to, arguments, environ);
	return errno;
}

static int trace(int user, long request)
{
	int child = fork(), error;

	if (!child) {
		if (setuid(user))
			_exit(1);
		prctl(PR_SET_PDEATHSIG, 9);
		pause();
		_exit(0);
	}
	usleep(100000);
	error = said(ptrace(request, child, 0, 0));
	kill(child, 9);
	waitpid(child, NULL, 0);
	return error;
}

/* What is asked for from kernel 6.18 on */
struct signed_load {
	unsigned char before[152];
	unsigned long signature;
	unsigned int signature_size;
	int keyring;
};

/* Bytes of a file, at most as many as fit; 0 where there is none */
static long content(const char *path, void *bytes, long most)
{
	int file = open(path, O_RDONLY);
	long size = file < 0 ? 0 : read(file, bytes, most);

	return size < 0 ? 0 : size;
}

/* Loads a program that returns this number, with the signature of a file by a key of this keyring: one that is none without a file, and no signature
 * where there is no keyring */
static int load(const char *keyring, const char *signature, int returned)
{
	unsigned char code[] = { 0xb7, 0, 0, 0, returned, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0 };
	static unsigned char bytes[8192];
	struct signed_load asked;
	union bpf_attr *attributes = (void *)&asked;

	memset(&asked, 0, sizeof(asked));
	attributes->prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attributes->insn_cnt = 2;
	attributes->insns = (unsigned long)code;
	attributes->license = (unsigned long)"GPL";
	if (*keyring) {
		asked.signature = (unsigned long)(*signature ? bytes : code);
		asked.signature_size = *signature ? content(signature, bytes, sizeof(bytes)) : sizeof(code);
		asked.keyring = atoi(keyring);
	}
	return said(syscall(SYS_bpf, BPF_PROG_LOAD, &asked, *keyring ? sizeof(asked) : sizeof(asked.before)));
}

/* Loads one with a signature by a key that it puts into a keyring of its own */
static int load_by_own_key(const char *certificate, const char *signature)
{
	static unsigned char bytes[8192];
	long size = content(certificate, bytes, sizeof(bytes));

	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
	    syscall(SYS_add_key, "asymmetric", "own", bytes, size, KEY_SPEC_SESSION_KEYRING) < 0)
		return 100;
	return load("-3", signature, 0);
}

/* Holds a program at a tracepoint, and a map, until nobody writes any more */
static int hold(void)
{
	unsigned char code[] = { 0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0 };
	union bpf_attr program = { .prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT, .insn_cnt = 2 };
	union bpf_attr map = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 3 };
	union bpf_attr link;
	char byte = '+';
	int held;

	prctl(PR_SET_NAME, "a\033b");
	memcpy(program.prog_name, "held", 4);
	program.insns = (unsigned long)code;
	program.license = (unsigned long)"GPL";
	held = syscall(SYS_bpf, BPF_PROG_LOAD, &program, sizeof(program));
	memset(&link, 0, sizeof(link));
	link.raw_tracepoint.name = (unsigned long)"sched_switch";
	link.raw_tracepoint.prog_fd = held;
	if (held < 0 || syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &link, sizeof(link)) < 0 ||
	    syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map)) < 0)
		return errno;
	write(1, &byte, 1);
	while (read(0, &byte, 1) > 0)
		;
	return 0;
}

/* Pins a program of a type, which lets everything pass */
static int pin(int type, const char *path)
{
	unsigned char code[] = { 0xb7, 0, 0, 0, type == BPF_PROG_TYPE_XDP ? XDP_PASS : 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0 };
	union bpf_attr program = { .prog_type = type, .insn_cnt = 2 };
	union bpf_attr pinned;

	program.insns = (unsigned long)code;
	program.license = (unsigned long)"GPL";
	memset(&pinned, 0, sizeof(pinned));
	pinned.pathname = (unsigned long)path;
	pinned.bpf_fd = syscall(SYS_bpf, BPF_PROG_LOAD, &program, sizeof(program));
	return said(syscall(SYS_bpf, BPF_OBJ_PIN, &pinned, sizeof(pinned)));
}

/* Attaches a program that is pinned to a device of the network, or to a cgroup by its folder, without a link */
static int attach(const char *path, const char *to, int how)
{
	union bpf_attr pinned, attached;

	memset(&pinned, 0, sizeof(pinned));
	memset(&attached, 0, sizeof(attached));
	pinned.pathname = (unsigned long)path;
	attached.attach_bpf_fd = syscall(SYS_bpf, BPF_OBJ_GET, &pinned, sizeof(pinned));
	attached.target_fd = *to == '/' ? open(to, O_RDONLY | O_DIRECTORY) : if_nametoindex(to);
	attached.attach_type = how;
	return said(syscall(SYS_bpf, BPF_PROG_ATTACH, &attached, sizeof(attached)));
}

static int speak(int kind, const char *to, int port, int connected)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	int out = socket(AF_INET, kind, kind == SOCK_RAW ? IPPROTO_ICMP : 0);

	inet_pton(AF_INET, to, &address.sin_addr);
	if (connected)
		return said(connect(out, (void *)&address, sizeof(address)));
	return said(sendto(out, "x", 1, 0, (void *)&address, sizeof(address)));
}

/* No module, and long enough to be looked at as one */
static const char nothing[256];

int main(int count, char **given)
{
	const char *name = count > 1 ? given[1] : "", *path = count > 2 ? given[2] : "", *other = count > 3 ? given[3] : "";
#define IS(text) (!strcmp(name, text))
	if (IS("nothing"))
		return 0;
	if (IS("run"))
		return run(path);
	if (IS("run-in-memory"))
		return run_in_memory();
	if (IS("map")) {
		int file = open(path, O_RDONLY);

		return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) == MAP_FAILED ? errno : 0;
	}
	if (IS("read"))
		return said(open(path, O_RDONLY));
	if (IS("write"))
		return said(open(path, O_WRONLY));
	if (IS("overwrite"))
		return said(open(path, O_WRONLY | O_TRUNC));
	if (IS("create"))
		return said(open(path, O_WRONLY | O_CREAT | O_EXCL, 0600));
	if (IS("remove"))
		return said(unlink(path));
	if (IS("rename"))
		return said(rename(path, other));
	if (IS("link"))
		return said(link(path, other));
	if (IS("symlink"))
		return said(symlink("x", path));
	if (IS("directory"))
		return said(mkdir(path, 0700));
	if (IS("node"))
		return said(mknod(path, S_IFIFO | 0600, 0));
	if (IS("truncate"))
		return said(truncate(path, 1));
	if (IS("mode"))
		return said(chmod(path, 0777));
	if (IS("owner"))
		return said(chown(path, 1, 1));
	if (IS("mount"))
		return said(mount("none", path, "tmpfs", 0, NULL));
	if (IS("mount-by-descriptor")) {
		int context = syscall(SYS_fsopen, "tmpfs", 0), mounted;

		syscall(SYS_fsconfig, context, 6, NULL, NULL, 0);
		mounted = syscall(SYS_fsmount, context, 0, 0);
		return said(syscall(SYS_move_mount, mounted, "", -100, path, 4));
	}
	if (IS("module-of-file"))
		return said(syscall(SYS_finit_module, open(path, O_RDONLY), "", 0));
	if (IS("module-of-memory"))
		return said(syscall(SYS_init_module, nothing, sizeof(nothing), ""));
	if (IS("trace"))
		return trace(atoi(path), PTRACE_ATTACH);
	if (IS("seize"))
		return trace(atoi(path), PTRACE_SEIZE);
	if (IS("load"))
		return load(path, other, count > 4 ? atoi(given[4]) : 0);
	if (IS("load-by-own-key"))
		return load_by_own_key(path, other);
	if (IS("pin"))
		return pin(atoi(path), other);
	if (IS("attach"))
		return attach(path, other, atoi(given[4]));
	if (IS("hold"))
		return hold();
	if (IS("connect"))
		return speak(SOCK_STREAM, path, atoi(other), 1);
	if (IS("connect-datagrams"))
		return speak(SOCK_DGRAM, path, atoi(other), 1);
	if (IS("send"))
		return speak(SOCK_DGRAM, path, atoi(other), 0);
	if (IS("send-raw"))
		return speak(SOCK_RAW, path, 0, 0);
	fprintf(stderr, "there is no `%s`\n", name);
	return 100;
}
