/* The TUN device: this bench has none. */
#include "fakes/ipsec/ipsec-state.h"

struct ipsec_inside *ipsec_inside_new(struct ipsec_host *host, struct problem *problem)
{
	problem_set(problem, "%s: there is no TUN device on this bench", host->settings.tun);
	return NULL;
}

void ipsec_inside_free(struct ipsec_inside *inside)
{
	(void)inside;
}

void ipsec_inside_write(struct ipsec_inside *inside, struct octets packet)
{
	(void)inside;
	(void)packet;
}

void ipsec_inside_up(struct ipsec_inside *inside, struct ipsec_tunnel *tunnel,
		     const struct ikev2_child *child)
{
	(void)inside;
	(void)tunnel;
	(void)child;
}

void ipsec_inside_down(struct ipsec_inside *inside, struct ipsec_tunnel *tunnel)
{
	(void)inside;
	(void)tunnel;
}
