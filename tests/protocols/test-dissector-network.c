/* What the dissector reads beside TCP and DNS: IKE, ESP, and S1AP and HNBAP in SCTP. */
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/dissector.h"
#include "protocols/ipsec-key-rows.h"
#include "protocols/packet-write.h"
#include "protocols/sctp-read.h"
#include "protocols/xml.h"
#include "tests/protocols/ikev2-parts.h"
#include "tests/protocols/ikev2-wire.h"
#include "tests/suite.h"

#define MOST 64

struct seen {
	struct dissector *dissector;
	struct message *list[MOST];
	size_t count;
	int64_t time;
	uint64_t packet;
	bool with_keys;
	struct buffer rows; /* of keys, each ended by NUL */
	struct buffer inner;
	size_t inner_count;
};

static struct seen seen;
static struct wire wire;

static void sink(void *context, struct message *message)
{
	(void)context;
	ck_assert_uint_lt(seen.count, MOST);
	seen.list[seen.count++] = message;
}

static void inner(void *context, int64_t time, uint64_t packet, const void *octets, size_t length)
{
	(void)context;
	(void)time;
	(void)packet;
	buffer_clear(&seen.inner);
	buffer_add(&seen.inner, octets, length);
	seen.inner_count++;
}

static void show(void *context, const struct address *source, const struct address *destination,
		 struct octets datagram)
{
	(void)context;
	dissector_datagram(seen.dissector, source, destination, seen.time += 1000, ++seen.packet,
			   datagram.at, datagram.length);
}

static void key(void *context, const char *row)
{
	struct problem problem = { "" };

	(void)context;
	if (seen.with_keys)
		ck_assert_msg(dissector_key(seen.dissector, row, &problem) == 0, "%s: %s",
			      problem.text, row);
	buffer_add(&seen.rows, row, strlen(row) + 1);
}

static void set_up(void)
{
	memset(&seen, 0, sizeof(seen));
	seen.with_keys = true;
	seen.time = WIRE_START;
	seen.dissector = dissector_new(sink, NULL);
	dissector_set_inner(seen.dissector, inner, NULL);
	wire_init(&wire);
	wire.show = show;
	wire.key = key;
}

static void forget_messages(void)
{
	for (size_t i = 0; i < seen.count; i++)
		message_free(seen.list[i]);
	seen.count = 0;
}

static void tear_down(void)
{
	forget_messages();
	dissector_free(seen.dissector);
	buffer_free(&seen.rows);
	buffer_free(&seen.inner);
}

static void names_are(const char *names)
{
	struct buffer list = { 0 };

	for (size_t i = 0; i < seen.count; i++)
		buffer_format(&list, "%s%s", i ? " " : "", seen.list[i]->name);
	ck_assert_str_eq(buffer_text(&list), names);
	buffer_free(&list);
}

/* path: an attribute of the body ("exchange"), or FACET/ATTRIBUTE. */
static char *said(size_t index, const char *path)
{
	const struct message *message = seen.list[index];
	const char *slash = strchr(path, '/');
	char facet[32];

	if (!slash)
		return xml_attribute(message->body, path);
	snprintf(facet, sizeof(facet), "%.*s", (int)(slash - path), path);
	return xml_attribute(xml_child(xmlDocGetRootElement(message->document), facet), slash + 1);
}

static void says(size_t index, const char *path, const char *value)
{
	char *text;

	ck_assert_uint_lt(index, seen.count);
	text = said(index, path);
	if (value)
		ck_assert_msg(text && strcmp(text, value) == 0, "%s of %s is %s, not %s", path,
			      seen.list[index]->name, text ? text : "missing", value);
	else
		ck_assert_msg(!text, "%s of %s is %s", path, seen.list[index]->name, text);
	free(text);
}

#define TUNNEL "IkeSaInit IkeSaInitResponse IkeAuth IkeAuthResponse"

START_TEST(a_tunnel_is_told)
{
	wire_start(&wire);
	wire_connect(&wire);
	names_are(TUNNEL);
	says(0, "encryption", "none");
	says(0, "ike/next-id", "0");
	says(0, "ike/nat", "none");
	says(1, "ike/request-packet", "1");
	says(2, "encryption", "opened");
	says(2, "ike/next-id", "1");
	says(2, "ike/progress", "half-open");
	says(3, "ike/progress", "established");
	says(3, "ike/tries", "1");
	ck_assert_ptr_nonnull(xml_child(seen.list[2]->body, "IDi"));
	ck_assert_ptr_nonnull(xml_child(seen.list[3]->body, "CP"));
	ck_assert_str_eq(seen.list[0]->protocol, "ike");
	ck_assert_uint_eq(seen.list[3]->last_packet, 4);
	wire_end(&wire);
}
END_TEST

START_TEST(without_keys_it_is_closed)
{
	seen.with_keys = false;
	wire_start(&wire);
	wire_connect(&wire);
	names_are("IkeSaInit IkeSaInitResponse IkeEncrypted IkeEncrypted");
	says(2, "encryption", "closed");
	says(2, "exchange", "IKE_AUTH");
	says(3, "ike/progress", "hidden");
	wire_end(&wire);
}
END_TEST

START_TEST(what_comes_twice_is_told_once)
{
	wire.twice = true;
	wire_start(&wire);
	wire_connect(&wire);
	names_are(TUNNEL);
	wire_end(&wire);
}
END_TEST

START_TEST(fragments_are_one_message)
{
	wire.a.settings.fragment_size = wire.b.settings.fragment_size = 150;
	wire_start(&wire);
	wire_connect(&wire);
	names_are(TUNNEL);
	char *fragments = said(2, "fragments");
	ck_assert_ptr_nonnull(fragments);
	ck_assert_int_gt(atoi(fragments), 1);
	ck_assert_uint_eq(seen.list[2]->last_packet - seen.list[2]->first_packet + 1,
			  (unsigned)atoi(fragments));
	says(2, "ike/next-id", "1");
	free(fragments);
	wire_end(&wire);
}
END_TEST

START_TEST(a_cookie_makes_it_a_repeat)
{
	wire.b.settings.always_cookie = true;
	wire_start(&wire);
	wire_connect(&wire);
	names_are("IkeSaInit IkeSaInitResponse " TUNNEL);
	ck_assert(!seen.list[0]->repeat && seen.list[2]->repeat && !seen.list[4]->repeat);
	says(1, "ike/asks-again", "true");
	says(2, "ike/next-id", "0");
	says(4, "ike/next-id", "1");
	wire_end(&wire);
}
END_TEST

START_TEST(a_nat_is_seen)
{
	wire.nat = true;
	wire_start(&wire);
	wire_connect(&wire);
	names_are(TUNNEL);
	says(0, "ike/nat", "source");
	says(0, "ike/encapsulated", "false");
	says(2, "ike/encapsulated", "true");
	wire_end(&wire);
}
END_TEST

START_TEST(a_refusal_is_told)
{
	wire.b.settings.refuse_auth = IKEV2_AUTHENTICATION_FAILED;
	wire_start(&wire);
	wire_connect(&wire);
	ck_assert_uint_ge(seen.count, 4);
	says(3, "ike/progress", "refused");
	wire_end(&wire);
}
END_TEST

START_TEST(a_changed_repeat_is_told)
{
	uint8_t datagram[IKEV2_HEADER + 40] = { 0 };
	struct ikev2_writer writer = { 0 };
	struct ikev2_header header = { .initiator_spi = 7, .version = IKEV2_VERSION,
				       .exchange = IKEV2_SA_INIT,
				       .flags = IKEV2_FLAG_INITIATOR };

	for (uint8_t i = 0; i < 2; i++) {
		struct buffer out = { 0 };

		datagram[0] = i;
		ikev2_octets_write(&writer, IKEV2_NONCE, octets_of(datagram, 32));
		ikev2_encode(&header, &writer, &out);
		ikev2_writer_free(&writer);
		memset(&writer, 0, sizeof(writer));
		wire.b.address.port = IKEV2_PORT;
		show(NULL, &wire.a.address, &wire.b.address,
		     octets_of(out.octets, out.length));
		buffer_free(&out);
	}
	names_are("IkeSaInit IkeSaInit");
	says(0, "ike/again", NULL);
	says(1, "ike/again", "altered");
	show(NULL, &wire.a.address, &wire.b.address, octets_of("none", 4));
	ck_assert_str_eq(seen.list[2]->name, "IkeMalformed");
}
END_TEST

START_TEST(rekeyings_and_deletions)
{
	wire_start(&wire);
	wire_connect(&wire);
	ikev2_rekey_child(wire.a.sa, wire.a.child.spi_in, wire.now);
	wire_run(&wire);
	ikev2_rekey(wire.b.sa, wire.now);
	wire_run(&wire);
	ikev2_probe(wire.b.sa, wire.now);
	wire_run(&wire);
	ikev2_delete_sa(wire.a.sa, wire.now);
	wire_run(&wire);
	names_are(TUNNEL " CreateChildSa CreateChildSaResponse IkeInformational"
			 " IkeInformationalResponse CreateChildSa CreateChildSaResponse"
			 " IkeInformational IkeInformationalResponse"
			 " IkeInformational IkeInformationalResponse"
			 " IkeInformational IkeInformationalResponse");
	says(6, "ike/replaced", NULL);
	says(10, "ike/replaced", "true");
	says(12, "ike/replaced", NULL);
	says(12, "from-initiator", "true"); /* the gateway has rekeyed the IKE SA */
	says(12, "ike/from-client", "false");
	says(13, "ike/from-client", "true");
	says(12, "ike/progress", "established");
	says(14, "ike/progress", "deleted");
	wire_end(&wire);
}
END_TEST

/* --- ESP --- */

static void send_esp(bool encapsulated, const char *inner_source, size_t flip)
{
	const struct ikev2_child *child = &wire.a.child;
	struct ipsec_cipher *cipher = ipsec_cipher_new(
		child->suite.encryption, child->suite.integrity,
		octets_of(child->key_out, ikev2_encryption_octets(&child->suite)),
		octets_of(child->integrity_out, ikev2_integrity_octets(&child->suite)));
	static uint64_t sequence;
	struct esp_sa *sa = esp_sa_new(child->spi_out, child->suite.esn, cipher);
	struct address source = { .family = 0 }, destination, from = wire.a.address,
		       to = wire.b.address;
	struct buffer packet = { 0 }, out = { 0 };

	address_parse(inner_source, &source);
	address_parse("10.99.0.20", &destination);
	source.port = 4000;
	destination.port = 53;
	packet_write_udp(&packet, &source, &destination, "hello", 5);
	esp_sa_set_sequence(sa, ++sequence);
	ck_assert_int_eq(esp_encapsulate(sa, octets_of(packet.octets, packet.length), &out, NULL),
			 0);
	if (flip)
		out.octets[flip] ^= 1;
	from.port = to.port = 0;
	if (encapsulated) {
		from.port = to.port = IKEV2_NAT_PORT;
		show(NULL, &from, &to, octets_of(out.octets, out.length));
	} else {
		dissector_packet(seen.dissector, &from, &to, ESP_PROTOCOL, seen.time += 2000000,
				 ++seen.packet, out.octets, out.length);
	}
	buffer_free(&packet);
	buffer_free(&out);
	esp_sa_free(sa);
}

static const char *const esp_suites[] = { "aes128-sha256", "aes256gcm16", "aes128gcm16-esn",
					  "null-sha1", "aes128-sha512-esn" };

START_TEST(esp_is_opened)
{
	wire_offer(&wire.a, "aes128-sha256-ecp256", esp_suites[_i]);
	wire_offer(&wire.b, "aes128-sha256-ecp256", esp_suites[_i]);
	wire_start(&wire);
	wire_connect(&wire);
	forget_messages();
	send_esp(false, "10.99.1.7", 0);
	names_are("EspPacket");
	says(0, "encryption", "opened");
	says(0, "sa", "established");
	says(0, "from-client", "true");
	says(0, "encapsulated", "false");
	says(0, "inner-source", "10.99.1.7");
	says(0, "inner-source-is", "assigned");
	says(0, "inner-destination", "10.99.0.20");
	says(0, "inner-destination-port", "53");
	ck_assert_uint_eq(seen.inner_count, 1);
	send_esp(true, "10.99.1.8", 0);
	send_esp(false, "10.99.1.8", 0);
	ck_assert_uint_eq(seen.inner_count, 3);
	says(seen.count - 1, "inner-source-is", "other");
	send_esp(false, "10.99.1.7", 30);
	says(seen.count - 1, "encryption", "wrong");
	ck_assert_uint_eq(seen.inner_count, 3);
	wire_end(&wire);
}
END_TEST

START_TEST(esp_without_keys)
{
	seen.with_keys = false;
	wire_start(&wire);
	wire_connect(&wire);
	forget_messages();
	send_esp(true, "10.99.1.7", 0);
	names_are("EspPacket");
	says(0, "encryption", "closed");
	says(0, "sa", "hidden");
	says(0, "encapsulated", "true");
	show(NULL, &seen.list[0]->source, &seen.list[0]->destination, octets_of("\xff", 1));
	ck_assert_str_eq(seen.list[1]->name, "NatKeepalive");
	ck_assert_uint_eq(seen.inner_count, 0);
	wire_end(&wire);
}
END_TEST

START_TEST(a_key_row_with_a_mistake)
{
	static const char *const rows[] = {
		"", "a,b,c", "\"IPv4\",\"192.0.2.1\"", "\"",
		"0011223344556677,8899aabbccddeeff,00,00,\"AES-CBC-128 [RFC3602]\",00,00,"
		"\"HMAC_SHA1_96 [RFC2404]\"",
		"0011223344556677,8899aabbccddeeff,zz,00,\"NULL\",00,00,\"NONE\"",
		"\"IPv4\",\"nowhere\",\"*\",\"0x00000001\",\"NULL\",\"\",\"NULL\",\"\"",
		"\"IPv4\",\"*\",\"*\",\"0x0000000100000001\",\"NULL\",\"\",\"NULL\",\"\"",
		"\"IPv4\",\"*\",\"*\",\"0x00000001\",\"ROT13\",\"\",\"NULL\",\"\"",
	};
	struct problem problem = { "" };

	ck_assert_int_eq(dissector_key(seen.dissector, rows[_i], &problem), -1);
	ck_assert_str_ne(problem.text, "");
}
END_TEST

/* --- SCTP --- */

static struct address end_of(const char *text)
{
	struct address address = { .family = 0 };

	address_parse(text, &address);
	return address;
}

struct chunk {
	uint8_t type, flags;
	const char *body; /* hexadecimal */
};

static void send_sctp(bool from_client, uint16_t port, const struct chunk *chunks, size_t count)
{
	const struct address client = end_of("10.99.1.7"), server = end_of("10.99.0.51");
	struct buffer out = { 0 };

	buffer_add_u16(&out, from_client ? 40000 : port);
	buffer_add_u16(&out, from_client ? port : 40000);
	buffer_add_u32(&out, 1);
	buffer_add_u32(&out, 0);
	for (size_t i = 0; i < count; i++) {
		struct octets body = octets_from_text(chunks[i].body);

		buffer_add_u8(&out, chunks[i].type);
		buffer_add_u8(&out, chunks[i].flags);
		buffer_add_u16(&out, (uint16_t)(4 + body.length));
		buffer_add(&out, body.at, body.length);
		for (size_t pad = body.length; pad % 4; pad++)
			buffer_add_u8(&out, 0);
		free((void *)(uintptr_t)body.at);
	}
	uint32_t checksum = sctp_checksum(octets_of(out.octets, out.length));
	for (int i = 0; i < 4; i++)
		out.octets[8 + i] = (uint8_t)(checksum >> (24 - 8 * i));
	dissector_packet(seen.dissector, from_client ? &client : &server,
			 from_client ? &server : &client, SCTP_PROTOCOL, seen.time += 1000000,
			 ++seen.packet, out.octets, out.length);
	buffer_free(&out);
}

#define INIT { SCTP_INIT, 0, "00000001000100000002000200000005" }
#define TSN(number) "000000" number
#define S1 "00000012" /* payload protocol 18 */
#define SETUP                                                                                      \
	"0011002f000004003b00090000f110400abcdef0003c400b040048654e422d3030303100400007000000"     \
	"4000f1100089400140"
#define FAILURE "4011000d00000200024001400041400130"

START_TEST(s1_setup_is_told)
{
	const struct chunk init = INIT;
	const struct chunk setup = { SCTP_DATA, 3, TSN("05") "0000" "0000" S1 SETUP };
	const struct chunk failure = { SCTP_DATA, 3, TSN("09") "0001" "0000" S1 FAILURE };
	const struct chunk again = { SCTP_DATA, 3, TSN("06") "0000" "0001" S1 SETUP };

	send_sctp(true, 36412, &init, 1);
	send_sctp(true, 36412, &setup, 1);
	send_sctp(true, 36412, &setup, 1); /* sent again */
	send_sctp(false, 36412, &failure, 1);
	send_sctp(true, 36412, &again, 1);
	names_are("SctpInit S1SetupRequest S1SetupFailure S1SetupRequest");
	says(1, "sctp/ppid", "18");
	says(1, "sctp/stream", "0");
	says(1, "sctp/port", "36412");
	says(1, "sctp/first", "true");
	says(1, "sctp/checksum", "right");
	says(1, "sctp/waited", NULL);
	says(2, "sctp/stream", "1");
	says(3, "sctp/first", "false");
	says(3, "sctp/waited", "1.0");
	says(3, "sctp/wait-least", "10");
	char *id = NULL;
	const xmlNode *node = xml_child(seen.list[1]->body, "Global-ENB-ID");
	id = xml_child_text(xml_child(node, "eNB-ID"), "homeENB-ID");
	ck_assert_str_eq(id, "11259375");
	free(id);
}
END_TEST

START_TEST(a_message_in_pieces)
{
	const struct chunk pieces[] = {
		{ SCTP_DATA, 1, TSN("08") "0000" "0000" S1 "4000f1100089400140" },
		{ SCTP_DATA, 2, TSN("06") "0000" "0000" S1 "0011002f000004003b00090000f110400a" },
		{ SCTP_DATA, 0, TSN("07") "0000" "0000" S1
		  "bcdef0003c400b040048654e422d30303031004000070000" "00" },
	};

	send_sctp(true, 36412, &pieces[0], 1);
	send_sctp(true, 36412, &pieces[1], 2);
	names_are("S1SetupRequest");
	says(0, "sctp/first", NULL); /* its association began before */
	ck_assert_uint_eq(seen.list[0]->first_packet, 2);
}
END_TEST

START_TEST(hnbap_and_its_neighbours)
{
	const struct chunk chunks[] = {
		{ SCTP_DATA, 3, TSN("01") "0000" "0000" "00000014"
		  "4001000e000002000140010000100002003c" },
		{ SCTP_DATA, 3, TSN("02") "0000" "0000" "00000013" "00010203" },
		{ SCTP_DATA, 3, TSN("03") "0000" "0000" "00000012" "00024008000001000140010b" },
		{ SCTP_DATA, 3, TSN("04") "0000" "0000" "00000014" "ffff" },
		{ SCTP_ABORT, 0, "000c0004" },
		{ SCTP_SHUTDOWN, 0, "00000001" },
		{ 200, 0, "00" },
	};

	send_sctp(false, 29169, chunks, 7);
	names_are("HnbRegisterReject SctpData HnbDeRegister HnbapMalformed SctpAbort SctpShutdown");
	says(2, "sctp/ppid", "18");
	says(4, "why", "User-Initiated Abort");
	says(4, "sctp/from-client", "false");
}
END_TEST

START_TEST(no_sctp)
{
	static const uint8_t cut[] = { 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 99, 1 };
	const struct address host = end_of("192.0.2.1");

	for (size_t length = 0; length <= sizeof(cut); length++)
		dissector_packet(seen.dissector, &host, &host, SCTP_PROTOCOL, seen.time,
				 ++seen.packet, cut, length);
	ck_assert_uint_eq(seen.count, sizeof(cut)); /* 12 octets alone are an empty packet */
	for (size_t i = 0; i < seen.count; i++)
		ck_assert_str_eq(seen.list[i]->name, "SctpMalformed");
}
END_TEST

START_TEST(the_path_is_told)
{
	const struct chunk init = INIT;
	char *path;

	send_sctp(true, 36412, &init, 1);
	path = xml_attribute(seen.list[0]->body->parent, "path");
	ck_assert_str_eq(path, "outside");
	free(path);
	seen.list[0]->source.place = PLACE_CORE;
	ck_assert(message_is_inside(seen.list[0]));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dissector-network");
	TCase *ike = tcase_create("ike"), *esp = tcase_create("esp"), *sctp = tcase_create("sctp");
	TCase *all[] = { ike, esp, sctp };

	tcase_add_test(ike, a_tunnel_is_told);
	tcase_add_test(ike, without_keys_it_is_closed);
	tcase_add_test(ike, what_comes_twice_is_told_once);
	tcase_add_test(ike, fragments_are_one_message);
	tcase_add_test(ike, a_cookie_makes_it_a_repeat);
	tcase_add_test(ike, a_nat_is_seen);
	tcase_add_test(ike, a_refusal_is_told);
	tcase_add_test(ike, a_changed_repeat_is_told);
	tcase_add_test(ike, rekeyings_and_deletions);
	tcase_add_loop_test(esp, esp_is_opened, 0, 5);
	tcase_add_test(esp, esp_without_keys);
	tcase_add_loop_test(esp, a_key_row_with_a_mistake, 0, 9);
	tcase_add_test(sctp, s1_setup_is_told);
	tcase_add_test(sctp, a_message_in_pieces);
	tcase_add_test(sctp, hnbap_and_its_neighbours);
	tcase_add_test(sctp, no_sctp);
	tcase_add_test(sctp, the_path_is_told);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		tcase_add_checked_fixture(all[i], set_up, tear_down);
		suite_add_tcase(suite, all[i]);
	}
	return suite_run(suite);
}
