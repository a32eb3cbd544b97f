/* ran-messages: writes messages of S1AP and HNBAP, one a line: NAME PORT PPID HEXADECIMAL, for a
 * decoder that is not ours to read. */
#include <stdio.h>

#include "protocols/hnbap.h"
#include "protocols/s1ap.h"

static void print(const char *name, int port, int ppid, struct buffer *out)
{
	printf("%s %d %d ", name, port, ppid);
	for (size_t i = 0; i < out->length; i++)
		printf("%02x", out->octets[i]);
	putchar('\n');
	buffer_free(out);
}

static void s1ap(void)
{
	static const char *const plmns[] = { "00101", "310410", "262099" };
	const struct s1ap_tracking_area areas[] = { { 0x3039, plmns, 1 }, { 0xfffe, plmns, 3 } };
	const uint32_t csgs[] = { 0, 0x7ffffff };
	struct s1ap_setup_request request = {
		.plmn = "310410", .id_type = S1AP_HOME_ENB_ID, .id = 0xfedcba9, .name = "HeNB 7",
		.areas = areas, .area_count = 2, .paging_drx = 256,
		.csg_ids = csgs, .csg_count = 2,
	};
	const struct s1ap_setup_response response = { .plmn = "00101", .group = 4660, .code = 86,
						      .capacity = 7 };
	struct buffer out = { 0 };

	s1ap_write_setup_request(&request, &out);
	print("home", S1AP_PORT, S1AP_PPID, &out);
	request.id_type = S1AP_MACRO_ENB_ID;
	request.id = 0xabcde;
	request.area_count = 1;
	s1ap_write_setup_request(&request, &out);
	print("macro", S1AP_PORT, S1AP_PPID, &out);
	s1ap_write_setup_response(&response, &out);
	print("response", S1AP_PORT, S1AP_PPID, &out);
	s1ap_write_setup_failure("protocol", "semantic-error", 60, &out);
	print("failure", S1AP_PORT, S1AP_PPID, &out);
}

static void hnbap(void)
{
	struct address address;
	struct hnbap_register_request request = {
		.identity = "1001122-HNB42@lab.example", .plmn = "262099", .cell = 0xfedcba9,
		.lac = 0xfffe, .rac = 255, .sac = 77, .has_csg = true, .csg = 0x7654321,
		.access = HNBAP_HYBRID, .has_macro = true,
		.macro = { .plmn = "310410", .lac = 9, .rac = 8, .cell = 7 },
		.internet_address = &address,
	};
	struct buffer out = { 0 };

	address_parse("192.0.2.77", &address);
	hnbap_write_register_request(&request, &out);
	print("register", HNBAP_PORT, HNBAP_PPID, &out);
	hnbap_write_register_accept(65535, &out);
	print("accept", HNBAP_PORT, HNBAP_PPID, &out);
	hnbap_write_register_reject("radioNetwork", "overload", 3600, &out);
	print("reject", HNBAP_PORT, HNBAP_PPID, &out);
	hnbap_write_de_register("misc", "o-and-m-intervention", -1, &out);
	print("de-register", HNBAP_PORT, HNBAP_PPID, &out);
}

int main(void)
{
	s1ap();
	hnbap();
	return 0;
}
