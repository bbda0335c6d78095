/* Asks for a socket of no family so many times, which fails at once: flood COUNT. */
#include <stdlib.h>
#include <sys/socket.h>

int main(int count, char **argument)
{
	long times = count > 1 ? atol(argument[1]) : 0;

	for (long i = 0; i < times; i++)
		socket(-1, -1, 0);
	return times ? 0 : 2;
}
