#include "harness/loop/guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/loop/netlink.h"
#include "protocols/address.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"

/* Lines of the pipe: "group 4711", "ended 4711", "address eth1 192.0.2.1/24", "up eth1". Each is
 * shorter than PIPE_BUF: it comes whole or not at all. */
enum { LINE = 160 };

struct guardian {
	int pipe;
	pid_t process;
};

/* --- in the guardian's process --- */

static void remove_address(struct netlink *netlink, const char *interface, const char *text)
{
	char host[ADDRESS_TEXT];
	unsigned prefix = 0;
	struct address address;

	if (sscanf(text, "%63[^/]/%3u", host, &prefix) == 2 && address_parse(host, &address) == 0)
		netlink_remove_address(netlink, interface, &address, prefix, NULL);
}

static bool has_ended(const char *lines, const char *group)
{
	char ended[LINE];

	snprintf(ended, sizeof(ended), "\nended %s\n", group);
	return strstr(lines, ended) != NULL;
}

static void undo(struct netlink *netlink, const char *lines, const char *line)
{
	char word[16], interface[32], rest[80] = "";

	if (sscanf(line, "%15s %31s %79s", word, interface, rest) < 2)
		return;
	if (strcmp(word, "group") == 0 && !has_ended(lines, interface))
		kill(-atoi(interface), SIGKILL);
	else if (strcmp(word, "address") == 0 && netlink)
		remove_address(netlink, interface, rest);
	else if (strcmp(word, "up") == 0 && netlink)
		netlink_down(netlink, interface, NULL);
}

static void undo_all(const char *lines, size_t length)
{
	struct netlink *netlink = netlink_new(NULL);

	/* Every line, the first too, stands between two line ends. */
	for (size_t at = length; at-- > 1;)
		if (lines[at - 1] == '\n' && lines[at] != '\n' && lines[at] != '\0')
			undo(netlink, lines, lines + at);
	netlink_free(netlink);
}

static void guard(int pipe)
{
	struct buffer lines = { 0 };
	char octets[512];

	setsid(); /* a terminal's SIGINT is for the others */
	signal(SIGTERM, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	buffer_add_text(&lines, "\n");
	for (;;) {
		ssize_t length = read(pipe, octets, sizeof(octets));

		if (length == 0 || (length < 0 && errno != EINTR))
			break;
		if (length > 0)
			buffer_add(&lines, octets, (size_t)length);
	}
	undo_all(buffer_text(&lines), lines.length);
	buffer_free(&lines);
}

/* What the parent has open would stay open in here: a reader of its output would wait. */
static void close_others(int pipe)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	if (pipe > 3)
		close_range(3, (unsigned)pipe - 1, 0);
	close_range((unsigned)pipe + 1, ~0U, 0);
}

/* --- in this one --- */

struct guardian *guardian_new(struct problem *problem)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0) {
		problem_set(problem, "cannot make a pipe: %s", strerror(errno));
		return NULL;
	}
	fflush(NULL);
	pid_t process = fork();

	if (process == 0) {
		close_others(ends[0]);
		guard(ends[0]);
		_exit(0);
	}
	close(ends[0]);
	if (process < 0) {
		problem_set(problem, "cannot start a process: %s", strerror(errno));
		close(ends[1]);
		return NULL;
	}
	struct guardian *guardian = memory_new(sizeof(*guardian));

	guardian->pipe = ends[1];
	guardian->process = process;
	return guardian;
}

static void tell(struct guardian *guardian, const char *line)
{
	size_t length = strlen(line);

	while (write(guardian->pipe, line, length) < 0 && errno == EINTR)
		continue;
}

void guardian_group(struct guardian *guardian, int group)
{
	char line[LINE];

	snprintf(line, sizeof(line), "group %d\n", group);
	tell(guardian, line);
}

void guardian_group_ended(struct guardian *guardian, int group)
{
	char line[LINE];

	snprintf(line, sizeof(line), "ended %d\n", group);
	tell(guardian, line);
}

void guardian_address(struct guardian *guardian, const char *interface, const char *address)
{
	char line[LINE];

	snprintf(line, sizeof(line), "address %s %s\n", interface, address);
	tell(guardian, line);
}

void guardian_up(struct guardian *guardian, const char *interface)
{
	char line[LINE];

	snprintf(line, sizeof(line), "up %s\n", interface);
	tell(guardian, line);
}

void guardian_free(struct guardian *guardian)
{
	if (!guardian)
		return;
	close(guardian->pipe);
	while (waitpid(guardian->process, NULL, 0) < 0 && errno == EINTR)
		continue;
	free(guardian);
}
