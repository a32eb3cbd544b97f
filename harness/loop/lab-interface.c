#include "harness/loop/lab-interface.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/loop/guardian.h"
#include "harness/loop/lab-network.h"
#include "harness/loop/namespace.h"
#include "harness/loop/netlink.h"
#include "harness/loop/socket-address.h"
#include "protocols/memory.h"

#define ROUTER "192.0.2.1/24"

enum { NOT_FOUND = 127, WAITS = 2000, WAIT = 1000000, WORDS = 24, SAID = 4096 };

struct lab_interface {
	struct lab_interface_options options;
	char *name, *dns;
	struct guardian *guardian;
	struct netlink *netlink;
	struct address router;
	unsigned prefix;
	bool ipv6;
	pid_t dnsmasq;
};

int lab_interface_possible(const char *name, struct problem *problem)
{
	if (if_nametoindex(name) == 0)
		return problem_set(problem, "there is no interface %s (ip link shows those there "
				   "are)", name);
	int fd = namespace_new(NULL);

	if (fd < 0)
		return problem_set(problem, "the addresses of %s may not be changed (run as root)",
				   name);
	close(fd);
	return 0;
}

/* What somebody else has given it is not ours to take away. */
static bool has_address(const char *name, const struct address *address)
{
	struct ifaddrs *list = NULL;
	bool found = false;

	if (getifaddrs(&list) < 0)
		return false;
	for (const struct ifaddrs *at = list; at && !found; at = at->ifa_next) {
		struct sockaddr_storage storage = { 0 };
		struct address one;
		bool is_ip = at->ifa_addr && (at->ifa_addr->sa_family == AF_INET ||
					      at->ifa_addr->sa_family == AF_INET6);

		if (!is_ip || strcmp(at->ifa_name, name) != 0)
			continue;
		memcpy(&storage, at->ifa_addr,
		       at->ifa_addr->sa_family == AF_INET ? sizeof(struct sockaddr_in)
							   : sizeof(struct sockaddr_in6));
		socket_address_to(&storage, &one);
		found = address_same_host(&one, address);
	}
	freeifaddrs(list);
	return found;
}

static int add_address(struct lab_interface *one, const struct address *address, unsigned prefix,
		       struct problem *problem)
{
	char host[ADDRESS_TEXT], text[ADDRESS_TEXT + 8];

	if (has_address(one->name, address))
		return 0;
	snprintf(text, sizeof(text), "%s/%u", address_host(address, host), prefix);
	guardian_address(one->guardian, one->name, text);
	return netlink_add_address(one->netlink, one->name, address, prefix, problem);
}

int lab_interface_add_address(struct lab_interface *one, const struct address *address,
			      struct problem *problem)
{
	return add_address(one, address, address->family == 6 ? 128 : 32, problem);
}

static int read_router(struct lab_interface *one, struct problem *problem)
{
	const char *text = one->options.router ? one->options.router : ROUTER;
	char host[ADDRESS_TEXT];

	if (sscanf(text, "%63[^/]/%3u", host, &one->prefix) == 2 &&
	    address_parse(host, &one->router) == 0 && one->router.family == 4 &&
	    one->prefix >= 1 && one->prefix <= 32)
		return 0;
	return problem_set(problem, "lab.router: \"%s\" is no IPv4 address with a prefix length, "
			   "as " ROUTER, text);
}

static bool is_up(const char *name)
{
	struct ifaddrs *list = NULL;
	bool up = false;

	if (getifaddrs(&list) < 0)
		return false;
	for (const struct ifaddrs *at = list; at; at = at->ifa_next)
		up |= strcmp(at->ifa_name, name) == 0 && (at->ifa_flags & IFF_UP);
	freeifaddrs(list);
	return up;
}

static int set_up(struct lab_interface *one, struct problem *problem)
{
	one->guardian = guardian_new(problem);
	one->netlink = one->guardian ? netlink_new(problem) : NULL;
	if (!one->netlink || read_router(one, problem) < 0)
		return -1;
	if (!is_up(one->name)) {
		guardian_up(one->guardian, one->name);
		if (netlink_up_as_is(one->netlink, one->name, problem) < 0)
			return -1;
	}
	if (add_address(one, &one->router, one->prefix, problem) < 0)
		return -1;
	one->ipv6 = one->options.advertisements &&
		    add_address(one, &lab_network_router6, 64, NULL) == 0;
	if (one->options.advertisements && !one->ipv6)
		return problem_set(problem, "%s takes no IPv6 address", one->name);
	return 0;
}

struct lab_interface *lab_interface_new(const struct lab_interface_options *options,
					struct problem *problem)
{
	struct lab_interface *one;

	if (lab_interface_possible(options->name, problem) < 0)
		return NULL;
	one = memory_new(sizeof(*one));
	one->options = *options;
	one->name = memory_text(options->name);
	one->dns = memory_text(options->dns);
	if (set_up(one, problem) == 0)
		return one;
	lab_interface_free(one);
	return NULL;
}

bool lab_interface_has_ipv6(const struct lab_interface *one)
{
	return one->ipv6;
}

/* --- dnsmasq --- */

/* Its command line; the words that were put together are the list's to free. */
static void dnsmasq_words(const struct lab_interface *one, char *words[WORDS])
{
	char host[ADDRESS_TEXT];
	size_t n = 0;

	words[n++] = memory_text("dnsmasq");
	words[n++] = memory_text("--no-daemon");
	words[n++] = memory_text("--conf-file=/dev/null");
	words[n++] = memory_text("--port=0"); /* no DNS */
	words[n++] = memory_text("--no-resolv");
	words[n++] = memory_text("--no-hosts");
	words[n++] = memory_text("--bind-interfaces");
	words[n++] = memory_text("--dhcp-authoritative");
	words[n++] = memory_text("--dhcp-leasefile=/dev/null");
	words[n++] = memory_text("--no-ping");
	words[n++] = memory_format("--interface=%s", one->name);
	words[n++] = memory_text("--except-interface=lo");
	if (one->options.dhcp) {
		words[n++] = memory_format("--dhcp-range=%s,1h", one->options.dhcp);
		words[n++] = memory_format("--dhcp-option=option:router,%s",
					   address_host(&one->router, host));
		words[n++] = memory_format("--dhcp-option=option:dns-server,%s",
					   one->dns ? one->dns : host);
	}
	if (one->ipv6) {
		words[n++] = memory_text("--enable-ra");
		words[n++] = memory_text("--dhcp-range=2001:db8:2::,ra-only,64,1h");
	}
	words[n] = NULL;
}

static void become_dnsmasq(char *const words[], int output)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	execvp("dnsmasq", words);
	execv("/usr/sbin/dnsmasq", words);
	_exit(NOT_FOUND);
}

/* Waits until it says that it has started, or ends: 0, or -1 with what it said last. */
static int await_start(struct lab_interface *one, int output, struct problem *problem)
{
	const struct timespec moment = { 0, WAIT };
	char said[SAID];
	int status = 0;

	for (int i = 0; i < WAITS; i++) {
		ssize_t length = pread(output, said, sizeof(said) - 1, 0);
		bool ended = waitpid(one->dnsmasq, &status, WNOHANG) == one->dnsmasq;

		said[length > 0 ? length : 0] = '\0';
		if (!ended && strstr(said, "started"))
			return 0;
		if (ended) {
			guardian_group_ended(one->guardian, (int)one->dnsmasq);
			one->dnsmasq = 0;
			break;
		}
		nanosleep(&moment, NULL);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
		return problem_set(problem, "to serve cells at %s the program dnsmasq is needed "
				   "(Debian package dnsmasq-base)", one->name);
	said[strcspn(said, "\n")] = '\0';
	return problem_set(problem, "dnsmasq does not start at %s: %s", one->name, said);
}

int lab_interface_serve(struct lab_interface *one, struct problem *problem)
{
	char *words[WORDS];

	if (!one->options.dhcp && !one->ipv6)
		return 0;
	int output = memfd_create("dnsmasq", MFD_CLOEXEC);

	if (output < 0)
		return problem_set(problem, "cannot make a file: %s", strerror(errno));
	dnsmasq_words(one, words);
	fflush(NULL);
	one->dnsmasq = fork();
	if (one->dnsmasq == 0)
		become_dnsmasq(words, output);
	for (size_t i = 0; words[i]; i++)
		free(words[i]);
	int result = -1;

	if (one->dnsmasq > 0) {
		setpgid(one->dnsmasq, one->dnsmasq);
		guardian_group(one->guardian, (int)one->dnsmasq);
		result = await_start(one, output, problem);
	} else {
		one->dnsmasq = 0;
		problem_set(problem, "cannot start a process: %s", strerror(errno));
	}
	close(output);
	return result;
}

void lab_interface_free(struct lab_interface *one)
{
	if (!one)
		return;
	if (one->dnsmasq) {
		kill(one->dnsmasq, SIGTERM);
		waitpid(one->dnsmasq, NULL, 0);
		guardian_group_ended(one->guardian, (int)one->dnsmasq);
	}
	guardian_free(one->guardian);
	netlink_free(one->netlink);
	free(one->name);
	free(one->dns);
	free(one);
}
