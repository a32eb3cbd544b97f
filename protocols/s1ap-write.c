/* Writing S1 SETUP, also as no device should. */
#include <string.h>

#include "protocols/ran-pdu.h"
#include "protocols/s1ap-tables.h"
#include "protocols/s1ap.h"

/* An extensible SEQUENCE without iE-Extensions. */
static void begin_sequence(struct per_writer *writer)
{
	per_write_bits(writer, 0, 2);
}

static void write_global_enb_id(struct ran_writer *out, const struct s1ap_setup_request *request)
{
	struct per_writer writer = ran_field(out, S1AP_GLOBAL_ENB_ID, RAN_REJECT);

	begin_sequence(&writer);
	ran_write_plmn(&writer, request->plmn);
	per_write_flag(&writer, false);
	per_write_integer(&writer, request->id_type, S1AP_MACRO_ENB_ID, S1AP_HOME_ENB_ID);
	per_write_bit_string(&writer, request->id,
			 request->id_type == S1AP_HOME_ENB_ID ? S1AP_HOME_ENB_BITS
							      : S1AP_MACRO_ENB_BITS);
}

static void write_name(struct ran_writer *out, uint16_t element, const char *name)
{
	size_t length = strlen(name);

	if (length == 0)
		return;
	if (length > S1AP_NAME_MOST)
		length = S1AP_NAME_MOST;
	struct per_writer writer = ran_field(out, element, RAN_IGNORE);
	per_write_flag(&writer, false);
	per_write_integer(&writer, (int64_t)length, 1, S1AP_NAME_MOST);
	per_write_octets(&writer, name, length);
}

static void write_supported_tas(struct ran_writer *out, const struct s1ap_setup_request *request)
{
	struct per_writer writer = ran_field(out, S1AP_SUPPORTED_TAS, RAN_REJECT);

	per_write_integer(&writer, (int64_t)request->area_count, 1, S1AP_AREAS_MOST);
	for (size_t i = 0; i < request->area_count; i++) {
		const struct s1ap_tracking_area *area = &request->areas[i];
		const uint8_t code[2] = { (uint8_t)(area->code >> 8), (uint8_t)area->code };

		begin_sequence(&writer);
		per_write_fixed(&writer, code, sizeof(code));
		per_write_integer(&writer, (int64_t)area->plmn_count, 1,
				  S1AP_BROADCAST_PLMNS_MOST);
		for (size_t k = 0; k < area->plmn_count; k++)
			ran_write_plmn(&writer, area->plmns[k]);
	}
}

static void write_paging_drx(struct ran_writer *out, unsigned frames)
{
	for (unsigned i = 0; i < S1AP_DRX_COUNT; i++) {
		if (s1ap_paging_drx[i] != frames)
			continue;
		struct per_writer writer = ran_field(out, S1AP_DEFAULT_PAGING_DRX, RAN_IGNORE);

		per_write_flag(&writer, false);
		per_write_integer(&writer, i, 0, S1AP_DRX_COUNT - 1);
	}
}

static void write_csg_ids(struct ran_writer *out, const struct s1ap_setup_request *request)
{
	struct per_writer writer = ran_field(out, S1AP_CSG_ID_LIST, RAN_REJECT);

	per_write_integer(&writer, (int64_t)request->csg_count, 1, S1AP_CSG_IDS_MOST);
	for (size_t i = 0; i < request->csg_count; i++) {
		begin_sequence(&writer);
		per_write_bit_string(&writer, request->csg_ids[i], S1AP_CSG_ID_BITS);
	}
}

void s1ap_write_setup_request(const struct s1ap_setup_request *request, struct buffer *out)
{
	struct ran_writer writer = { .count = 0 };

	write_global_enb_id(&writer, request);
	if (request->name)
		write_name(&writer, S1AP_ENB_NAME, request->name);
	if (request->area_count > 0)
		write_supported_tas(&writer, request);
	write_paging_drx(&writer, request->paging_drx);
	if (request->csg_count > 0)
		write_csg_ids(&writer, request);
	ran_finish(&writer, RAN_S1AP, RAN_INITIATING, S1AP_S1_SETUP, RAN_REJECT, out);
}

static void write_gummei(struct ran_writer *out, const struct s1ap_setup_response *response)
{
	struct per_writer writer = ran_field(out, S1AP_SERVED_GUMMEIS, RAN_REJECT);
	const uint8_t group[2] = { (uint8_t)(response->group >> 8), (uint8_t)response->group };

	per_write_integer(&writer, 1, 1, S1AP_GUMMEIS_MOST);
	begin_sequence(&writer);
	per_write_integer(&writer, 1, 1, S1AP_SERVED_PLMNS_MOST);
	ran_write_plmn(&writer, response->plmn);
	per_write_integer(&writer, 1, 1, S1AP_SERVED_GROUPS_MOST);
	per_write_fixed(&writer, group, sizeof(group));
	per_write_integer(&writer, 1, 1, S1AP_SERVED_CODES_MOST);
	per_write_fixed(&writer, &response->code, 1);
}

void s1ap_write_setup_response(const struct s1ap_setup_response *response, struct buffer *out)
{
	struct ran_writer writer = { .count = 0 };

	if (response->name)
		write_name(&writer, S1AP_MME_NAME, response->name);
	write_gummei(&writer, response);
	struct per_writer field = ran_field(&writer, S1AP_RELATIVE_MME_CAPACITY, RAN_IGNORE);
	per_write_integer(&field, response->capacity, 0, UINT8_MAX);
	ran_finish(&writer, RAN_S1AP, RAN_SUCCESSFUL, S1AP_S1_SETUP, RAN_REJECT, out);
}

/* The place of a time among those that there are; -1 = none. */
static int time_to_wait(unsigned seconds)
{
	for (int i = 0; i < S1AP_WAIT_COUNT; i++)
		if (s1ap_time_to_wait[i] == seconds)
			return i;
	return -1;
}

bool s1ap_write_setup_failure(const char *group, const char *cause, unsigned seconds,
			      struct buffer *out)
{
	struct ran_writer writer = { .count = 0 };
	struct per_writer field = ran_field(&writer, S1AP_CAUSE, RAN_IGNORE);
	int wait = time_to_wait(seconds);

	if (!ran_write_cause(&s1ap_causes, &field, group, cause) || (seconds > 0 && wait < 0)) {
		buffer_free(&writer.values);
		return false;
	}
	if (seconds > 0) {
		field = ran_field(&writer, S1AP_TIME_TO_WAIT, RAN_IGNORE);
		per_write_flag(&field, false);
		per_write_integer(&field, wait, 0, S1AP_WAIT_COUNT - 1);
	}
	ran_finish(&writer, RAN_S1AP, RAN_UNSUCCESSFUL, S1AP_S1_SETUP, RAN_REJECT, out);
	return true;
}
