/* Reading S1 SETUP: what each information element says, as children of the body. */
#include <stdio.h>

#include "protocols/ran-message.h"
#include "protocols/s1ap-tables.h"
#include "protocols/s1ap.h"

static void add_plmn(struct per_reader *reader, xmlNode *parent)
{
	char text[RAN_PLMN_TEXT];

	ran_read_plmn(reader, text);
	message_child(parent, "PLMNidentity", text);
}

/* ENB-ID of a later version: a short macro eNB of 18 bits, a long one of 21. */
static void read_later_enb_id(struct per_reader *reader, xmlNode *node)
{
	static const struct {
		const char *name;
		unsigned bits;
	} kinds[] = { { "short-macroENB-ID", 18 }, { "long-macroENB-ID", 21 } };

	reader->broken |= per_read_flag(reader);
	uint32_t kind = per_read_bits(reader, 6);
	size_t length = per_read_length(reader);
	const uint8_t *octets = per_read_octets(reader, length);
	if (!octets || kind >= sizeof(kinds) / sizeof(*kinds)) {
		reader->broken = true;
		return;
	}
	struct per_reader inner = per_read(octets, length);
	ran_add_number(node, kinds[kind].name, per_read_bit_string(&inner, kinds[kind].bits));
	reader->broken |= inner.broken;
}

static void read_global_enb_id(struct per_reader *reader, xmlNode *body)
{
	struct ran_sequence sequence = ran_sequence_begin(reader);
	xmlNode *node = message_child(body, "Global-ENB-ID", NULL);
	char plmn[RAN_PLMN_TEXT];

	ran_read_plmn(reader, plmn);
	message_child(node, "pLMNidentity", plmn);
	node = message_child(node, "eNB-ID", NULL);
	if (per_read_flag(reader)) {
		read_later_enb_id(reader, node);
	} else {
		bool home = per_read_integer(reader, S1AP_MACRO_ENB_ID, S1AP_HOME_ENB_ID);

		ran_add_number(node, home ? "homeENB-ID" : "macroENB-ID",
			       per_read_bit_string(reader, home ? S1AP_HOME_ENB_BITS
							    : S1AP_MACRO_ENB_BITS));
	}
	ran_sequence_end(reader, sequence);
}

/* PrintableString (SIZE (1..150, ...)) */
static void read_name(struct per_reader *reader, xmlNode *body, const char *element)
{
	char text[S1AP_NAME_MOST + 1];
	bool longer = per_read_flag(reader);
	size_t length = longer ? per_read_length(reader)
			       : (size_t)per_read_integer(reader, 1, S1AP_NAME_MOST);
	const uint8_t *octets = per_read_octets(reader, length);

	if (!octets || length > S1AP_NAME_MOST) {
		reader->broken = true;
		return;
	}
	snprintf(text, sizeof(text), "%.*s", (int)length, (const char *)octets);
	message_child(body, element, text);
}

static void read_enb_name(struct per_reader *reader, xmlNode *body)
{
	read_name(reader, body, "eNBname");
}

static void read_mme_name(struct per_reader *reader, xmlNode *body)
{
	read_name(reader, body, "MMEname");
}

static void read_supported_tas(struct per_reader *reader, xmlNode *body)
{
	int64_t areas = per_read_integer(reader, 1, S1AP_AREAS_MOST);
	xmlNode *list = message_child(body, "SupportedTAs", NULL);

	for (; areas > 0 && !reader->broken; areas--) {
		struct ran_sequence sequence = ran_sequence_begin(reader);
		xmlNode *node = message_child(list, "SupportedTAs-Item", NULL);
		uint8_t code[2];

		per_read_fixed(reader, code, sizeof(code));
		ran_add_number(node, "tAC", (uint32_t)(code[0] << 8 | code[1]));
		node = message_child(node, "broadcastPLMNs", NULL);
		int64_t plmns = per_read_integer(reader, 1, S1AP_BROADCAST_PLMNS_MOST);
		for (; plmns > 0 && !reader->broken; plmns--)
			add_plmn(reader, node);
		ran_sequence_end(reader, sequence);
	}
}

static void read_paging_drx(struct per_reader *reader, xmlNode *body)
{
	char text[16];

	if (per_read_flag(reader)) {
		reader->broken = true;
		return;
	}
	snprintf(text, sizeof(text), "v%u",
		 s1ap_paging_drx[per_read_integer(reader, 0, S1AP_DRX_COUNT - 1)]);
	message_child(body, "DefaultPagingDRX", text);
}

static void read_csg_ids(struct per_reader *reader, xmlNode *body)
{
	int64_t count = per_read_integer(reader, 1, S1AP_CSG_IDS_MOST);
	xmlNode *list = message_child(body, "CSG-IdList", NULL);

	for (; count > 0 && !reader->broken; count--) {
		struct ran_sequence sequence = ran_sequence_begin(reader);
		xmlNode *item = message_child(list, "CSG-IdList-Item", NULL);

		ran_add_number(item, "cSG-Id", per_read_bit_string(reader, S1AP_CSG_ID_BITS));
		ran_sequence_end(reader, sequence);
	}
}

static void read_gummei(struct per_reader *reader, xmlNode *list)
{
	struct ran_sequence sequence = ran_sequence_begin(reader);
	xmlNode *item = message_child(list, "ServedGUMMEIsItem", NULL);
	xmlNode *node = message_child(item, "servedPLMNs", NULL);
	uint8_t octets[2] = { 0, 0 };

	for (int64_t count = per_read_integer(reader, 1, S1AP_SERVED_PLMNS_MOST);
	     count > 0 && !reader->broken; count--)
		add_plmn(reader, node);
	node = message_child(item, "servedGroupIDs", NULL);
	for (int64_t count = per_read_integer(reader, 1, S1AP_SERVED_GROUPS_MOST);
	     count > 0 && !reader->broken; count--) {
		per_read_fixed(reader, octets, 2);
		ran_add_number(node, "MME-Group-ID", (uint32_t)(octets[0] << 8 | octets[1]));
	}
	node = message_child(item, "servedMMECs", NULL);
	for (int64_t count = per_read_integer(reader, 1, S1AP_SERVED_CODES_MOST);
	     count > 0 && !reader->broken; count--) {
		per_read_fixed(reader, octets, 1);
		ran_add_number(node, "MME-Code", octets[0]);
	}
	ran_sequence_end(reader, sequence);
}

static void read_served_gummeis(struct per_reader *reader, xmlNode *body)
{
	int64_t count = per_read_integer(reader, 1, S1AP_GUMMEIS_MOST);
	xmlNode *list = message_child(body, "ServedGUMMEIs", NULL);

	for (; count > 0 && !reader->broken; count--)
		read_gummei(reader, list);
}

static void read_capacity(struct per_reader *reader, xmlNode *body)
{
	ran_add_number(body, "RelativeMMECapacity", (uint32_t)per_read_integer(reader, 0, UINT8_MAX));
}

static void read_cause(struct per_reader *reader, xmlNode *body)
{
	ran_read_cause(&s1ap_causes, reader, body);
}

static void read_time_to_wait(struct per_reader *reader, xmlNode *body)
{
	xmlNode *node = message_child(body, "TimeToWait", NULL);

	if (per_read_flag(reader)) {
		reader->broken = true;
		return;
	}
	message_number(node, "seconds",
		       s1ap_time_to_wait[per_read_integer(reader, 0, S1AP_WAIT_COUNT - 1)]);
}

#define MANDATORY true, false
#define OPTIONAL false, false

/* TS 36.413 9.1.8.4, 9.1.8.5, 9.1.8.6 */
static const struct ran_element request[] = {
	{ S1AP_GLOBAL_ENB_ID, "Global-ENB-ID", RAN_REJECT, MANDATORY, read_global_enb_id },
	{ S1AP_ENB_NAME, "eNBname", RAN_IGNORE, OPTIONAL, read_enb_name },
	{ S1AP_SUPPORTED_TAS, "SupportedTAs", RAN_REJECT, MANDATORY, read_supported_tas },
	{ S1AP_DEFAULT_PAGING_DRX, "DefaultPagingDRX", RAN_IGNORE, MANDATORY, read_paging_drx },
	{ S1AP_CSG_ID_LIST, "CSG-IdList", RAN_REJECT, OPTIONAL, read_csg_ids },
	{ S1AP_UE_RETENTION_INFORMATION, "UE-RetentionInformation", RAN_IGNORE, OPTIONAL, NULL },
	{ S1AP_NB_IOT_PAGING_DRX, "NB-IoT-DefaultPagingDRX", RAN_IGNORE, OPTIONAL, NULL },
	{ S1AP_CONNECTED_ENGNBS, "ConnectedengNBList", RAN_IGNORE, OPTIONAL, NULL },
};
static const struct ran_element response[] = {
	{ S1AP_MME_NAME, "MMEname", RAN_IGNORE, OPTIONAL, read_mme_name },
	{ S1AP_SERVED_GUMMEIS, "ServedGUMMEIs", RAN_REJECT, MANDATORY, read_served_gummeis },
	{ S1AP_RELATIVE_MME_CAPACITY, "RelativeMMECapacity", RAN_IGNORE, MANDATORY,
	  read_capacity },
	{ S1AP_MME_RELAY_SUPPORT, "MMERelaySupportIndicator", RAN_IGNORE, OPTIONAL, NULL },
	{ S1AP_CRITICALITY_DIAGNOSTICS, "CriticalityDiagnostics", RAN_IGNORE, OPTIONAL, NULL },
	{ S1AP_UE_RETENTION_INFORMATION, "UE-RetentionInformation", RAN_IGNORE, OPTIONAL, NULL },
	{ S1AP_SERVED_DCNS, "ServedDCNs", RAN_IGNORE, OPTIONAL, NULL },
	{ S1AP_IAB_SUPPORTED, "IAB-Supported", RAN_IGNORE, OPTIONAL, NULL },
};
static const struct ran_element failure[] = {
	{ S1AP_CAUSE, "Cause", RAN_IGNORE, MANDATORY, read_cause },
	{ S1AP_TIME_TO_WAIT, "TimeToWait", RAN_IGNORE, OPTIONAL, read_time_to_wait },
	{ S1AP_CRITICALITY_DIAGNOSTICS, "CriticalityDiagnostics", RAN_IGNORE, OPTIONAL, NULL },
};

#define ELEMENTS(list) list, sizeof(list) / sizeof(*(list))
static const struct ran_procedure procedures[] = {
	{ S1AP_S1_SETUP, RAN_INITIATING, RAN_REJECT, "S1SetupRequest", ELEMENTS(request) },
	{ S1AP_S1_SETUP, RAN_SUCCESSFUL, RAN_REJECT, "S1SetupResponse", ELEMENTS(response) },
	{ S1AP_S1_SETUP, RAN_UNSUCCESSFUL, RAN_REJECT, "S1SetupFailure", ELEMENTS(failure) },
};
static const struct ran_protocol protocol = {
	.name = "s1ap", .frame = RAN_S1AP, .malformed = "S1apMalformed", .other = "S1apOther",
	.procedures = procedures, .procedure_count = sizeof(procedures) / sizeof(*procedures),
};

struct message *s1ap_message_decode(const void *octets, size_t length)
{
	return ran_message_decode(&protocol, octets, length);
}
