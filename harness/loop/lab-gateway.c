#include "harness/loop/lab-gateway.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/loop/namespace.h"

enum { NOT_FOUND = 127, COMPLAINT = 160 };

/* UDP mappings and the like live on the kernel's real clock, longer than any run. */
static const char rules[] =
	"table ip femtoproof {\n"
	"	chain forward {\n"
	"		type filter hook forward priority filter; policy drop;\n"
	"		ct state established,related accept\n"
	"		iifname \"lan0\" oifname \"wan0\" accept\n"
	"	}\n"
	"	chain input {\n"
	"		type filter hook input priority filter; policy drop;\n"
	"		ct state established,related accept\n"
	"		iifname { \"lan0\", \"lo\" } accept\n"
	"	}\n"
	"	chain translate {\n"
	"		type nat hook postrouting priority srcnat;\n"
	"		oifname \"wan0\" masquerade\n"
	"	}\n"
	"}\n";

static int forward(struct problem *problem)
{
	int fd = open("/proc/sys/net/ipv4/ip_forward", O_WRONLY | O_CLOEXEC);
	ssize_t written = fd < 0 ? -1 : write(fd, "1\n", 2);

	if (written != 2)
		problem_set(problem, "the home gateway cannot forward: "
			    "/proc/sys/net/ipv4/ip_forward: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return written == 2 ? 0 : -1;
}

/* In the child: becomes nft, or does not return with another status than NOT_FOUND. */
static void become_nft(int input, int complaints)
{
	if (dup2(input, STDIN_FILENO) < 0 || dup2(complaints, STDERR_FILENO) < 0)
		_exit(1);
	execlp("nft", "nft", "-f", "-", (char *)NULL);
	execl("/usr/sbin/nft", "nft", "-f", "-", (char *)NULL); /* an ordinary user's PATH */
	_exit(NOT_FOUND);
}

static int outcome(int status, char *complaint, struct problem *problem)
{
	if (status == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
		return problem_set(problem, "the home gateway needs the program nft (Debian "
				   "package nftables)");
	complaint[strcspn(complaint, "\n")] = '\0';
	return problem_set(problem, "nft does not set up the home gateway: %s", complaint);
}

/* The rules are shorter than a pipe is long: they can be written before anybody reads. */
static int run_nft(struct problem *problem)
{
	int input[2], complaints[2], status = -1;
	char complaint[COMPLAINT] = "";

	if (pipe2(input, O_CLOEXEC) < 0)
		return problem_set(problem, "cannot make a pipe: %s", strerror(errno));
	if (pipe2(complaints, O_CLOEXEC) < 0) {
		close(input[0]);
		close(input[1]);
		return problem_set(problem, "cannot make a pipe: %s", strerror(errno));
	}
	bool written = write(input[1], rules, sizeof(rules) - 1) == (ssize_t)sizeof(rules) - 1;
	pid_t child = written ? fork() : -1;

	close(input[1]);
	if (child == 0)
		become_nft(input[0], complaints[1]);
	close(input[0]);
	close(complaints[1]);
	if (child > 0) {
		ssize_t length = read(complaints[0], complaint, sizeof(complaint) - 1);

		complaint[length > 0 ? length : 0] = '\0';
		waitpid(child, &status, 0);
	}
	close(complaints[0]);
	return outcome(status, complaint, problem);
}

int lab_gateway_set_up(int namespace_fd, struct problem *problem)
{
	int came_from = namespace_enter(namespace_fd);

	if (came_from < 0)
		return problem_set(problem, "cannot enter a network namespace: %s",
				   strerror(errno));
	int result = forward(problem);

	if (result == 0)
		result = run_nft(problem);
	if (namespace_leave(came_from) < 0)
		return problem_set(problem, "cannot leave a network namespace: %s",
				   strerror(errno));
	return result;
}
