/* Opens, reads a byte of and closes a file so many times: busy COUNT PATH. Prints nanoseconds for each time. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **argument)
{
	long times = count > 2 ? atol(argument[1]) : 0;
	struct timespec from, until;
	char byte;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (long i = 0; i < times; i++) {
		int file = open(argument[2], O_RDONLY);

		if (file < 0 || read(file, &byte, 1) < 0)
			return 1;
		close(file);
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	if (times)
		printf("%.1f\n", ((until.tv_sec - from.tv_sec) * 1e9 + (until.tv_nsec - from.tv_nsec)) / times);
	return times ? 0 : 2;
}
