/* What an owner does with one tunnel, and asks of it. */
#include <stdlib.h>
#include <string.h>

#include "fakes/ipsec/ipsec-state.h"

void ipsec_tunnel_delete(struct ipsec_tunnel *tunnel)
{
	tunnel->ends = true;
	ipsec_host_do(tunnel, ikev2_delete_sa);
}

void ipsec_tunnel_rekey(struct ipsec_tunnel *tunnel)
{
	ipsec_host_do(tunnel, ikev2_rekey);
}

void ipsec_tunnel_probe(struct ipsec_tunnel *tunnel)
{
	ipsec_host_do(tunnel, ikev2_probe);
}

static void rekey_newest(struct ikev2_sa *sa, int64_t now)
{
	const struct ikev2_child *child = ikev2_sa_children(sa);

	if (child)
		ikev2_rekey_child(sa, child->spi_in, now);
}

void ipsec_tunnel_rekey_child(struct ipsec_tunnel *tunnel)
{
	ipsec_host_do(tunnel, rekey_newest);
}

const struct ikev2_inner *ipsec_tunnel_inner(const struct ipsec_tunnel *tunnel)
{
	return tunnel->up ? &tunnel->inner : NULL;
}

bool ipsec_tunnel_is_up(const struct ipsec_tunnel *tunnel)
{
	return tunnel->up;
}

bool ipsec_tunnel_is_encapsulated(const struct ipsec_tunnel *tunnel)
{
	const struct ikev2_child *child = tunnel->sa ? ikev2_sa_children(tunnel->sa) : NULL;

	return child && child->encapsulated;
}

bool ipsec_tunnel_carries(const struct ipsec_tunnel *tunnel, const struct address *address)
{
	const struct ikev2_child *child = tunnel->sa ? ikev2_sa_children(tunnel->sa) : NULL;
	size_t length = address->family == 4 ? 4 : 16;

	for (size_t i = 0; child && i < child->remote.count; i++) {
		const struct ikev2_selector *one = &child->remote.list[i];

		if (one->first.family == address->family &&
		    memcmp(address->octets, one->first.octets, length) >= 0 &&
		    memcmp(address->octets, one->last.octets, length) <= 0)
			return true;
	}
	return false;
}

const struct address *ipsec_tunnel_peer_address(const struct ipsec_tunnel *tunnel)
{
	return tunnel->sa ? &ikev2_sa_path(tunnel->sa)->remote : &tunnel->remote;
}

const char *ipsec_tunnel_peer(const struct ipsec_tunnel *tunnel)
{
	return tunnel->peer;
}

const char *ipsec_tunnel_peer_subject(const struct ipsec_tunnel *tunnel)
{
	return tunnel->subject;
}

void ipsec_tunnel_set_mark(struct ipsec_tunnel *tunnel, void *mark)
{
	tunnel->mark = mark;
}

void *ipsec_tunnel_mark(const struct ipsec_tunnel *tunnel)
{
	return tunnel->mark;
}
