/*
 * association-library: libusrsctp as one resource of the process: begun once, its sockets, and the
 * queues of what it gives. It calls us with its locks held, so nothing is done in its calls but to
 * write down what it says.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/sctp/association-inside.h"
#include "protocols/buffer.h"
#include "protocols/limits.h"
#include "protocols/memory.h"

enum {
	RTO_FIRST = 1000,   /* milliseconds; RFC 9260 16: RTO.Initial and RTO.Min */
	RTO_MOST = 60000,   /* RTO.Max */
	TRIES_MOST = 4,     /* that a message is sent again until the peer is taken for lost */
	PATH_OCTETS = 1280, /* of a packet: goes through any tunnel unbroken */
	HEARTBEAT = 30000,  /* RFC 9260 16: HB.interval */
};

struct packet { /* that is to be sent */
	struct packet *next;
	uintptr_t path;
	struct buffer octets;
};

struct heard {
	struct heard *next;
	struct association_saying saying;
};

static struct {
	bool begun;
	uintptr_t path; /* the last number */
	struct association_endpoint *endpoints;
	struct packet *packets, **last_packet;
	struct heard *heard, **last_heard;
} library = { .last_packet = &library.packets, .last_heard = &library.heard };

static int packet_out(void *path, void *octets, size_t length, uint8_t tos, uint8_t whole)
{
	const struct association_path *to = association_path_find((uintptr_t)path);
	struct packet *packet;

	(void)tos;
	(void)whole;
	if (!to || to->dead)
		return 0;
	packet = memory_new(sizeof(*packet));
	packet->path = to->number;
	buffer_add(&packet->octets, octets, length);
	*library.last_packet = packet;
	library.last_packet = &packet->next;
	return 0;
}

bool association_library_packet(uintptr_t *path, struct buffer *octets)
{
	struct packet *packet = library.packets;

	if (!packet)
		return false;
	library.packets = packet->next;
	if (!packet->next)
		library.last_packet = &library.packets;
	*path = packet->path;
	*octets = packet->octets;
	free(packet);
	return true;
}

bool association_library_saying(struct association_saying *saying)
{
	struct heard *heard = library.heard;

	if (!heard)
		return false;
	library.heard = heard->next;
	if (!heard->next)
		library.last_heard = &library.heard;
	*saying = heard->saying;
	free(heard);
	return true;
}

bool association_library_said(void)
{
	return library.heard != NULL;
}

static struct association_saying *add_saying(void)
{
	struct heard *heard = memory_new(sizeof(*heard));

	*library.last_heard = heard;
	library.last_heard = &heard->next;
	return &heard->saying;
}

/* An ABORT chunk stands behind the notification when it came from the peer. */
static void change_came(struct socket *socket, uintptr_t path, uint16_t port,
			const struct sctp_assoc_change *change, size_t length)
{
	bool aborted = length > sizeof(*change);
	struct association_saying saying = { .kind = SAYS_DOWN,
					     .socket = socket,
					     .path = path,
					     .association = change->sac_assoc_id,
					     .peer_port = port };

	switch (change->sac_state) {
	case SCTP_COMM_UP:
		saying.kind = SAYS_UP;
		break;
	case SCTP_RESTART:
		saying.kind = SAYS_RESTARTED;
		break;
	case SCTP_COMM_LOST:
		saying.how = aborted ? ASSOCIATION_ABORTED : ASSOCIATION_LOST;
		break;
	case SCTP_SHUTDOWN_COMP:
		saying.how = ASSOCIATION_SHUTDOWN;
		break;
	case SCTP_CANT_STR_ASSOC:
		saying.how = aborted ? ASSOCIATION_REFUSED : ASSOCIATION_NO_ANSWER;
		break;
	default:
		return;
	}
	*add_saying() = saying;
}

static int said(struct socket *socket, union sctp_sockstore address, void *octets, size_t length,
		struct sctp_rcvinfo info, int flags, void *context)
{
	uintptr_t path = (uintptr_t)address.sconn.sconn_addr;
	uint16_t port = ntohs(address.sconn.sconn_port);
	const union sctp_notification *notification = octets;

	(void)context;
	if (!octets)
		return 1;
	if (!(flags & MSG_NOTIFICATION)) {
		bool whole = (flags & MSG_EOR) && length <= LIMIT_SCTP_MESSAGE;
		struct association_saying *saying = add_saying();

		*saying = (struct association_saying){ .kind = whole ? SAYS_MESSAGE : SAYS_TOO_LONG,
						       .socket = socket,
						       .path = path,
						       .association = info.rcv_assoc_id,
						       .ppid = ntohl(info.rcv_ppid),
						       .stream = info.rcv_sid,
						       .peer_port = port };
		buffer_add(&saying->octets, octets, length);
	} else if (length >= sizeof(struct sctp_assoc_change) &&
		   notification->sn_header.sn_type == SCTP_ASSOC_CHANGE) {
		change_came(socket, path, port, &notification->sn_assoc_change, length);
	}
	free(octets);
	return 1;
}

/* Silent towards strangers, since other stacks may share our addresses; every checksum is
 * computed, also where it never leaves the computer; nothing that a peer need not know. */
static void begin(void)
{
	if (library.begun)
		return;
	library.begun = true;
	usrsctp_init_nothreads(0, packet_out, NULL);
	usrsctp_sysctl_set_sctp_blackhole(2);
	usrsctp_sysctl_set_sctp_no_csum_on_loopback(0);
	usrsctp_sysctl_set_sctp_ecn_enable(0);
	usrsctp_sysctl_set_sctp_asconf_enable(0);
	usrsctp_sysctl_set_sctp_auth_enable(0);
	usrsctp_sysctl_set_sctp_reconfig_enable(0);
}

uintptr_t association_library_path(void)
{
	begin();
	usrsctp_register_address((void *)++library.path);
	return library.path;
}

void association_library_forget(uintptr_t path)
{
	usrsctp_deregister_address((void *)path);
}

struct sockaddr_conn association_library_address(uintptr_t path, uint16_t port)
{
	return (struct sockaddr_conn){ .sconn_family = AF_CONN,
				       .sconn_port = htons(port),
				       .sconn_addr = (void *)path };
}

static int set(struct socket *socket, int option, const void *value, size_t size)
{
	return usrsctp_setsockopt(socket, IPPROTO_SCTP, option, value, (socklen_t)size);
}

static int set_times(struct socket *socket, bool heartbeats)
{
	struct sctp_rtoinfo times = { .srto_assoc_id = SCTP_FUTURE_ASSOC,
				      .srto_initial = RTO_FIRST,
				      .srto_min = RTO_FIRST,
				      .srto_max = RTO_MOST };
	struct sctp_assocparams association = { .sasoc_assoc_id = SCTP_FUTURE_ASSOC,
						.sasoc_asocmaxrxt = TRIES_MOST };
	struct sctp_paddrparams path = { .spp_assoc_id = SCTP_FUTURE_ASSOC,
					 .spp_pathmtu = PATH_OCTETS,
					 .spp_hbinterval = heartbeats ? HEARTBEAT : 0,
					 .spp_flags = SPP_PMTUD_DISABLE };

	path.spp_flags |= heartbeats ? SPP_HB_ENABLE : SPP_HB_DISABLE;
	path.spp_address.ss_family = AF_CONN;
	return set(socket, SCTP_RTOINFO, &times, sizeof(times)) |
	       set(socket, SCTP_ASSOCINFO, &association, sizeof(association)) |
	       set(socket, SCTP_PEER_ADDR_PARAMS, &path, sizeof(path));
}

static int set_up(struct socket *socket, unsigned again, bool heartbeats)
{
	int on = 1;
	struct sctp_initmsg init = { .sinit_num_ostreams = ASSOCIATION_STREAMS,
				     .sinit_max_instreams = ASSOCIATION_STREAMS,
				     .sinit_max_attempts = (uint16_t)again };
	struct sctp_event changes = { .se_assoc_id = SCTP_FUTURE_ASSOC,
				      .se_type = SCTP_ASSOC_CHANGE,
				      .se_on = 1 };

	return usrsctp_set_non_blocking(socket, 1) | set(socket, SCTP_NODELAY, &on, sizeof(on)) |
	       set(socket, SCTP_RECVRCVINFO, &on, sizeof(on)) |
	       set(socket, SCTP_INITMSG, &init, sizeof(init)) |
	       set(socket, SCTP_EVENT, &changes, sizeof(changes)) | set_times(socket, heartbeats);
}

/* One socket for all associations of a port: the library hands over no message before the
 * association that it belongs to. */
static struct association_endpoint *endpoint_new(uint16_t port, unsigned again, bool heartbeats,
						 struct problem *problem)
{
	struct sockaddr_conn any = association_library_address(0, port);
	struct association_endpoint *endpoint;

	begin();
	struct socket *socket =
	    usrsctp_socket(AF_CONN, SOCK_SEQPACKET, IPPROTO_SCTP, said, NULL, 0, NULL);
	if (!socket) {
		problem_set(problem, "no SCTP socket: %s", strerror(errno));
		return NULL;
	}
	if (set_up(socket, again, heartbeats) < 0 ||
	    usrsctp_bind(socket, (struct sockaddr *)&any, sizeof(any)) < 0) {
		problem_set(problem, "SCTP port %u: %s", port, strerror(errno));
		usrsctp_close(socket);
		return NULL;
	}
	endpoint = memory_new(sizeof(*endpoint));
	*endpoint = (struct association_endpoint){
		.next = library.endpoints, .socket = socket, .port = port, .users = 1
	};
	library.endpoints = endpoint;
	return endpoint;
}

struct association_endpoint *association_endpoint_find(const struct socket *socket)
{
	struct association_endpoint *endpoint = library.endpoints;

	while (endpoint && endpoint->socket != socket)
		endpoint = endpoint->next;
	return endpoint;
}

struct association_endpoint *association_endpoint_listen(uint16_t port, bool heartbeats,
							 struct problem *problem)
{
	struct association_endpoint *endpoint = library.endpoints;

	for (; endpoint; endpoint = endpoint->next)
		if (endpoint->listening && endpoint->port == port) {
			endpoint->users++;
			return endpoint;
		}
	endpoint = endpoint_new(port, TRIES_MOST, heartbeats, problem);
	if (!endpoint)
		return NULL;
	endpoint->listening = true;
	if (usrsctp_listen(endpoint->socket, 64) < 0) {
		problem_set(problem, "SCTP port %u: %s", port, strerror(errno));
		association_endpoint_release(endpoint);
		return NULL;
	}
	return endpoint;
}

static uint16_t own_port(struct socket *socket)
{
	struct sockaddr *list = NULL;
	uint16_t port = 0;

	if (usrsctp_getladdrs(socket, 0, &list) > 0 && list) {
		port = ntohs(((const struct sockaddr_conn *)(const void *)list)->sconn_port);
		usrsctp_freeladdrs(list);
	}
	return port;
}

struct association_endpoint *association_endpoint_client(unsigned again, bool heartbeats,
							 struct problem *problem)
{
	struct association_endpoint *endpoint = endpoint_new(0, again, heartbeats, problem);

	if (endpoint)
		endpoint->port = own_port(endpoint->socket);
	return endpoint;
}

/* What a socket said that is gone: the next one may have its place in memory. */
static void forget_said(const struct socket *socket)
{
	struct heard **link = &library.heard;

	while (*link) {
		struct heard *heard = *link;

		if (heard->saying.socket != socket) {
			link = &heard->next;
			continue;
		}
		*link = heard->next;
		buffer_free(&heard->saying.octets);
		free(heard);
	}
	library.last_heard = link;
}

void association_endpoint_release(struct association_endpoint *endpoint)
{
	struct association_endpoint **link = &library.endpoints;

	if (!endpoint || --endpoint->users > 0)
		return;
	while (*link != endpoint)
		link = &(*link)->next;
	*link = endpoint->next;
	usrsctp_close(endpoint->socket);
	forget_said(endpoint->socket);
	free(endpoint);
}
