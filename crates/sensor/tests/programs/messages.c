/* Sends three messages at once to ports of this machine, the second of which is a question of DNS. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

static char question[] = "\0\1\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1";

int main(void)
{
	static const unsigned short port[3] = { 7001, 53, 7003 };
	struct sockaddr_in address[3];
	struct iovec piece[3];
	struct mmsghdr message[3] = {};
	int from = socket(AF_INET, SOCK_DGRAM, 0);

	for (int i = 0; i < 3; i++) {
		address[i] = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port[i]), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		piece[i] = (struct iovec){ question, sizeof(question) - 1 };
		message[i].msg_hdr = (struct msghdr){ .msg_name = &address[i], .msg_namelen = sizeof(address[i]), .msg_iov = &piece[i], .msg_iovlen = 1 };
	}
	for (int sent = 0; sent < 3;) {
		int now = sendmmsg(from, message + sent, 3 - sent, 0);

		if (now < 0)
			continue;
		sent += now;
	}
	return 0;
}
