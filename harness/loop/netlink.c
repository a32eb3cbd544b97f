#include "harness/loop/netlink.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <linux/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "protocols/memory.h"

enum { REQUEST_SIZE = 1024, ANSWER_SIZE = 16384 };
enum { LOOK_EACH = 100000, LOOKS = 10000 }; /* nanoseconds; a second in all */

struct netlink {
	int fd;
	uint32_t sequence;
};

/* A request as it is put together. The kernel's numbers are this machine's own. */
struct request {
	struct nlmsghdr header;
	uint8_t body[REQUEST_SIZE];
};

struct netlink *netlink_new(struct problem *problem)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0) {
		problem_set(problem, "cannot open a netlink socket: %s", strerror(errno));
		return NULL;
	}
	struct netlink *netlink = memory_new(sizeof(*netlink));

	netlink->fd = fd;
	return netlink;
}

void netlink_free(struct netlink *netlink)
{
	if (!netlink)
		return;
	close(netlink->fd);
	free(netlink);
}

enum { WAY_TABLE = 100 }; /* of routes that depend on the source */

static void begin(struct request *request, uint16_t type, unsigned flags, const void *head,
		  size_t length)
{
	memset(request, 0, sizeof(*request));
	request->header.nlmsg_type = type;
	request->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	memcpy(request->body, head, length);
	request->header.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + NLMSG_ALIGN(length));
}

static void add_octets(struct request *request, const void *octets, size_t length)
{
	size_t at = request->header.nlmsg_len - NLMSG_HDRLEN;

	if (at + NLMSG_ALIGN(length) > REQUEST_SIZE)
		return; /* all that is added here is short */
	if (length > 0)
		memcpy(request->body + at, octets, length);
	request->header.nlmsg_len += (uint32_t)NLMSG_ALIGN(length);
}

static void add(struct request *request, uint16_t type, const void *octets, size_t length)
{
	const struct rtattr attribute = { .rta_len = (uint16_t)RTA_LENGTH(length),
					  .rta_type = type };

	add_octets(request, &attribute, sizeof(attribute));
	add_octets(request, octets, length);
}

static void add_number(struct request *request, uint16_t type, uint32_t number)
{
	add(request, type, &number, sizeof(number));
}

static void add_text(struct request *request, uint16_t type, const char *text)
{
	add(request, type, text, strlen(text) + 1);
}

/* A nest of attributes begins; its length is known when it ends. */
static size_t open_nest(struct request *request, uint16_t type)
{
	size_t at = request->header.nlmsg_len - NLMSG_HDRLEN;

	add(request, type, NULL, 0);
	return at;
}

static void close_nest(struct request *request, size_t at)
{
	struct rtattr attribute;

	memcpy(&attribute, request->body + at, sizeof(attribute));
	attribute.rta_len = (uint16_t)(request->header.nlmsg_len - NLMSG_HDRLEN - at);
	memcpy(request->body + at, &attribute, sizeof(attribute));
}

/* Sends and awaits the acknowledgement; what else is answered goes to answer, if not NULL. Gives
 * 0 or an errno. */
static int ask(struct netlink *netlink, struct request *request, void *answer, size_t size)
{
	union {
		struct nlmsghdr header; /* aligns */
		uint8_t octets[ANSWER_SIZE];
	} got;

	request->header.nlmsg_seq = ++netlink->sequence;
	if (send(netlink->fd, request, request->header.nlmsg_len, 0) < 0)
		return errno;
	for (;;) {
		ssize_t length = recv(netlink->fd, &got, sizeof(got), 0);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return errno;
		unsigned left = (unsigned)length;

		for (const struct nlmsghdr *at = &got.header; NLMSG_OK(at, left);
		     at = NLMSG_NEXT(at, left)) {
			if (at->nlmsg_seq != netlink->sequence)
				continue;
			if (at->nlmsg_type == NLMSG_ERROR)
				return -((const struct nlmsgerr *)NLMSG_DATA(at))->error;
			if (answer && at->nlmsg_len <= size)
				memcpy(answer, at, at->nlmsg_len);
		}
	}
}

static int done(int error, struct problem *problem, const char *what, const char *name)
{
	if (error == 0)
		return 0;
	return problem_set(problem, "cannot %s %s: %s", what, name, strerror(error));
}

static int get_link(struct netlink *netlink, const char *name, void *answer, size_t size)
{
	const struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	struct request request;

	begin(&request, RTM_GETLINK, 0, &link, sizeof(link));
	add_text(&request, IFLA_IFNAME, name);
	memset(answer, 0, size);
	return ask(netlink, &request, answer, size);
}

unsigned netlink_index(struct netlink *netlink, const char *name)
{
	union {
		struct nlmsghdr header;
		uint8_t octets[ANSWER_SIZE];
	} answer;

	if (get_link(netlink, name, &answer, sizeof(answer)) != 0 || !answer.header.nlmsg_len)
		return 0;
	const struct ifinfomsg *link = NLMSG_DATA(&answer.header);

	return (unsigned)link->ifi_index;
}

/* An attribute of an interface, at most size octets of it; 0 = it has none that long. */
static size_t link_attribute(struct netlink *netlink, const char *name, uint16_t type,
			     void *octets, size_t size)
{
	union {
		struct nlmsghdr header;
		uint8_t octets[ANSWER_SIZE];
	} answer;

	if (get_link(netlink, name, &answer, sizeof(answer)) != 0 || !answer.header.nlmsg_len)
		return 0;
	const struct ifinfomsg *link = NLMSG_DATA(&answer.header);
	size_t left = IFLA_PAYLOAD(&answer.header);

	for (const struct rtattr *at = IFLA_RTA(link); RTA_OK(at, left); at = RTA_NEXT(at, left))
		if (at->rta_type == type && RTA_PAYLOAD(at) == size) {
			memcpy(octets, RTA_DATA(at), size);
			return size;
		}
	return 0;
}

int netlink_link_address(struct netlink *netlink, const char *name, uint8_t octets[6])
{
	return (int)link_attribute(netlink, name, IFLA_ADDRESS, octets, 6);
}

int netlink_await_up(struct netlink *netlink, const char *name, struct problem *problem)
{
	const struct timespec moment = { 0, LOOK_EACH };

	for (int i = 0; i < LOOKS; i++) {
		uint8_t state = 0;

		link_attribute(netlink, name, IFLA_OPERSTATE, &state, sizeof(state));
		if (state == IF_OPER_UP)
			return 0;
		nanosleep(&moment, NULL);
	}
	return problem_set(problem, "the interface %s does not come up", name);
}

/* Without link-local addresses: a link of ours needs none, and each would be announced. */
static void add_no_link_local(struct request *request)
{
	const uint8_t none = IN6_ADDR_GEN_MODE_NONE;
	size_t spec = open_nest(request, IFLA_AF_SPEC);
	size_t inet6 = open_nest(request, AF_INET6);

	add(request, IFLA_INET6_ADDR_GEN_MODE, &none, sizeof(none));
	close_nest(request, inet6);
	close_nest(request, spec);
}

int netlink_veth(struct netlink *netlink, const char *name, const char *peer, int peer_namespace,
		 unsigned mtu, struct problem *problem)
{
	const struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	struct request request;

	begin(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link));
	add_text(&request, IFLA_IFNAME, name);
	if (mtu)
		add_number(&request, IFLA_MTU, mtu);
	size_t info = open_nest(&request, IFLA_LINKINFO);

	add_text(&request, IFLA_INFO_KIND, "veth");
	size_t data = open_nest(&request, IFLA_INFO_DATA);
	size_t other = open_nest(&request, VETH_INFO_PEER);

	add_octets(&request, &link, sizeof(link));
	add_text(&request, IFLA_IFNAME, peer);
	if (mtu)
		add_number(&request, IFLA_MTU, mtu);
	if (peer_namespace >= 0)
		add_number(&request, IFLA_NET_NS_FD, (uint32_t)peer_namespace);
	close_nest(&request, other);
	close_nest(&request, data);
	close_nest(&request, info);
	return done(ask(netlink, &request, NULL, 0), problem, "make the veth pair", name);
}

static int set_link(struct netlink *netlink, const char *name, unsigned flags, unsigned change,
		    unsigned mtu, bool no_link_local)
{
	const struct ifinfomsg link = { .ifi_family = AF_UNSPEC,
					.ifi_index = (int)netlink_index(netlink, name),
					.ifi_flags = flags,
					.ifi_change = change };
	struct request request;

	if (!link.ifi_index)
		return ENODEV;
	begin(&request, RTM_NEWLINK, 0, &link, sizeof(link));
	if (mtu)
		add_number(&request, IFLA_MTU, mtu);
	if (no_link_local)
		add_no_link_local(&request);
	return ask(netlink, &request, NULL, 0);
}

int netlink_up(struct netlink *netlink, const char *name, unsigned mtu, struct problem *problem)
{
	/* Beforehand, or it says something as it comes up. A kernel without IPv6 refuses: it has
	 * nothing to be kept from. */
	if (strcmp(name, "lo") != 0)
		set_link(netlink, name, 0, 0, 0, true);
	return done(set_link(netlink, name, IFF_UP, IFF_UP, mtu, false), problem, "bring up", name);
}

int netlink_up_as_is(struct netlink *netlink, const char *name, struct problem *problem)
{
	return done(set_link(netlink, name, IFF_UP, IFF_UP, 0, false), problem, "bring up", name);
}

int netlink_quiet(struct netlink *netlink, const char *name, struct problem *problem)
{
	return done(set_link(netlink, name, IFF_NOARP, IFF_NOARP, 0, false), problem,
		    "switch off ARP of", name);
}

int netlink_down(struct netlink *netlink, const char *name, struct problem *problem)
{
	return done(set_link(netlink, name, 0, IFF_UP, 0, false), problem, "take down", name);
}

int netlink_delete(struct netlink *netlink, const char *name, struct problem *problem)
{
	const struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	struct request request;

	begin(&request, RTM_DELLINK, 0, &link, sizeof(link));
	add_text(&request, IFLA_IFNAME, name);
	return done(ask(netlink, &request, NULL, 0), problem, "remove", name);
}

static uint8_t family_of(const struct address *address)
{
	return address->family == 6 ? AF_INET6 : AF_INET;
}

static size_t length_of(const struct address *address)
{
	return address->family == 6 ? 16 : 4;
}

static int change_address(struct netlink *netlink, uint16_t type, unsigned flags, const char *name,
			  const struct address *address, unsigned prefix)
{
	const struct ifaddrmsg head = { .ifa_family = family_of(address),
					.ifa_prefixlen = (uint8_t)prefix,
					.ifa_flags = IFA_F_NODAD,
					.ifa_index = netlink_index(netlink, name) };
	struct request request;

	begin(&request, type, flags, &head, sizeof(head));
	add(&request, IFA_LOCAL, address->octets, length_of(address));
	add(&request, IFA_ADDRESS, address->octets, length_of(address));
	return ask(netlink, &request, NULL, 0);
}

/* Does the kernel take what comes to this address for its own? */
static bool is_local(struct netlink *netlink, const struct address *address)
{
	union {
		struct nlmsghdr header;
		uint8_t octets[ANSWER_SIZE];
	} answer = { .octets = { 0 } };
	const struct rtmsg head = { .rtm_family = family_of(address),
				    .rtm_dst_len = (uint8_t)(8 * length_of(address)) };
	struct request request;

	begin(&request, RTM_GETROUTE, 0, &head, sizeof(head));
	add(&request, RTA_DST, address->octets, length_of(address));
	if (ask(netlink, &request, &answer, sizeof(answer)) != 0 || !answer.header.nlmsg_len)
		return false;
	return ((const struct rtmsg *)NLMSG_DATA(&answer.header))->rtm_type == RTN_LOCAL;
}

/* An address of IPv6 is there at once, but Linux puts in its local route by a work queue, later; what
 * comes before that is dropped. On virtual time that would cost whoever asked his first answer. */
static void await_local(struct netlink *netlink, const struct address *address)
{
	const struct timespec while_away = { .tv_nsec = LOOK_EACH };

	for (int i = 0; i < LOOKS && !is_local(netlink, address); i++)
		nanosleep(&while_away, NULL);
}

int netlink_add_address(struct netlink *netlink, const char *name, const struct address *address,
			unsigned prefix, struct problem *problem)
{
	char text[ADDRESS_TEXT];
	int error = change_address(netlink, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, name,
				   address, prefix);

	if (error == 0 && address->family == 6)
		await_local(netlink, address);
	return done(error, problem, "give an interface the address", address_host(address, text));
}

int netlink_remove_address(struct netlink *netlink, const char *name,
			   const struct address *address, unsigned prefix,
			   struct problem *problem)
{
	char text[ADDRESS_TEXT];
	int error = change_address(netlink, RTM_DELADDR, 0, name, address, prefix);

	return done(error, problem, "take from an interface the address",
		    address_host(address, text));
}

static int change_route(struct netlink *netlink, uint16_t type, unsigned flags, const char *name,
			const struct address *network, unsigned prefix,
			const struct address *gateway, const struct address *source)
{
	const struct rtmsg head = {
		.rtm_family = family_of(network),
		.rtm_dst_len = (uint8_t)prefix,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_STATIC,
		.rtm_scope = gateway || network->family == 6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
		.rtm_type = RTN_UNICAST,
	};
	struct request request;

	begin(&request, type, flags, &head, sizeof(head));
	if (prefix > 0)
		add(&request, RTA_DST, network->octets, length_of(network));
	add_number(&request, RTA_OIF, netlink_index(netlink, name));
	if (gateway)
		add(&request, RTA_GATEWAY, gateway->octets, length_of(gateway));
	if (source)
		add(&request, RTA_PREFSRC, source->octets, length_of(source));
	return ask(netlink, &request, NULL, 0);
}

static const struct address *given(const struct address *address)
{
	return address && address->family ? address : NULL;
}

int netlink_add_way(struct netlink *netlink, const char *name, const struct address *source,
		    const struct address *gateway, struct problem *problem)
{
	const struct fib_rule_hdr rule = { .family = family_of(source),
					   .src_len = (uint8_t)(8 * length_of(source)),
					   .table = WAY_TABLE,
					   .action = FR_ACT_TO_TBL };
	const struct rtmsg route = { .rtm_family = family_of(source),
				     .rtm_table = WAY_TABLE,
				     .rtm_protocol = RTPROT_STATIC,
				     .rtm_scope = RT_SCOPE_UNIVERSE,
				     .rtm_type = RTN_UNICAST };
	struct request request;
	char text[ADDRESS_TEXT];

	begin(&request, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, &rule, sizeof(rule));
	add(&request, FRA_SRC, source->octets, length_of(source));
	int error = ask(netlink, &request, NULL, 0);

	if (error == 0) {
		begin(&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &route,
		      sizeof(route));
		add_number(&request, RTA_OIF, netlink_index(netlink, name));
		add(&request, RTA_GATEWAY, gateway->octets, length_of(gateway));
		error = ask(netlink, &request, NULL, 0);
	}
	return done(error, problem, "make a way for", address_host(source, text));
}

int netlink_add_route(struct netlink *netlink, const char *name, const struct address *network,
		      unsigned prefix, const struct address *gateway,
		      const struct address *source, struct problem *problem)
{
	char text[ADDRESS_TEXT];
	int error = change_route(netlink, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, name, network,
				 prefix, given(gateway), given(source));

	return done(error, problem, "make a route to", address_host(network, text));
}

int netlink_remove_route(struct netlink *netlink, const char *name, const struct address *network,
			 unsigned prefix, struct problem *problem)
{
	char text[ADDRESS_TEXT];
	int error = change_route(netlink, RTM_DELROUTE, 0, name, network, prefix, NULL, NULL);

	return done(error, problem, "remove the route to", address_host(network, text));
}
