/*
 * ikev2-peer: our IKE node with real sockets, for tests against an IKE that is not ours.
 *
 *   ikev2-peer respond|initiate LOCAL REMOTE [NAME=VALUE]...
 *
 * Names: ike= esp= proposals; id= peer= identities (FQDN); psk=; certificate= key= roots= PEM
 * files; inner= the address to hand out (respond) or "ask" (initiate); local= remote= FIRST-LAST
 * traffic; record= a folder for what Wireshark needs, packets.pcapng and its tables of keys;
 * fragment= octets; classic=1 without RFC 7427 signatures; dpd= seconds.
 * Commands on standard input, a line each: rekey, rekey-child, new-child, delete, delete-child,
 * probe, ping ADDRESS, quit. What happens is told on standard output, a line each. ICMP echo
 * requests and UDP that come through the tunnel are sent back.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/pem.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "protocols/esp.h"
#include "protocols/ikev2-proposal.h"
#include "protocols/ikev2-sa.h"
#include "protocols/ipsec-wireshark.h"
#include "protocols/packet-write.h"
#include "protocols/pcapng-write.h"

#define CHILDREN 64

struct tunnel {
	struct esp_sa *in, *out;
};

struct peer {
	struct ikev2_settings settings;
	struct ikev2_node *node;
	struct ikev2_sa *sa;
	uint32_t child; /* spi_in of the newest */
	struct ikev2_inner inner;
	struct tunnel tunnels[CHILDREN];
	struct address local, remote;
	int sockets[2]; /* ports 500, 4500 */
	bool initiate;
	const char *record;
};

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
}

/* Adds to a file of the recording. */
static void add_to(const struct peer *peer, const char *name, struct octets octets)
{
	char path[400];
	FILE *file;

	if (!peer->record)
		return;
	snprintf(path, sizeof(path), "%s/%s", peer->record, name);
	file = fopen(path, "ab");
	if (!file)
		return;
	fwrite(octets.at, 1, octets.length, file);
	fclose(file);
}

static void add_row(const struct peer *peer, const char *name, char *row)
{
	add_to(peer, name, octets_of(row, strlen(row)));
	free(row);
}

static void record(const struct peer *peer, const struct address *from, const struct address *to,
		   struct octets datagram)
{
	struct buffer packet = { 0 }, block = { 0 };

	packet_write_udp(&packet, from, to, datagram.at, datagram.length);
	pcapng_packet(&block, 0, now(), packet.octets, packet.length, NULL);
	add_to(peer, "packets.pcapng", octets_of(block.octets, block.length));
	buffer_free(&packet);
	buffer_free(&block);
}

static void begin_recording(const struct peer *peer)
{
	struct buffer block = { 0 };

	pcapng_section(&block, "ikev2-peer", NULL);
	pcapng_interface(&block, 101, "udp"); /* LINKTYPE_RAW */
	add_to(peer, "packets.pcapng", octets_of(block.octets, block.length));
	buffer_free(&block);
}

static void send_to(const struct peer *peer, int socket, const struct address *to,
		    struct octets octets)
{
	struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = htons(to->port) };

	struct address from = peer->local;

	from.port = socket ? IKEV2_NAT_PORT : IKEV2_PORT;
	record(peer, &from, to, octets);
	memcpy(&where.sin_addr, to->octets, 4);
	if (sendto(peer->sockets[socket], octets.at, octets.length, 0, (struct sockaddr *)&where,
		   sizeof(where)) < 0)
		say("cannot send: %s", strerror(errno));
}

static void on_send(void *context, const struct ikev2_path *path, struct octets datagram)
{
	send_to(context, path->encapsulated ? 1 : 0, &path->remote, datagram);
}

static struct ipsec_cipher *cipher_of(const struct ikev2_child *child, const uint8_t *key,
				      const uint8_t *integrity)
{
	return ipsec_cipher_new(child->suite.encryption, child->suite.integrity,
				octets_of(key, ikev2_encryption_octets(&child->suite)),
				octets_of(integrity, ikev2_integrity_octets(&child->suite)));
}

static void child_up(struct peer *peer, const struct ikev2_child *child)
{
	for (int i = 0; i < CHILDREN; i++) {
		struct tunnel *tunnel = &peer->tunnels[i];

		if (tunnel->in)
			continue;
		tunnel->in = esp_sa_new(child->spi_in, child->suite.esn,
					cipher_of(child, child->key_in, child->integrity_in));
		tunnel->out = esp_sa_new(child->spi_out, child->suite.esn,
					 cipher_of(child, child->key_out, child->integrity_out));
		break;
	}
	peer->child = child->spi_in;
	add_row(peer, "esp_sa", esp_wireshark_row(child, true, &peer->remote, &peer->local));
	add_row(peer, "esp_sa", esp_wireshark_row(child, false, &peer->local, &peer->remote));
	say("child-up %s %s replaces %08x %s", child->suite.encryption->name,
	    child->suite.integrity ? child->suite.integrity->name : "-", child->replaces,
	    child->suite.group ? child->suite.group->name : "without-pfs");
}

static void child_down(struct peer *peer, const struct ikev2_child *child, bool by_peer)
{
	for (int i = 0; i < CHILDREN; i++) {
		struct tunnel *tunnel = &peer->tunnels[i];

		if (!tunnel->in || esp_sa_spi(tunnel->in) != child->spi_in)
			continue;
		esp_sa_free(tunnel->in);
		esp_sa_free(tunnel->out);
		memset(tunnel, 0, sizeof(*tunnel));
	}
	say("child-down %s", by_peer ? "by-peer" : "by-us");
}

static void established(struct peer *peer, struct ikev2_sa *sa)
{
	const struct ikev2_suite *suite = ikev2_sa_suite(sa);
	char inner[ADDRESS_TEXT], dns[ADDRESS_TEXT];

	peer->sa = sa;
	say("established %s (%s) %s %s", ikev2_sa_peer(sa), ikev2_sa_peer_subject(sa),
	    suite->encryption->name, suite->group->name);
	if (ikev2_sa_inner(sa)->address4.family)
		say("inner %s dns %s", address_host(&ikev2_sa_inner(sa)->address4, inner),
		    address_host(&ikev2_sa_inner(sa)->dns[0], dns));
}

static void on_event(void *context, const struct ikev2_event *event)
{
	struct peer *peer = context;

	switch (event->type) {
	case IKEV2_EVENT_KEYS:
		add_row(peer, "ikev2_decryption_table", ikev2_wireshark_row(event->sa));
		break;
	case IKEV2_EVENT_ESTABLISHED:
		established(peer, event->sa);
		break;
	case IKEV2_EVENT_CHILD_UP:
		child_up(peer, event->child);
		break;
	case IKEV2_EVENT_CHILD_DOWN:
		child_down(peer, event->child, event->by_peer);
		break;
	case IKEV2_EVENT_CHILD_REFUSED:
		say("child-refused %s %s", ikev2_name(IKEV2_NOTIFIES, event->notify), event->why);
		break;
	case IKEV2_EVENT_REKEYED:
		peer->sa = event->sa;
		say("rekeyed %s", event->by_peer ? "by-peer" : "by-us");
		break;
	case IKEV2_EVENT_FAILED:
		say("failed %s %s", ikev2_name(IKEV2_NOTIFIES, event->notify), event->why);
		break;
	case IKEV2_EVENT_CLOSED:
		peer->sa = peer->sa == event->sa ? NULL : peer->sa;
		say("closed %s %s", event->by_peer ? "by-peer" : "by-us", event->why);
		break;
	case IKEV2_EVENT_ALIVE:
		say("alive");
	}
}

static int on_assign(void *context, struct ikev2_sa *sa, const struct ikev2_cp *request,
		     struct ikev2_inner *inner)
{
	struct peer *peer = context;

	(void)sa;
	(void)request;
	*inner = peer->inner;
	return inner->address4.family ? 0 : -1;
}

static void on_seen(void *context, const struct ikev2_path *path, bool sent,
		    struct message *message)
{
	xmlChar *text;
	int length;

	(void)context;
	(void)path;
	xmlDocDumpMemory(message->document, &text, &length);
	fprintf(stderr, "%s %s\n", sent ? "->" : "<-", (const char *)text);
	xmlFree(text);
	message_free(message);
}

static uint16_t checksum(const uint8_t *octets, size_t length)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < length; i++)
		sum += (uint32_t)octets[i] << (i % 2 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put_checksum(uint8_t *octets, size_t length, size_t at)
{
	octets[at] = octets[at + 1] = 0;
	uint16_t sum = checksum(octets, length);
	octets[at] = (uint8_t)(sum >> 8);
	octets[at + 1] = (uint8_t)sum;
}

/* Through the newest tunnel. */
static void send_inner(struct peer *peer, struct octets packet)
{
	struct buffer out = { 0 };

	for (int i = 0; i < CHILDREN && peer->sa; i++) {
		struct tunnel *tunnel = &peer->tunnels[i];

		if (!tunnel->in || esp_sa_spi(tunnel->in) != peer->child)
			continue;
		if (esp_encapsulate(tunnel->out, packet, &out, NULL) == 0)
			send_to(peer, 1, &ikev2_sa_path(peer->sa)->remote,
				octets_of(out.octets, out.length));
	}
	buffer_free(&out);
}

static void swap(uint8_t *a, uint8_t *b, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		uint8_t keep = a[i];

		a[i] = b[i];
		b[i] = keep;
	}
}

/* ICMP and UDP are sent back as they came (a UDP checksum stays right when ends are exchanged). */
static void inner_packet(struct peer *peer, struct buffer *packet)
{
	uint8_t *octets = packet->octets;
	size_t header = (octets[0] & 15u) * 4u;

	if (octets[0] >> 4 != 4 || (octets[9] != 1 && octets[9] != 17) ||
	    packet->length < header + 8)
		return;
	if (octets[9] == 1 && octets[header] == 0) {
		say("pong %u.%u.%u.%u", octets[12], octets[13], octets[14], octets[15]);
		return;
	}
	swap(octets + 12, octets + 16, 4);
	if (octets[9] == 17) {
		swap(octets + header, octets + header + 2, 2);
	} else {
		octets[header] = 0;
		put_checksum(octets + header, packet->length - header, 2);
	}
	send_inner(peer, octets_of(octets, packet->length));
	say("echo %zu", packet->length);
}

static void ping(struct peer *peer, const char *to)
{
	uint8_t packet[84] = { 0x45, 0, 0, 84, 0, 1, 0, 0, 64, 1, [20] = 8, [24] = 1, [27] = 1 };
	const struct ikev2_inner *inner;
	struct address address;

	if (!peer->sa || address_parse(to, &address) < 0)
		return;
	inner = ikev2_sa_inner(peer->sa);
	memcpy(packet + 12,
	       peer->initiate ? inner->address4.octets : (const uint8_t *)"\12\143\0\1", 4);
	memcpy(packet + 16, address.octets, 4);
	put_checksum(packet, 20, 10);
	put_checksum(packet + 20, 64, 2);
	send_inner(peer, octets_of(packet, sizeof(packet)));
}

static void esp_packet(struct peer *peer, struct octets datagram)
{
	struct buffer packet = { 0 };

	for (int i = 0; i < CHILDREN; i++) {
		if (!peer->tunnels[i].in || esp_sa_spi(peer->tunnels[i].in) != esp_spi(datagram))
			continue;
		enum esp_verdict verdict =
			esp_decapsulate(peer->tunnels[i].in, datagram, &packet);
		if (verdict == ESP_GOOD)
			inner_packet(peer, &packet);
		else
			say("esp %s", esp_verdict_text(verdict));
		buffer_free(&packet);
		return;
	}
	say("esp of no SA");
}

static void receive(struct peer *peer, int socket)
{
	static uint8_t octets[65536];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	ssize_t length = recvfrom(peer->sockets[socket], octets, sizeof(octets), 0,
				  (struct sockaddr *)&from, &size);
	struct ikev2_path path = { peer->local, { .family = 4 }, socket == 1 };

	if (length < 0)
		return;
	struct octets datagram = octets_of(octets, (size_t)length);
	memcpy(path.remote.octets, &from.sin_addr, 4);
	path.remote.port = ntohs(from.sin_port);
	path.local.port = socket ? IKEV2_NAT_PORT : IKEV2_PORT;
	record(peer, &path.remote, &path.local, datagram);
	if (socket == 1 && udp_encapsulated(datagram) == UDP_ESP)
		esp_packet(peer, datagram);
	else
		ikev2_receive(peer->node, &path, datagram, now());
}

/* false: the end */
static bool command(struct peer *peer)
{
	char line[100];

	if (!fgets(line, sizeof(line), stdin))
		return false;
	line[strcspn(line, "\n")] = '\0';
	if (strcmp(line, "quit") == 0)
		return false;
	if (!peer->sa) {
		say("there is no SA");
		return true;
	}
	if (strcmp(line, "rekey") == 0)
		ikev2_rekey(peer->sa, now());
	else if (strcmp(line, "rekey-child") == 0)
		ikev2_rekey_child(peer->sa, peer->child, now());
	else if (strcmp(line, "new-child") == 0)
		ikev2_new_child(peer->sa, now());
	else if (strcmp(line, "delete") == 0)
		ikev2_delete_sa(peer->sa, now());
	else if (strcmp(line, "delete-child") == 0)
		ikev2_delete_child(peer->sa, peer->child, now());
	else if (strcmp(line, "probe") == 0)
		ikev2_probe(peer->sa, now());
	else if (strncmp(line, "ping ", 5) == 0)
		ping(peer, line + 5);
	else
		say("no command: %s", line);
	return true;
}

static void run(struct peer *peer)
{
	for (;;) {
		int64_t deadline = ikev2_deadline(peer->node), time = now();
		int wait = -1;
		struct pollfd polls[3] = { { peer->sockets[0], POLLIN, 0 },
					   { peer->sockets[1], POLLIN, 0 },
					   { 0, POLLIN, 0 } };

		if (deadline != INT64_MAX)
			wait = deadline <= time ? 0 : (int)((deadline - time) / 1000 + 1);
		if (poll(polls, 3, wait) < 0)
			return;
		for (int i = 0; i < 2; i++)
			if (polls[i].revents)
				receive(peer, i);
		if (polls[2].revents && !command(peer))
			return;
		ikev2_time(peer->node, now());
	}
}

static struct octets text_octets(const char *text)
{
	return octets_of(text, strlen(text));
}

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "ikev2-peer: %s: %s\n", what, why);
	exit(2);
}

static STACK_OF(X509) *read_certificates(const char *path)
{
	STACK_OF(X509) *list = sk_X509_new_null();
	FILE *file = fopen(path, "r");
	X509 *certificate;

	if (!file)
		fail(path, strerror(errno));
	while ((certificate = PEM_read_X509(file, NULL, NULL, NULL)))
		sk_X509_push(list, certificate);
	fclose(file);
	return list;
}

static EVP_PKEY *read_key(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		fail(path, strerror(errno));
	EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	return key;
}

static void set_traffic(struct ikev2_selectors *selectors, const char *text)
{
	char copy[100];
	char *last;

	memset(selectors, 0, sizeof(*selectors));
	snprintf(copy, sizeof(copy), "%s", text);
	last = strchr(copy, '-');
	if (!last)
		fail(text, "not FIRST-LAST");
	*last++ = '\0';
	selectors->count = 1;
	selectors->list[0].type = IKEV2_TS_IPV4;
	selectors->list[0].last_port = 65535;
	if (address_parse(copy, &selectors->list[0].first) < 0 ||
	    address_parse(last, &selectors->list[0].last) < 0)
		fail(text, "no addresses");
}

static void set_option(struct peer *peer, const char *name, const char *value)
{
	struct ikev2_settings *settings = &peer->settings;
	struct problem problem = { "" };
	bool ike = strcmp(name, "ike") == 0;

	if (ike || strcmp(name, "esp") == 0) {
		if (ikev2_offer_parse(value, ike ? IKEV2_PROTOCOL_IKE : IKEV2_PROTOCOL_ESP, true,
				      ike ? &settings->ike : &settings->esp, &problem) < 0)
			fail(value, problem.text);
	} else if (strcmp(name, "id") == 0) {
		settings->local_id = (struct ikev2_id){ IKEV2_ID_FQDN, text_octets(value) };
	} else if (strcmp(name, "peer") == 0) {
		settings->remote_id = (struct ikev2_id){ IKEV2_ID_FQDN, text_octets(value) };
	} else if (strcmp(name, "psk") == 0) {
		settings->shared_secret = text_octets(value);
	} else if (strcmp(name, "certificate") == 0) {
		settings->chain = read_certificates(value);
		settings->certificate = sk_X509_shift(settings->chain);
	} else if (strcmp(name, "key") == 0) {
		settings->key = read_key(value);
	} else if (strcmp(name, "roots") == 0) {
		settings->roots = read_certificates(value);
	} else if (strcmp(name, "inner") == 0) {
		settings->ask_address4 = peer->initiate;
		address_parse(value, &peer->inner.address4);
		address_parse("10.99.0.53", &peer->inner.dns[0]);
		peer->inner.dns_count = 1;
	} else if (strcmp(name, "local") == 0) {
		set_traffic(&settings->local, value);
	} else if (strcmp(name, "remote") == 0) {
		set_traffic(&settings->remote, value);
	} else if (strcmp(name, "fragment") == 0) {
		settings->fragment_size = (size_t)atoi(value);
	} else if (strcmp(name, "classic") == 0) {
		settings->no_digital_signature = true;
	} else if (strcmp(name, "record") == 0) {
		peer->record = value;
		begin_recording(peer);
	} else if (strcmp(name, "dpd") == 0) {
		settings->dead_peer = atoi(value) * 1000000LL;
	} else {
		fail(name, "no such option");
	}
}

static int open_socket(const struct address *local, uint16_t port)
{
	struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = htons(port) };
	int number = socket(AF_INET, SOCK_DGRAM, 0);

	memcpy(&where.sin_addr, local->octets, 4);
	if (number < 0 || bind(number, (struct sockaddr *)&where, sizeof(where)) < 0)
		fail("socket", strerror(errno));
	return number;
}

static void free_peer(struct peer *peer)
{
	ikev2_node_free(peer->node);
	for (int i = 0; i < CHILDREN; i++) {
		esp_sa_free(peer->tunnels[i].in);
		esp_sa_free(peer->tunnels[i].out);
	}
	X509_free(peer->settings.certificate);
	EVP_PKEY_free(peer->settings.key);
	sk_X509_pop_free(peer->settings.chain, X509_free);
	sk_X509_pop_free(peer->settings.roots, X509_free);
}

int main(int argc, char **argv)
{
	static struct peer peer;
	struct ikev2_calls calls = { &peer, on_send, on_event, on_assign, on_seen, NULL,
				     NULL };

	if (argc < 4 || address_parse(argv[2], &peer.local) < 0 ||
	    address_parse(argv[3], &peer.remote) < 0)
		fail("usage", "respond|initiate LOCAL REMOTE [NAME=VALUE]...");
	peer.initiate = strcmp(argv[1], "initiate") == 0;
	set_traffic(&peer.settings.local, "0.0.0.0-255.255.255.255");
	set_traffic(&peer.settings.remote, "0.0.0.0-255.255.255.255");
	for (int i = 4; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (!value)
			fail(argv[i], "not NAME=VALUE");
		*value = '\0';
		set_option(&peer, argv[i], value + 1);
	}
	setvbuf(stdin, NULL, _IONBF, 0);
	peer.sockets[0] = open_socket(&peer.local, IKEV2_PORT);
	peer.sockets[1] = open_socket(&peer.local, IKEV2_NAT_PORT);
	peer.node = ikev2_node_new(&peer.settings, &calls);
	say("ready");
	if (peer.initiate) {
		struct ikev2_path path = { peer.local, peer.remote, false };

		path.local.port = path.remote.port = IKEV2_PORT;
		ikev2_connect(peer.node, &path, now());
	}
	run(&peer);
	free_peer(&peer);
	return 0;
}
