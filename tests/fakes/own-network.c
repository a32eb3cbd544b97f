#include "tests/fakes/own-network.h"

#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return -1;
	request.ifr_flags |= IFF_UP;
	int result = ioctl(fd, SIOCSIFFLAGS, &request);

	close(fd);
	return result;
}

int own_network(void)
{
	int made = unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
	if (made && loopback_up() == 0)
		return 0;
	printf("1..0 # SKIP no network namespace can be made here\n");
	return -1;
}
