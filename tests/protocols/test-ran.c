/* S1AP and HNBAP: samples that an independent coder of the standards' modules made or read, written
 * and read by us; messages cut, bent and out of order. */
#include <stdlib.h>
#include <string.h>

#include "protocols/hnbap.h"
#include "protocols/ran-pdu.h"
#include "protocols/s1ap.h"
#include "protocols/xml.h"
#include "tests/suite.h"

struct sample {
	const char *hex;
	const char *name; /* of the message */
	bool s1ap;
};

static const struct sample samples[] = {
	{ "0011002d000004003b00090000f1104054f64010003c400903004a4c542d36323100400007000c0e4000f1"
	  "100089400100",
	  "S1SetupRequest", true },
	{ "0011002f000004003b00090000f110400abcdef0003c400b040048654e422d303030310040000700000040"
	  "00f1100089400140",
	  "S1SetupRequest", true },
	{ "00110039000005003b00090000f110400abcdef0003c400b040048654e422d303030310040000700000040"
	  "00f1100089400140008000060000002468a0",
	  "S1SetupRequest", true },
	{ "0011002e000004003b00080000f1100054f640003c400b040048654e422d30303031004000070000004000"
	  "f1100089400140",
	  "S1SetupRequest", true },
	{ "20110021000003003d400601806d6d65310069000b000000f11000008000000100574001ff",
	  "S1SetupResponse", true },
	{ "401100080000010002400145",
	  "S1SetupFailure", true },
	{ "4011000d00000200024001400041400130",
	  "S1SetupFailure", true },
	{ "00010057000007000300150480313030303542392d303031303934323035304000080017500000000000f0"
	  "000000000000000011000500c0a800320009000309f199000b000400000000000600024020000700016400"
	  "0a00020001",
	  "HnbRegisterRequest", false },
	{ "20010009000001000e00020000",
	  "HnbRegisterAccept", false },
	{ "00010053400007000300200740313030313132322d484e4230303030303031406578616d706c652e6f7267"
	  "00080001000009000300f110000b0004000000100006000210010007000164000a00020001000000120001"
	  "40",
	  "HnbRegisterRequest", false },
	{ "00010071400008000300200740313030313132322d484e4230303030303031406578616d706c652e6f7267"
	  "00080017600000808000f110000123404049f5988081a1f80000230009000300f110000b00040abcdef000"
	  "06000210010007000164000a00020001000f0004002468a000000012000100",
	  "HnbRegisterRequest", false },
	{ "20010009000001000e00021234",
	  "HnbRegisterAccept", false },
	{ "400100080000010001400102",
	  "HnbRegisterReject", false },
	{ "4001000e000002000140010000100002003c",
	  "HnbRegisterReject", false },
	{ "00024008000001000140010b",
	  "HnbDeRegister", false },
};
#define SAMPLES (sizeof(samples) / sizeof(*samples))

static void octets_of(const char *hex, struct buffer *out)
{
	for (; hex[0] && hex[1]; hex += 2) {
		const char pair[3] = { hex[0], hex[1], '\0' };

		buffer_add_u8(out, (uint8_t)strtoul(pair, NULL, 16));
	}
}

static struct message *decode(bool s1ap, const struct buffer *octets)
{
	return s1ap ? s1ap_message_decode(octets->octets, octets->length)
		    : hnbap_message_decode(octets->octets, octets->length);
}

static struct message *decode_sample(size_t number)
{
	struct buffer octets = { 0 };

	octets_of(samples[number].hex, &octets);
	struct message *message = decode(samples[number].s1ap, &octets);
	buffer_free(&octets);
	return message;
}

static void equals(struct buffer *written, const char *hex)
{
	struct buffer wanted = { 0 };

	octets_of(hex, &wanted);
	ck_assert_uint_eq(written->length, wanted.length);
	ck_assert_mem_eq(written->octets, wanted.octets, wanted.length);
	buffer_free(&wanted);
	buffer_clear(written);
}

static void attribute_is(const xmlNode *parent, const char *child, const char *name,
			 const char *value)
{
	xmlNode *node = child ? xml_child(parent, child) : (xmlNode *)(uintptr_t)parent;

	ck_assert_msg(node != NULL, "no %s", child);
	xmlChar *found = xmlGetNoNsProp(node, (const xmlChar *)name);
	if (value)
		ck_assert_str_eq((const char *)found, value);
	else
		ck_assert_ptr_null(found);
	xmlFree(found);
}

/* path: "CSG-IdList/CSG-IdList-Item/cSG-Id" */
static void text_is(const xmlNode *parent, const char *path, const char *value)
{
	const char *name = path;
	char part[64];

	for (const char *slash; (slash = strchr(name, '/')) != NULL; name = slash + 1) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - name), name);
		parent = xml_child(parent, part);
		ck_assert_msg(parent != NULL, "no %s in %s", part, path);
	}
	char *text = xml_child_text(parent, name);

	ck_assert_msg(text != NULL, "no %s", path);
	ck_assert_str_eq(text, value);
	free(text);
}

START_TEST(samples_are_read)
{
	struct message *message = decode_sample((size_t)_i);

	ck_assert_str_eq(message->name, samples[_i].name);
	attribute_is(message->body, NULL, "missing", NULL);
	attribute_is(message->body, NULL, "misplaced", NULL);
	attribute_is(message->body, NULL, "wrong-criticality", NULL);
	ck_assert_ptr_null(xml_child(message->body, "Unknown"));
	message_free(message);
}
END_TEST

START_TEST(a_home_enb)
{
	struct message *message = decode_sample(2);

	text_is(message->body, "Global-ENB-ID/pLMNidentity", "00101");
	text_is(message->body, "Global-ENB-ID/eNB-ID/homeENB-ID", "11259375");
	text_is(message->body, "SupportedTAs/SupportedTAs-Item/tAC", "1");
	text_is(message->body, "SupportedTAs/SupportedTAs-Item/broadcastPLMNs/PLMNidentity",
		"00101");
	text_is(message->body, "eNBname", "HeNB-0001");
	text_is(message->body, "DefaultPagingDRX", "v128");
	text_is(message->body, "CSG-IdList/CSG-IdList-Item/cSG-Id", "74565");
	message_free(message);
	message = decode_sample(3);
	text_is(message->body, "Global-ENB-ID/eNB-ID/macroENB-ID", "348004");
	message_free(message);
}
END_TEST

START_TEST(answers_of_the_mme)
{
	struct message *message = decode_sample(4);

	text_is(message->body, "MMEname", "mme1");
	text_is(message->body, "ServedGUMMEIs/ServedGUMMEIsItem/servedGroupIDs/MME-Group-ID",
		"32768");
	text_is(message->body, "ServedGUMMEIs/ServedGUMMEIsItem/servedMMECs/MME-Code", "1");
	text_is(message->body, "RelativeMMECapacity", "255");
	message_free(message);
	message = decode_sample(5);
	attribute_is(message->body, "Cause", "group", "misc");
	attribute_is(message->body, "Cause", "value", "unknown-PLMN");
	message_free(message);
	message = decode_sample(6);
	attribute_is(message->body, "Cause", "value", "control-processing-overload");
	attribute_is(message->body, "TimeToWait", "seconds", "10");
	message_free(message);
}
END_TEST

START_TEST(an_hnb)
{
	struct message *message = decode_sample(10);
	const xmlNode *location = xml_child(message->body, "HNB-Location-Information");

	text_is(message->body, "HNB-Identity", "1001122-HNB0000001@example.org");
	text_is(message->body, "PLMNidentity", "00101");
	text_is(message->body, "CellIdentity", "11259375");
	text_is(message->body, "LAC", "4097");
	text_is(message->body, "RAC", "100");
	text_is(message->body, "SAC", "1");
	text_is(message->body, "CSG-ID", "74565");
	text_is(message->body, "HNB-Cell-Access-Mode", "closed");
	text_is(location, "macroCoverageInfo/uTRANCellID/pLMNidentity", "00101");
	text_is(location, "geographicalCoordinates/latitude", "4847000");
	text_is(location, "geographicalCoordinates/longitude", "107000");
	text_is(location, "geographicalCoordinates/altitude", "35");
	message_free(message);
	message = decode_sample(7);
	text_is(message->body, "HNB-Location-Information/HNB-Internet-Information",
		"192.168.0.50");
	message_free(message);
	message = decode_sample(13);
	attribute_is(message->body, "Cause", "value", "overload");
	attribute_is(message->body, "BackoffTimer", "seconds", "60");
	message_free(message);
}
END_TEST

static const char *const plmns[] = { "00101" };
static const struct s1ap_tracking_area area = { .code = 1, .plmns = plmns, .plmn_count = 1 };

START_TEST(s1ap_is_written)
{
	const uint32_t csg = 0x12345;
	struct s1ap_setup_request request = {
		.plmn = "00101", .id_type = S1AP_HOME_ENB_ID, .id = 0xabcdef, .name = "HeNB-0001",
		.areas = &area, .area_count = 1, .paging_drx = 128,
	};
	const struct s1ap_setup_response response = { .name = "mme1", .plmn = "00101",
						      .group = 0x8000, .code = 1,
						      .capacity = 255 };
	struct buffer out = { 0 };

	s1ap_write_setup_request(&request, &out);
	equals(&out, samples[1].hex);
	request.csg_ids = &csg;
	request.csg_count = 1;
	s1ap_write_setup_request(&request, &out);
	equals(&out, samples[2].hex);
	request.csg_count = 0;
	request.id_type = S1AP_MACRO_ENB_ID;
	request.id = 0x54f64;
	s1ap_write_setup_request(&request, &out);
	equals(&out, samples[3].hex);
	s1ap_write_setup_response(&response, &out);
	equals(&out, samples[4].hex);
	ck_assert(s1ap_write_setup_failure("misc", "unknown-PLMN", 0, &out));
	equals(&out, samples[5].hex);
	ck_assert(s1ap_write_setup_failure("misc", "control-processing-overload", 10, &out));
	equals(&out, samples[6].hex);
	ck_assert(!s1ap_write_setup_failure("misc", "no-such-cause", 0, &out));
	ck_assert(!s1ap_write_setup_failure("misc", "unspecified", 3, &out));
	ck_assert_uint_eq(out.length, 0);
	buffer_free(&out);
}
END_TEST

START_TEST(hnbap_is_written)
{
	struct hnbap_register_request request = {
		.identity = "1001122-HNB0000001@example.org", .plmn = "00101", .cell = 1,
		.lac = 0x1001, .rac = 100, .sac = 1, .access = HNBAP_OPEN,
	};
	struct buffer out = { 0 };
	struct address address;

	hnbap_write_register_request(&request, &out);
	equals(&out, samples[9].hex);
	hnbap_write_register_accept(0x1234, &out);
	equals(&out, samples[11].hex);
	ck_assert(hnbap_write_register_reject("radioNetwork", "unauthorised-HNB", -1, &out));
	equals(&out, samples[12].hex);
	ck_assert(hnbap_write_register_reject("radioNetwork", "overload", 60, &out));
	equals(&out, samples[13].hex);
	ck_assert(hnbap_write_de_register("radioNetwork", "normal", -1, &out));
	equals(&out, samples[14].hex);
	ck_assert(!hnbap_write_register_reject("radioNetwork", "overload", 3601, &out));

	request.has_macro = true;
	request.macro.plmn = "262001";
	request.macro.lac = 7;
	request.macro.rac = 8;
	request.macro.cell = 0xfffffff;
	ck_assert_int_eq(address_parse("2001:db8::7", &address), 0);
	request.internet_address = &address;
	hnbap_write_register_request(&request, &out);
	struct message *message = decode(false, &out);
	const xmlNode *location = xml_child(message->body, "HNB-Location-Information");
	text_is(location, "macroCoverageInfo/uTRANCellID/pLMNidentity", "262001");
	text_is(location, "macroCoverageInfo/uTRANCellID/uTRANcellID", "268435455");
	text_is(location, "HNB-Internet-Information", "2001:db8::7");
	message_free(message);
	buffer_free(&out);
}
END_TEST

/* A device that leaves out, repeats and misplaces, or has the wrong criticality. */
START_TEST(wrong_elements_are_named)
{
	struct s1ap_setup_request request = { .plmn = "00101", .id_type = S1AP_HOME_ENB_ID };
	struct ran_writer writer = { .count = 0 };
	struct buffer out = { 0 };

	s1ap_write_setup_request(&request, &out);
	struct message *message = decode(true, &out);
	attribute_is(message->body, NULL, "missing", "SupportedTAs DefaultPagingDRX");
	message_free(message);
	buffer_clear(&out);

	struct per_writer field = ran_field(&writer, 137, RAN_REJECT);
	per_write_bits(&field, 0, 3);
	field = ran_field(&writer, 137, RAN_IGNORE);
	per_write_bits(&field, 0, 3);
	field = ran_field(&writer, 999, RAN_NOTIFY);
	per_write_octets(&field, "?", 1);
	field = ran_field(&writer, 60, RAN_IGNORE);
	per_write_bits(&field, 0, 9);
	per_write_octets(&field, "A", 1);
	ran_finish(&writer, RAN_S1AP, RAN_INITIATING, 17, RAN_REJECT, &out);
	message = decode(true, &out);
	ck_assert_str_eq(message->name, "S1SetupRequest");
	attribute_is(message->body, NULL, "missing", "Global-ENB-ID SupportedTAs");
	attribute_is(message->body, NULL, "repeated", "DefaultPagingDRX");
	attribute_is(message->body, NULL, "misplaced", "eNBname");
	attribute_is(message->body, NULL, "wrong-criticality", "DefaultPagingDRX");
	attribute_is(message->body, "Unknown", "id", "999");
	text_is(message->body, "eNBname", "A");
	message_free(message);
	buffer_free(&out);
}
END_TEST

START_TEST(other_procedures)
{
	struct buffer out = { 0 };

	octets_of("00090003000000", &out); /* an initial UE message or whatever has the number 9 */
	struct message *message = decode(true, &out);
	ck_assert_str_eq(message->name, "S1apOther");
	attribute_is(message->body, NULL, "procedure", "9");
	message_free(message);
	message = decode(false, &out);
	ck_assert_str_eq(message->name, "HnbapOther");
	message_free(message);
	buffer_free(&out);
}
END_TEST

/* What cannot be a message is told so, and nothing else happens. */
START_TEST(cut_and_bent)
{
	struct buffer whole = { 0 };

	octets_of(samples[_i].hex, &whole);
	for (size_t length = 0; length < whole.length; length++) {
		struct buffer part = { .octets = whole.octets, .length = length };
		struct message *message = decode(samples[_i].s1ap, &part);

		ck_assert_str_eq(message->name, samples[_i].s1ap ? "S1apMalformed"
								 : "HnbapMalformed");
		message_free(message);
	}
	for (size_t bit = 0; bit < 8 * whole.length; bit++) {
		whole.octets[bit / 8] = (uint8_t)(whole.octets[bit / 8] ^ 1U << bit % 8);
		message_free(decode(samples[_i].s1ap, &whole));
		whole.octets[bit / 8] = (uint8_t)(whole.octets[bit / 8] ^ 1U << bit % 8);
	}
	buffer_add_u8(&whole, 0);
	struct message *message = decode(samples[_i].s1ap, &whole);
	ck_assert_msg(strstr(message->name, "Malformed") != NULL, "%s", message->name);
	message_free(message);
	buffer_free(&whole);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ran");
	TCase *tests = tcase_create("ran");

	tcase_add_loop_test(tests, samples_are_read, 0, SAMPLES);
	tcase_add_test(tests, a_home_enb);
	tcase_add_test(tests, answers_of_the_mme);
	tcase_add_test(tests, an_hnb);
	tcase_add_test(tests, s1ap_is_written);
	tcase_add_test(tests, hnbap_is_written);
	tcase_add_test(tests, wrong_elements_are_named);
	tcase_add_test(tests, other_procedures);
	tcase_add_loop_test(tests, cut_and_bent, 0, SAMPLES);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
