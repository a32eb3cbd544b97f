/* Writing HNBAP, also as no device should. */
#include <string.h>

#include "protocols/hnbap-tables.h"
#include "protocols/hnbap.h"
#include "protocols/ran-pdu.h"

static void write_octets(struct per_writer *writer, uint32_t number, size_t size)
{
	uint8_t octets[4];

	for (size_t i = 0; i < size; i++)
		octets[i] = (uint8_t)(number >> (8 * (size - 1 - i)));
	per_write_fixed(writer, octets, size);
}

static void write_identity(struct ran_writer *out, const char *identity)
{
	struct per_writer writer = ran_field(out, HNBAP_HNB_IDENTITY, RAN_REJECT);
	size_t length = strlen(identity);

	if (length > HNBAP_IDENTITY_MOST)
		length = HNBAP_IDENTITY_MOST;
	per_write_bits(&writer, 0, 2);
	per_write_integer(&writer, (int64_t)length, 1, HNBAP_IDENTITY_MOST);
	per_write_octets(&writer, identity, length);
}

static void write_macro_cell(struct per_writer *writer,
			     const struct hnbap_register_request *request)
{
	per_write_bits(writer, 0, 2);        /* the SEQUENCE around it: no iE-Extensions */
	per_write_flag(writer, false);       /* of the CHOICE */
	per_write_integer(writer, 0, 0, 1);  /* a cell of UTRAN */
	per_write_flag(writer, false);       /* no iE-Extensions */
	write_octets(writer, request->macro.lac, 2);
	write_octets(writer, request->macro.rac, 1);
	ran_write_plmn(writer, request->macro.plmn);
	per_write_bit_string(writer, request->macro.cell, HNBAP_CELL_BITS);
}

/* The container of the location with the address on the Internet. */
static void write_internet_address(struct per_writer *writer, const struct address *address)
{
	struct buffer value = { 0 };
	struct per_writer inner = per_write(&value);
	bool four = address->family == 4;

	per_write_bits(&inner, 0, 2);
	per_write_flag(&inner, false);
	per_write_integer(&inner, four ? 0 : 1, 0, 1);
	per_write_fixed(&inner, address->octets, four ? 4 : 16);
	per_write_integer(writer, 1, 1, UINT16_MAX);
	per_write_integer(writer, HNBAP_HNB_INTERNET_INFORMATION, 0, UINT16_MAX);
	per_write_integer(writer, RAN_REJECT, RAN_REJECT, RAN_NOTIFY);
	per_write_length(writer, value.length);
	per_write_octets(writer, value.octets, value.length);
	buffer_free(&value);
}

static void write_location(struct ran_writer *out, const struct hnbap_register_request *request)
{
	struct per_writer writer = ran_field(out, HNBAP_HNB_LOCATION, RAN_REJECT);

	per_write_flag(&writer, false);
	per_write_flag(&writer, request->has_macro);
	per_write_flag(&writer, false);
	per_write_flag(&writer, request->internet_address != NULL);
	if (request->has_macro)
		write_macro_cell(&writer, request);
	if (request->internet_address)
		write_internet_address(&writer, request->internet_address);
}

static void write_places(struct ran_writer *out, const struct hnbap_register_request *request)
{
	struct per_writer writer = ran_field(out, HNBAP_PLMN, RAN_REJECT);

	ran_write_plmn(&writer, request->plmn);
	writer = ran_field(out, HNBAP_CELL_IDENTITY, RAN_REJECT);
	per_write_bit_string(&writer, request->cell, HNBAP_CELL_BITS);
	writer = ran_field(out, HNBAP_LAC, RAN_REJECT);
	write_octets(&writer, request->lac, 2);
	writer = ran_field(out, HNBAP_RAC, RAN_REJECT);
	write_octets(&writer, request->rac, 1);
	writer = ran_field(out, HNBAP_SAC, RAN_REJECT);
	write_octets(&writer, request->sac, 2);
}

void hnbap_write_register_request(const struct hnbap_register_request *request,
				  struct buffer *out)
{
	struct ran_writer writer = { .count = 0 };
	struct per_writer field;

	write_identity(&writer, request->identity);
	write_location(&writer, request);
	write_places(&writer, request);
	if (request->has_csg) {
		field = ran_field(&writer, HNBAP_CSG_ID, RAN_REJECT);
		per_write_bit_string(&field, request->csg, HNBAP_CSG_BITS);
	}
	if (request->access != HNBAP_ACCESS_LEFT_OUT) {
		field = ran_extension(&writer, HNBAP_ACCESS_MODE, RAN_REJECT);
		per_write_flag(&field, false);
		per_write_integer(&field, request->access, 0, HNBAP_ACCESS_COUNT - 1);
	}
	ran_finish(&writer, RAN_HNBAP, RAN_INITIATING, HNBAP_HNB_REGISTER, RAN_REJECT, out);
}

void hnbap_write_register_accept(uint16_t rnc_id, struct buffer *out)
{
	struct ran_writer writer = { .count = 0 };
	struct per_writer field = ran_field(&writer, HNBAP_RNC_ID, RAN_REJECT);

	per_write_integer(&field, rnc_id, 0, UINT16_MAX);
	ran_finish(&writer, RAN_HNBAP, RAN_SUCCESSFUL, HNBAP_HNB_REGISTER, RAN_REJECT, out);
}

static bool write_refusal(struct ran_writer *writer, const char *group, const char *cause,
			  int backoff)
{
	struct per_writer field = ran_field(writer, HNBAP_CAUSE, RAN_IGNORE);

	if (backoff > HNBAP_BACKOFF_MOST || !ran_write_cause(&hnbap_causes, &field, group, cause)) {
		buffer_free(&writer->values);
		return false;
	}
	if (backoff >= 0) {
		field = ran_field(writer, HNBAP_BACKOFF_TIMER, RAN_REJECT);
		per_write_integer(&field, backoff, 0, HNBAP_BACKOFF_MOST);
	}
	return true;
}

bool hnbap_write_register_reject(const char *group, const char *cause, int backoff,
				 struct buffer *out)
{
	struct ran_writer writer = { .count = 0 };

	if (!write_refusal(&writer, group, cause, backoff))
		return false;
	ran_finish(&writer, RAN_HNBAP, RAN_UNSUCCESSFUL, HNBAP_HNB_REGISTER, RAN_REJECT, out);
	return true;
}

bool hnbap_write_de_register(const char *group, const char *cause, int backoff,
			     struct buffer *out)
{
	struct ran_writer writer = { .count = 0 };

	if (!write_refusal(&writer, group, cause, backoff))
		return false;
	ran_finish(&writer, RAN_HNBAP, RAN_INITIATING, HNBAP_HNB_DE_REGISTER, RAN_IGNORE, out);
	return true;
}
