/* The outer side: UDP at the ports of IKE and of its NAT traversal, and IP protocol 50. */
#include <stdlib.h>

#include "fakes/ipsec/ipsec-state.h"
#include "harness/loop/raw-socket.h"
#include "protocols/memory.h"

enum { IKE_SOCKET, NAT_SOCKET, SOCKETS };

struct ipsec_wire {
	struct ipsec_host *host;
	struct datagram_socket *sockets[SOCKETS];
	struct raw_socket *plain; /* NULL: ESP goes in UDP only */
};

static void datagram_came(struct ipsec_wire *wire, int which, const struct address *source,
			  struct octets datagram)
{
	struct ikev2_path path = { *datagram_socket_address(wire->sockets[which]), *source,
				   which == NAT_SOCKET };

	if (wire->host->silent)
		return;
	/* A keepalive is dropped (RFC 3948 2.3). */
	if (which == IKE_SOCKET || udp_encapsulated(datagram) == UDP_IKE)
		ipsec_host_ike_came(wire->host, &path, datagram);
	else if (udp_encapsulated(datagram) == UDP_ESP)
		ipsec_host_esp_came(wire->host, datagram);
}

static void ike_socket_came(void *context, const struct address *source, const void *octets,
			    size_t length)
{
	datagram_came(context, IKE_SOCKET, source, octets_of(octets, length));
}

static void nat_socket_came(void *context, const struct address *source, const void *octets,
			    size_t length)
{
	datagram_came(context, NAT_SOCKET, source, octets_of(octets, length));
}

static void show_packet(const struct ipsec_host *host, const struct address *source,
			const struct address *destination, struct octets packet)
{
	const struct tap *tap = host->settings.tap;

	if (tap && tap->packet)
		tap->packet(tap->context, source, destination, IP_PROTOCOL_ESP,
			    loop_now(host->settings.loop), packet.at, packet.length);
}

static void packet_came(void *context, const struct address *source,
			const struct address *destination, const void *payload, size_t length)
{
	struct ipsec_wire *wire = context;

	show_packet(wire->host, source, destination, octets_of(payload, length));
	if (!wire->host->silent)
		ipsec_host_esp_came(wire->host, octets_of(payload, length));
}

static int open_plain(struct ipsec_wire *wire, struct problem *problem)
{
	const struct ipsec_host_settings *settings = &wire->host->settings;

	if (!settings->plain_esp)
		return 0;
	wire->plain = raw_socket_new(settings->loop, &settings->outer, IP_PROTOCOL_ESP,
				     packet_came, wire, problem);
	return wire->plain ? 0 : -1;
}

struct ipsec_wire *ipsec_wire_new(struct ipsec_host *host, struct problem *problem)
{
	const struct ipsec_host_settings *settings = &host->settings;
	struct ipsec_wire *wire = memory_new(sizeof(*wire));
	struct address local = settings->outer;

	wire->host = host;
	if (!local.port)
		local.port = IKEV2_PORT;
	wire->sockets[IKE_SOCKET] = datagram_socket_new(settings->loop, &local, settings->tap,
							ike_socket_came, wire, problem);
	local.port = settings->nat_port ? settings->nat_port : IKEV2_NAT_PORT;
	if (wire->sockets[IKE_SOCKET])
		wire->sockets[NAT_SOCKET] =
			datagram_socket_new(settings->loop, &local, settings->tap, nat_socket_came,
					    wire, problem);
	if (wire->sockets[NAT_SOCKET] && open_plain(wire, problem) == 0)
		return wire;
	ipsec_wire_free(wire);
	return NULL;
}

void ipsec_wire_free(struct ipsec_wire *wire)
{
	if (!wire)
		return;
	for (int i = 0; i < SOCKETS; i++)
		datagram_socket_close(wire->sockets[i]);
	raw_socket_close(wire->plain);
	free(wire);
}

const struct address *ipsec_wire_address(const struct ipsec_wire *wire)
{
	return datagram_socket_address(wire->sockets[IKE_SOCKET]);
}

void ipsec_wire_ike(struct ipsec_wire *wire, const struct ikev2_path *path,
		    struct octets datagram)
{
	int which = path->encapsulated ? NAT_SOCKET : IKE_SOCKET;

	if (!wire->host->silent)
		datagram_socket_send(wire->sockets[which], &path->remote, datagram.at,
				     datagram.length);
}

void ipsec_wire_esp(struct ipsec_wire *wire, const struct ikev2_path *path, bool encapsulated,
		    struct octets packet)
{
	struct address source = path->local, destination = path->remote;

	if (wire->host->silent)
		return;
	if (encapsulated) {
		datagram_socket_send(wire->sockets[NAT_SOCKET], &path->remote, packet.at,
				     packet.length);
		return;
	}
	if (!wire->plain)
		return;
	source.port = destination.port = 0;
	show_packet(wire->host, &source, &destination, packet);
	raw_socket_send(wire->plain, &source, &destination, packet.at, packet.length);
}
