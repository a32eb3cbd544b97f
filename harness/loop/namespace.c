#include "harness/loop/namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/loop/netlink.h"

#define ALL_USERS 4294967295UL /* the length of the one map of a system's first user namespace */

int namespace_current(struct problem *problem)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		problem_set(problem, "cannot open /proc/self/ns/net: %s", strerror(errno));
	return fd;
}

int namespace_enter(int namespace_fd)
{
	int came_from = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (came_from >= 0 && setns(namespace_fd, CLONE_NEWNET) < 0) {
		int error = errno;

		close(came_from);
		errno = error;
		return -1;
	}
	return came_from;
}

int namespace_leave(int came_from)
{
	int error = errno;
	int result = setns(came_from, CLONE_NEWNET);

	close(came_from);
	if (result == 0)
		errno = error;
	return result;
}

int namespace_new(struct problem *problem)
{
	int came_from = namespace_current(problem);

	if (came_from < 0)
		return -1;
	if (unshare(CLONE_NEWNET) < 0) {
		problem_set(problem, "cannot make a network namespace: %s (run as root, or let "
			    "users have user namespaces: sysctl user.max_user_namespaces, "
			    "kernel.unprivileged_userns_clone)", strerror(errno));
		close(came_from);
		return -1;
	}
	int fd = namespace_current(problem);

	if (namespace_leave(came_from) == 0)
		return fd;
	problem_set(problem, "cannot leave a network namespace: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	ssize_t written = write(fd, text, strlen(text));
	int error = errno;

	close(fd);
	errno = error;
	return written == (ssize_t)strlen(text) ? 0 : -1;
}

/* Its one user is root there, and outside who started the program: files get the right owner. */
static int map_user(uid_t user, gid_t group)
{
	char users[48], groups[48];

	snprintf(users, sizeof(users), "0 %u 1", (unsigned)user);
	snprintf(groups, sizeof(groups), "0 %u 1", (unsigned)group);
	if (write_file("/proc/self/setgroups", "deny") < 0 && errno != ENOENT)
		return -1;
	if (write_file("/proc/self/uid_map", users) < 0)
		return -1;
	return write_file("/proc/self/gid_map", groups);
}

int namespace_become_user(struct problem *problem)
{
	uid_t user = geteuid();
	gid_t group = getegid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return problem_set(problem, "cannot make a user namespace: %s (run as root, or let "
				   "users have them: sysctl user.max_user_namespaces, "
				   "kernel.unprivileged_userns_clone)", strerror(errno));
	if (map_user(user, group) < 0)
		return problem_set(problem, "cannot map the user of a user namespace: %s (run as "
				   "root)", strerror(errno));
	struct netlink *netlink = netlink_new(problem);
	int result = netlink ? netlink_up(netlink, "lo", 0, problem) : -1;

	netlink_free(netlink);
	return result;
}

bool namespace_is_user(void)
{
	FILE *file = fopen("/proc/self/uid_map", "r");
	unsigned long inside, outside, count;
	int fields = file ? fscanf(file, "%lu %lu %lu", &inside, &outside, &count) : 0;

	if (file)
		fclose(file);
	return fields == 3 && count != ALL_USERS;
}
