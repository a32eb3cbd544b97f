#include "tests/agents/talk-network.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "protocols/esp.h"
#include "protocols/ikev2-crypto.h"
#include "protocols/ikev2-nat.h"
#include "protocols/ikev2-proposal.h"
#include "protocols/ipsec-key-rows.h"
#include "protocols/memory.h"
#include "protocols/packet-write.h"
#include "protocols/sctp-read.h"

#define SPI_I 0x1111111111111111u
#define SPI_R 0x2222222222222222u
#define KEY "000102030405060708090a0b0c0d0e0f"
#define LONG_KEY KEY KEY

static const char ike_row[] = "1111111111111111,2222222222222222," KEY "," KEY
			      ",\"AES-CBC-128 [RFC3602]\"," LONG_KEY "," LONG_KEY
			      ",\"HMAC_SHA2_256_128 [RFC4868]\"\n";
static const char esp_row[] = "\"IPv4\",\"*\",\"*\",\"0x0badcafe\",\"AES-CBC [RFC3602]\",\"0x" KEY
			      "\",\"HMAC-SHA-256-128 [RFC4868]\",\"0x" LONG_KEY "\"\n";

struct talk { /* one line of it */
	struct line *line;
	talk_packet packet;
	void *context;
	bool device, answer, again, nat, spoilt, foreign, clear;
	const char *who, *what, *inner;
	unsigned long id, port, ppid, stream, tsn, version, cut;
	uint64_t initiator;
};

static struct address address_of(const char *who)
{
	static const struct {
		const char *who, *address;
	} places[] = {
		{ "device", "192.0.2.10" }, { "segw", "192.0.2.30" }, { "mme", "192.0.2.51" },
		{ "hnb-gw", "192.0.2.50" }, { "dns", "192.0.2.53" },
	};
	struct address address = { .family = 0 };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (strcmp(places[i].who, who) == 0)
			address_parse(places[i].address, &address);
	return address;
}

static void send_udp(const struct talk *talk, const char *peer, uint16_t port,
		     const struct buffer *octets)
{
	struct address device = address_of("device"), other = address_of(peer);
	struct buffer packet = { 0 };

	device.port = strcmp(peer, "dns") == 0 ? 50000 : port;
	other.port = port;
	packet_write_udp(&packet, talk->device ? &device : &other, talk->device ? &other : &device,
			 octets->octets, octets->length);
	talk->packet(talk->context, &packet);
	buffer_free(&packet);
}

static void send_ip(const struct talk *talk, const char *peer, uint8_t protocol,
		    const struct buffer *octets)
{
	struct address device = address_of("device"), other = address_of(peer);
	struct buffer packet = { 0 };

	packet_write_ip(&packet, talk->device ? &device : &other, talk->device ? &other : &device,
			protocol, octets->octets, octets->length);
	talk->packet(talk->context, &packet);
	buffer_free(&packet);
}

static void add_hexadecimal(struct buffer *out, const char *text)
{
	unsigned octet;

	for (; sscanf(text, "%2x", &octet) == 1; text += 2)
		buffer_add_u8(out, (uint8_t)octet);
}

/* --- IKE --- */

static struct octets text_octets(const char *text)
{
	return octets_of(text, strlen(text));
}

static void write_offer(struct ikev2_writer *writer, const char *text)
{
	bool ike = strncmp(text, "ike ", 4) == 0;
	struct problem problem = { "" };
	struct ikev2_offer offer;

	if (ikev2_offer_parse(text + 4, ike ? IKEV2_PROTOCOL_IKE : IKEV2_PROTOCOL_ESP, true,
			      &offer, &problem) < 0)
		fprintf(stderr, "make-agent-capture: %s\n", problem.text);
	for (size_t i = 0; !ike && i < offer.count; i++) {
		offer.proposals[i].spi = 0x0badcafe;
		offer.proposals[i].spi_length = 4;
	}
	ikev2_offer_write(writer, &offer);
}

static void write_nat(struct ikev2_writer *writer, const struct talk *talk, const char *text)
{
	struct ikev2_header header = { .initiator_spi = talk->initiator,
				       .responder_spi = talk->answer ? SPI_R : 0 };
	struct address device = address_of("device"), segw = address_of("segw");
	uint8_t hash[IKEV2_NAT_HASH];
	struct octets none = octets_of(NULL, 0), data = octets_of(hash, sizeof(hash));

	device.port = segw.port = IKEV2_PORT;
	ikev2_nat_hash(&header, talk->device ? &device : &segw, hash);
	hash[0] ^= strcmp(text, "wrong") == 0;
	ikev2_notify_write(writer, IKEV2_NAT_DETECTION_SOURCE_IP, 0, none, data);
	ikev2_nat_hash(&header, talk->device ? &segw : &device, hash);
	ikev2_notify_write(writer, IKEV2_NAT_DETECTION_DESTINATION_IP, 0, none, data);
}

static void write_id(struct ikev2_writer *writer, uint8_t payload, const char *text)
{
	static const struct {
		const char *name;
		uint8_t type;
	} types[] = { { "FQDN:", IKEV2_ID_FQDN }, { "EMAIL:", IKEV2_ID_RFC822_ADDR },
		      { "KEY:", IKEV2_ID_KEY_ID } };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		size_t length = strlen(types[i].name);
		const struct ikev2_id id = { types[i].type, text_octets(text + length) };

		if (strncmp(text, types[i].name, length) == 0)
			ikev2_id_write(writer, payload, &id);
	}
}

static void write_cp(struct ikev2_writer *writer, const char *text)
{
	struct ikev2_cp cp = { .type = IKEV2_CFG_REQUEST, .count = 1 };
	struct address address;

	cp.list[0].type = IKEV2_INTERNAL_IP4_ADDRESS;
	if (address_parse(text, &address) == 0) {
		cp.type = IKEV2_CFG_REPLY;
		cp.list[0].value = octets_of(address.octets, 4);
	}
	ikev2_cp_write(writer, &cp);
}

static void write_selectors(struct ikev2_writer *writer)
{
	struct ikev2_selectors all = { .count = 1 };

	all.list[0].type = IKEV2_TS_IPV4;
	all.list[0].last_port = 65535;
	address_parse("0.0.0.0", &all.list[0].first);
	address_parse("255.255.255.255", &all.list[0].last);
	ikev2_selectors_write(writer, IKEV2_TSI, &all);
	ikev2_selectors_write(writer, IKEV2_TSR, &all);
}

static void write_deletion(struct ikev2_writer *writer, const char *text)
{
	const uint32_t spi = 0x0badcafe;
	bool ike = strcmp(text, "ike") == 0;

	ikev2_delete_write(writer, ike ? IKEV2_PROTOCOL_IKE : IKEV2_PROTOCOL_ESP, &spi, !ike);
}

static bool is(const char *line, const char *word)
{
	size_t length = strlen(word);

	return strncmp(line, word, length) == 0 && (line[length] == ' ' || !line[length]);
}

static void write_payload(struct ikev2_writer *writer, const struct talk *talk, const char *line)
{
	static const uint8_t octets[64] = { 1, 2, 3 };
	const char *rest = strchr(line, ' ');
	unsigned long number;

	rest = rest ? rest + 1 : "";
	number = strtoul(rest, NULL, 10);
	if (is(line, "SA"))
		write_offer(writer, rest);
	else if (is(line, "KE"))
		ikev2_ke_write(writer, IKEV2_ECP_256, octets_of(octets, 64));
	else if (is(line, "Nonce"))
		ikev2_octets_write(writer, IKEV2_NONCE, octets_of(octets, number ? number : 32));
	else if (is(line, "EAP"))
		ikev2_octets_write(writer, IKEV2_EAP, octets_of("\3\1\0\4", 4));
	else if (is(line, "NAT"))
		write_nat(writer, talk, rest);
	else if (is(line, "IDi") || is(line, "IDr"))
		write_id(writer, line[2] == 'i' ? IKEV2_IDI : IKEV2_IDR, rest);
	else if (is(line, "CERT") || is(line, "CERTREQ"))
		ikev2_typed_write(writer, line[4] ? IKEV2_CERTREQ : IKEV2_CERT,
				  IKEV2_CERT_X509_SIGNATURE, octets_of(octets, 20));
	else if (is(line, "AUTH"))
		ikev2_auth_write(writer, (uint8_t)number, octets_of(octets, 32));
	else if (is(line, "CP"))
		write_cp(writer, rest);
	else if (is(line, "TS"))
		write_selectors(writer);
	else if (is(line, "N"))
		ikev2_status_write(writer, (uint16_t)number);
	else if (is(line, "D"))
		write_deletion(writer, rest);
	else
		fprintf(stderr, "make-agent-capture: what is \"%s\"?\n", line);
}

static uint8_t exchange_of(const char *word)
{
	static const char *const words[] = { "init", "auth", "child", "info" };

	for (uint8_t i = 0; i < 4; i++)
		if (strcmp(words[i], word) == 0)
			return (uint8_t)(IKEV2_SA_INIT + i);
	return (uint8_t)strtoul(word, NULL, 10);
}

static void seal(const struct talk *talk, const struct ikev2_header *header,
		 struct ikev2_writer *writer, struct buffer *out)
{
	struct octets chain = ikev2_writer_finish(writer);
	struct ikev2_datagrams *datagrams = memory_new(sizeof(*datagrams));
	struct ike_key_row row;
	uint64_t number = 0;

	ike_key_row_read(ike_row, &row, NULL);
	ikev2_seal(header, writer->first, chain, row.ciphers[talk->device], &number, 0, datagrams);
	buffer_add(out, datagrams->list[0].octets, datagrams->list[0].length);
	ikev2_datagrams_clear(datagrams);
	ike_key_row_clear(&row);
	free(datagrams);
}

/* octets: of the message before, for one that is sent again. */
static void send_ike(const struct talk *talk, struct ikev2_writer *writer, struct buffer *octets)
{
	uint8_t exchange = exchange_of(talk->what);
	bool init = exchange == IKEV2_SA_INIT;
	struct ikev2_header header = {
		.initiator_spi = talk->initiator,
		.responder_spi = init && !talk->answer ? 0 : talk->foreign ? 3 : SPI_R,
		.version = talk->version ? (uint8_t)talk->version : IKEV2_VERSION,
		.exchange = exchange,
		.flags = (uint8_t)((talk->device ? IKEV2_FLAG_INITIATOR : 0) |
				   (talk->answer ? IKEV2_FLAG_RESPONSE : 0)),
		.message_id = (uint32_t)talk->id,
	};
	struct buffer out = { 0 };

	if (!talk->again) {
		buffer_clear(octets);
		if (init || talk->clear)
			ikev2_encode(&header, writer, octets);
		else
			seal(talk, &header, writer, octets);
		if (talk->spoilt)
			octets->octets[octets->length - 1] ^= 1;
	}
	if (talk->nat)
		buffer_add_u32(&out, 0);
	buffer_add(&out, octets->octets, talk->cut ? talk->cut : octets->length);
	send_udp(talk, "segw", talk->nat ? IKEV2_NAT_PORT : IKEV2_PORT, &out);
	buffer_free(&out);
}

static bool is_below(const struct line *line)
{
	return line && line->text[0] != '@';
}

static struct line *say_ike(const struct talk *talk)
{
	static struct buffer octets; /* lives as long as the program */
	struct ikev2_writer writer = { 0 };
	struct line *line = talk->line->next;

	for (; is_below(line); line = line->next)
		if (line->text[0] && strncmp(line->text, "--", 2) != 0)
			write_payload(&writer, talk, line->text);
	send_ike(talk, &writer, &octets);
	ikev2_writer_free(&writer);
	return line;
}

/* --- ESP, SCTP, DNS --- */

static struct line *say_esp(const struct talk *talk)
{
	static uint64_t sequence;
	struct address inner, server;
	struct buffer packet = { 0 }, out = { 0 };
	struct esp_key_row row;

	address_parse(talk->inner ? talk->inner : "10.99.1.7", &inner);
	address_parse("10.99.0.20", &server);
	inner.port = server.port = 9;
	packet_write_udp(&packet, talk->device ? &inner : &server, talk->device ? &server : &inner,
			 "", 0);
	esp_key_row_read(esp_row, &row, NULL);
	sequence += !talk->again;
	esp_sa_set_sequence(row.sa, sequence - 1);
	esp_encapsulate(row.sa, octets_of(packet.octets, packet.length), &out, NULL);
	if (talk->spoilt)
		out.octets[out.length - 1] ^= 1;
	if (talk->nat)
		send_udp(talk, "segw", IKEV2_NAT_PORT, &out);
	else
		send_ip(talk, "segw", ESP_PROTOCOL, &out);
	esp_key_row_clear(&row);
	buffer_free(&packet);
	buffer_free(&out);
	return talk->line->next;
}

static void add_chunk(const struct talk *talk, const struct buffer *user, struct buffer *out)
{
	bool init = strcmp(talk->what, "init") == 0, data = strcmp(talk->what, "data") == 0;
	size_t length = init ? 20 : data ? 16 + user->length : 8;

	buffer_add_u8(out, init ? SCTP_INIT : data ? SCTP_DATA : SCTP_ABORT);
	buffer_add_u8(out, data ? 3 : 0);
	buffer_add_u16(out, (uint16_t)length);
	buffer_add_u32(out, init ? 1 : data ? (uint32_t)talk->tsn : 0x000c0004u);
	if (init)
		buffer_add(out, "\0\1\0\0\0\2\0\2\0\0\0\1", 12);
	if (!data)
		return;
	buffer_add_u16(out, (uint16_t)talk->stream);
	buffer_add_u16(out, 0);
	buffer_add_u32(out, (uint32_t)talk->ppid);
	buffer_add(out, user->octets, user->length);
	for (; length % 4; length++)
		buffer_add_u8(out, 0);
}

static struct line *say_sctp(const struct talk *talk)
{
	bool hnb = talk->port == 29169;
	struct buffer user = { 0 }, out = { 0 };
	struct line *line = talk->line->next;

	for (; is_below(line); line = line->next)
		if (strncmp(line->text, "--", 2) != 0)
			add_hexadecimal(&user, line->text);
	buffer_add_u16(&out, (uint16_t)(talk->device ? 40000 : talk->port));
	buffer_add_u16(&out, (uint16_t)(talk->device ? talk->port : 40000));
	buffer_add_u32(&out, 1);
	buffer_add_u32(&out, 0);
	add_chunk(talk, &user, &out);
	send_ip(talk, talk->inner ? talk->inner : hnb ? "hnb-gw" : "mme", SCTP_PROTOCOL, &out);
	buffer_free(&user);
	buffer_free(&out);
	return line;
}

static struct line *say_udp(const struct talk *talk)
{
	struct buffer out = { 0 };

	add_hexadecimal(&out, talk->what);
	send_udp(talk, "dns", 53, &out);
	buffer_free(&out);
	return talk->line->next;
}

/* --- words --- */

static void read_word(struct talk *talk, const char *word)
{
	const struct {
		const char *name;
		bool *truth;
	} truths[] = {
		{ "answer", &talk->answer }, { "again", &talk->again }, { "nat", &talk->nat },
		{ "spoilt", &talk->spoilt }, { "foreign", &talk->foreign },
		{ "clear", &talk->clear },
	};
	const struct {
		const char *name;
		unsigned long *number;
	} numbers[] = {
		{ "id=", &talk->id }, { "port=", &talk->port }, { "ppid=", &talk->ppid },
		{ "stream=", &talk->stream }, { "tsn=", &talk->tsn },
		{ "version=", &talk->version }, { "cut=", &talk->cut },
	};

	for (size_t i = 0; i < sizeof(truths) / sizeof(*truths); i++)
		*truths[i].truth |= strcmp(truths[i].name, word) == 0;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (strncmp(numbers[i].name, word, strlen(numbers[i].name)) == 0)
			*numbers[i].number = strtoul(word + strlen(numbers[i].name), NULL, 10);
	if (strncmp(word, "inner=", 6) == 0 || strncmp(word, "to=", 3) == 0)
		talk->inner = strchr(word, '=') + 1;
	if (strncmp(word, "initiator=", 10) == 0)
		talk->initiator = strtoull(word + 10, NULL, 16);
}

static void write_table(const char *folder, const char *name, const char *row)
{
	char *path = memory_format("%s/%s", folder, name);
	FILE *file = fopen(path, "w");

	if (file) {
		fputs(row, file);
		fclose(file);
	}
	free(path);
}

static void write_keys(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = memory_format("%.*swireshark", slash ? (int)(slash - path) + 1 : 0, path);

	if (mkdir(folder, 0777) == 0 || errno == EEXIST) {
		write_table(folder, "ikev2_decryption_table", ike_row);
		write_table(folder, "esp_sa", esp_row);
	}
	errno = 0;
	free(folder);
}

bool talk_network(struct line **at, const char *path, talk_packet packet, void *context)
{
	struct line *line = *at;
	struct talk talk = { .line = line, .packet = packet, .context = context, .port = 36412,
			     .ppid = 18, .tsn = 1, .initiator = SPI_I };
	char *text, *word;

	if (!is(line->text, "@ike") && !is(line->text, "@esp") && !is(line->text, "@sctp") &&
	    !is(line->text, "@udp"))
		return false;
	text = memory_text(line->text);
	strtok(text, " ");
	talk.who = strtok(NULL, " ");
	talk.device = talk.who && strcmp(talk.who, "device") == 0;
	talk.what = is(text, "@esp") ? "" : strtok(NULL, " ");
	talk.what = talk.what ? talk.what : "";
	while ((word = strtok(NULL, " ")))
		read_word(&talk, word);
	write_keys(path);
	if (is(line->text, "@ike"))
		*at = say_ike(&talk);
	else if (is(line->text, "@esp"))
		*at = say_esp(&talk);
	else if (is(line->text, "@sctp"))
		*at = say_sctp(&talk);
	else
		*at = say_udp(&talk);
	free(text);
	return true;
}
