/* Opens a file by the system call of 32-bit programs, from a 64-bit one: int80 PATH. Prints what the kernel answered. For x86-64 only. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

int main(int count, char **argument)
{
	/* Such a call takes addresses of 32 bits. */
	char *path = mmap((void *)0x10000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	long answer;

	if (count < 2 || path == MAP_FAILED)
		return 2;
	strncpy(path, argument[1], 4095);
	asm volatile("int $0x80" : "=a"(answer) : "a"(5), "b"(path), "c"(0), "d"(0) : "r8", "r9", "r10", "r11", "memory");
	printf("%ld\n", answer);
	return 0;
}
