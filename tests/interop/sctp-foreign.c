/*
 * An SCTP end that is none of ours: libusrsctp as it comes, with its threads and raw sockets.
 *
 *   sctp-foreign client LOCAL REMOTE PORT PPID HEX    says the message, prints what is answered
 *   sctp-foreign server LOCAL PORT PPID HEX           prints what comes, answers with the message
 *
 * Each line printed is "PPID STREAM HEX". The server ends with its first association.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <usrsctp.h>

enum { MOST = 4096, STREAM = 1, FINISHES = 100, SECONDS_TO_WAIT = 30 };

static int usage(void)
{
	fprintf(stderr, "usage: sctp-foreign client LOCAL REMOTE PORT PPID HEX\n"
			"       sctp-foreign server LOCAL PORT PPID HEX\n");
	return 2;
}

static size_t from_hex(const char *text, uint8_t octets[MOST])
{
	size_t count = 0;
	unsigned value;

	while (count < MOST && text[2 * count] && sscanf(text + 2 * count, "%2x", &value) == 1)
		octets[count++] = (uint8_t)value;
	return count;
}

static struct sockaddr_in at(const char *host, const char *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };

	address.sin_port = htons((uint16_t)atoi(port));
	inet_pton(AF_INET, host, &address.sin_addr);
	return address;
}

static struct socket *bound(const char *host, const char *port)
{
	struct sockaddr_in address = at(host, port);
	int on = 1;
	struct socket *socket =
	    usrsctp_socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);

	if (!socket ||
	    usrsctp_setsockopt(socket, IPPROTO_SCTP, SCTP_RECVRCVINFO, &on, sizeof(on)) ||
	    usrsctp_bind(socket, (struct sockaddr *)&address, sizeof(address)) < 0) {
		perror("sctp-foreign: bind");
		exit(1);
	}
	return socket;
}

static int say(struct socket *socket, const char *ppid, const char *hex)
{
	uint8_t octets[MOST];
	size_t length = from_hex(hex, octets);
	struct sctp_sndinfo info = { .snd_sid = STREAM,
				     .snd_ppid = htonl((uint32_t)strtoul(ppid, NULL, 0)) };

	if (usrsctp_sendv(socket, octets, length, NULL, 0, &info, sizeof(info), SCTP_SENDV_SNDINFO,
			  0) < 0) {
		perror("sctp-foreign: send");
		return 1;
	}
	return 0;
}

/* Waits for a message: 0, or 1 when the association is over. */
static int hear(struct socket *socket)
{
	uint8_t octets[MOST];
	struct sctp_rcvinfo info = { 0 };
	socklen_t size = sizeof(info);
	unsigned type = 0;
	int flags = 0;
	ssize_t length =
	    usrsctp_recvv(socket, octets, sizeof(octets), NULL, NULL, &info, &size, &type, &flags);

	if (length <= 0)
		return 1;
	printf("%u %u ", (unsigned)ntohl(info.rcv_ppid), info.rcv_sid);
	for (ssize_t i = 0; i < length; i++)
		printf("%02x", octets[i]);
	printf("\n");
	fflush(stdout);
	return 0;
}

static int client(char **arguments)
{
	struct socket *socket = bound(arguments[0], "0");
	struct sockaddr_in remote = at(arguments[1], arguments[2]);
	int result = 1;

	if (usrsctp_connect(socket, (struct sockaddr *)&remote, sizeof(remote)) < 0)
		perror("sctp-foreign: connect");
	else
		result = say(socket, arguments[3], arguments[4]) || hear(socket);
	usrsctp_shutdown(socket, SHUT_WR);
	if (result == 0)
		hear(socket); /* the end of the association */
	usrsctp_close(socket);
	return result;
}

static int server(char **arguments)
{
	struct socket *listening = bound(arguments[0], arguments[1]);

	if (usrsctp_listen(listening, 1) < 0) {
		perror("sctp-foreign: listen");
		return 1;
	}
	printf("listening\n");
	fflush(stdout);
	struct socket *socket = usrsctp_accept(listening, NULL, NULL);
	int result = socket ? 0 : 1;

	while (socket && hear(socket) == 0)
		result |= say(socket, arguments[2], arguments[3]);
	if (socket)
		usrsctp_close(socket);
	usrsctp_close(listening);
	return result;
}

int main(int count, char **arguments)
{
	int result;

	alarm(SECONDS_TO_WAIT); /* it never outlives its test */
	usrsctp_init(0, NULL, NULL);
	usrsctp_sysctl_set_sctp_blackhole(2);
	if (count == 7 && strcmp(arguments[1], "client") == 0)
		result = client(arguments + 2);
	else if (count == 6 && strcmp(arguments[1], "server") == 0)
		result = server(arguments + 2);
	else
		return usage();
	for (int i = 0; i < FINISHES && usrsctp_finish() != 0; i++)
		usleep(10000);
	return result;
}
