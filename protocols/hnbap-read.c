/* Reading HNBAP: what each information element says, as children of the body. */
#include <stdio.h>

#include "protocols/hnbap-tables.h"
#include "protocols/hnbap.h"
#include "protocols/ran-message.h"

static uint32_t read_octets(struct per_reader *reader, size_t size)
{
	uint8_t octets[4] = { 0 };
	uint32_t number = 0;

	per_read_fixed(reader, octets, size);
	for (size_t i = 0; i < size; i++)
		number = number << 8 | octets[i];
	return number;
}

static void read_identity(struct per_reader *reader, xmlNode *body)
{
	char text[HNBAP_IDENTITY_MOST + 1];
	struct ran_sequence sequence = ran_sequence_begin(reader);
	size_t length = (size_t)per_read_integer(reader, 1, HNBAP_IDENTITY_MOST);
	const uint8_t *octets = per_read_octets(reader, length);

	if (!octets)
		return;
	snprintf(text, sizeof(text), "%.*s", (int)length, (const char *)octets);
	message_child(body, "HNB-Identity", text);
	ran_sequence_end(reader, sequence);
}

/* UTRANCellID, which is not extensible */
static void read_utran_cell(struct per_reader *reader, xmlNode *node)
{
	struct ran_sequence sequence = { .container = per_read_flag(reader) };
	char plmn[RAN_PLMN_TEXT];

	ran_add_number(node, "lAC", read_octets(reader, 2));
	ran_add_number(node, "rAC", read_octets(reader, 1));
	ran_read_plmn(reader, plmn);
	message_child(node, "pLMNidentity", plmn);
	ran_add_number(node, "uTRANcellID", per_read_bit_string(reader, HNBAP_CELL_BITS));
	ran_sequence_end(reader, sequence);
}

/* CGI of GERAN */
static void read_geran_cell(struct per_reader *reader, xmlNode *node)
{
	struct ran_sequence sequence = ran_sequence_begin(reader);
	char plmn[RAN_PLMN_TEXT];

	ran_read_plmn(reader, plmn);
	message_child(node, "pLMNidentity", plmn);
	ran_add_number(node, "lAC", read_octets(reader, 2));
	ran_add_number(node, "cI", read_octets(reader, 2));
	ran_sequence_end(reader, sequence);
}

static void read_macro_coverage(struct per_reader *reader, xmlNode *location)
{
	struct ran_sequence sequence = ran_sequence_begin(reader);
	xmlNode *node = message_child(location, "macroCoverageInfo", NULL);

	if (per_read_flag(reader)) { /* a kind of cell that came later */
		reader->broken |= per_read_flag(reader);
		per_read_bits(reader, 6);
		per_read_octets(reader, per_read_length(reader));
	} else if (per_read_integer(reader, 0, 1) == 0) {
		read_utran_cell(reader, message_child(node, "uTRANCellID", NULL));
	} else {
		read_geran_cell(reader, message_child(node, "gERANCellID", NULL));
	}
	ran_sequence_end(reader, sequence);
}

static void add_signed(xmlNode *node, const char *name, bool negative, int64_t size)
{
	char text[24];

	snprintf(text, sizeof(text), "%s%lld", negative && size ? "-" : "", (long long)size);
	message_child(node, name, text);
}

/* AltitudeAndDirection, which has no iE-Extensions */
static void read_altitude(struct per_reader *reader, xmlNode *node)
{
	struct ran_sequence sequence = { .additions = per_read_flag(reader) };
	bool depth = per_read_integer(reader, 0, 1);

	int64_t altitude = per_read_integer(reader, 0, HNBAP_ALTITUDE_MOST);

	add_signed(node, "altitude", depth, altitude);
	ran_sequence_end(reader, sequence);
}

/* GeographicalLocation: GeographicalCoordinates and AltitudeAndDirection */
static void read_coordinates(struct per_reader *reader, xmlNode *location)
{
	struct ran_sequence whole = ran_sequence_begin(reader), flat = ran_sequence_begin(reader);
	xmlNode *node = message_child(location, "geographicalCoordinates", NULL);
	bool south = per_read_integer(reader, 0, 1);
	int64_t latitude = per_read_integer(reader, 0, HNBAP_LATITUDE_MOST);
	int64_t longitude = per_read_integer(reader, HNBAP_LONGITUDE_LEAST, HNBAP_LONGITUDE_MOST);

	add_signed(node, "latitude", south, latitude);
	add_signed(node, "longitude", false, longitude);
	ran_sequence_end(reader, flat);
	read_altitude(reader, node);
	ran_sequence_end(reader, whole);
}

/* IP-Address: a SEQUENCE of a CHOICE */
static void read_internet_address(struct per_reader *reader, xmlNode *parent)
{
	struct ran_sequence sequence = ran_sequence_begin(reader);
	bool later = per_read_flag(reader);
	struct address address = { .family = 0 };
	char text[ADDRESS_TEXT];

	if (later) {
		reader->broken = true;
		return;
	}
	address.family = per_read_integer(reader, 0, 1) == 0 ? 4 : 6;
	per_read_fixed(reader, address.octets, address.family == 4 ? 4 : 16);
	message_child(parent, "HNB-Internet-Information", address_host(&address, text));
	ran_sequence_end(reader, sequence);
}

/* The container of the location: its one known element is the address on the Internet. */
static void read_location_container(struct per_reader *reader, xmlNode *location)
{
	int64_t count = per_read_integer(reader, 1, UINT16_MAX);

	for (; count > 0 && !reader->broken; count--) {
		int64_t id = per_read_integer(reader, 0, UINT16_MAX);

		per_read_integer(reader, RAN_REJECT, RAN_NOTIFY);
		size_t length = per_read_length(reader);
		const uint8_t *value = per_read_octets(reader, length);
		if (!value || id != HNBAP_HNB_INTERNET_INFORMATION)
			continue;
		struct per_reader inner = per_read(value, length);
		read_internet_address(&inner, location);
		reader->broken |= inner.broken;
	}
}

static void read_location(struct per_reader *reader, xmlNode *body)
{
	xmlNode *location = message_child(body, "HNB-Location-Information", NULL);
	bool additions = per_read_flag(reader), macro = per_read_flag(reader);
	bool coordinates = per_read_flag(reader), container = per_read_flag(reader);

	if (macro)
		read_macro_coverage(reader, location);
	if (coordinates)
		read_coordinates(reader, location);
	if (container)
		read_location_container(reader, location);
	ran_sequence_end(reader, (struct ran_sequence){ .additions = additions });
}

static void read_plmn(struct per_reader *reader, xmlNode *body)
{
	char text[RAN_PLMN_TEXT];

	ran_read_plmn(reader, text);
	message_child(body, "PLMNidentity", text);
}

static void read_cell_identity(struct per_reader *reader, xmlNode *body)
{
	ran_add_number(body, "CellIdentity", per_read_bit_string(reader, HNBAP_CELL_BITS));
}

static void read_lac(struct per_reader *reader, xmlNode *body)
{
	ran_add_number(body, "LAC", read_octets(reader, 2));
}

static void read_rac(struct per_reader *reader, xmlNode *body)
{
	ran_add_number(body, "RAC", read_octets(reader, 1));
}

static void read_sac(struct per_reader *reader, xmlNode *body)
{
	ran_add_number(body, "SAC", read_octets(reader, 2));
}

static void read_broadcast_sac(struct per_reader *reader, xmlNode *body)
{
	ran_add_number(body, "Service-Area-For-Broadcast", read_octets(reader, 2));
}

static void read_csg_id(struct per_reader *reader, xmlNode *body)
{
	ran_add_number(body, "CSG-ID", per_read_bit_string(reader, HNBAP_CSG_BITS));
}

static void read_psc(struct per_reader *reader, xmlNode *body)
{
	ran_add_number(body, "PSC", per_read_bit_string(reader, HNBAP_PSC_BITS));
}

static void read_access_mode(struct per_reader *reader, xmlNode *body)
{
	if (per_read_flag(reader)) {
		reader->broken = true;
		return;
	}
	message_child(body, "HNB-Cell-Access-Mode",
		      hnbap_access_modes[per_read_integer(reader, 0, HNBAP_ACCESS_COUNT - 1)]);
}

static void read_rnc_id(struct per_reader *reader, xmlNode *body)
{
	ran_add_number(body, "RNC-ID", (uint32_t)per_read_integer(reader, 0, UINT16_MAX));
}

static void read_cause(struct per_reader *reader, xmlNode *body)
{
	ran_read_cause(&hnbap_causes, reader, body);
}

static void read_backoff(struct per_reader *reader, xmlNode *body)
{
	xmlNode *node = message_child(body, "BackoffTimer", NULL);

	message_number(node, "seconds", (uint64_t)per_read_integer(reader, 0, HNBAP_BACKOFF_MOST));
}

#define MANDATORY true, false
#define OPTIONAL false, false
#define EXTENSION false, true

/* TS 25.469 9.1.3 to 9.1.6; the extensions came with Release 9 and later. */
static const struct ran_element request[] = {
	{ HNBAP_HNB_IDENTITY, "HNB-Identity", RAN_REJECT, MANDATORY, read_identity },
	{ HNBAP_HNB_LOCATION, "HNB-Location-Information", RAN_REJECT, MANDATORY, read_location },
	{ HNBAP_PLMN, "PLMNidentity", RAN_REJECT, MANDATORY, read_plmn },
	{ HNBAP_CELL_IDENTITY, "CellIdentity", RAN_REJECT, MANDATORY, read_cell_identity },
	{ HNBAP_LAC, "LAC", RAN_REJECT, MANDATORY, read_lac },
	{ HNBAP_RAC, "RAC", RAN_REJECT, MANDATORY, read_rac },
	{ HNBAP_SAC, "SAC", RAN_REJECT, MANDATORY, read_sac },
	{ HNBAP_CSG_ID, "CSG-ID", RAN_REJECT, OPTIONAL, read_csg_id },
	{ HNBAP_BROADCAST_SAC, "Service-Area-For-Broadcast", RAN_IGNORE, EXTENSION,
	  read_broadcast_sac },
	{ HNBAP_ACCESS_MODE, "HNB-Cell-Access-Mode", RAN_REJECT, EXTENSION, read_access_mode },
	{ HNBAP_PSC, "PSC", RAN_IGNORE, EXTENSION, read_psc },
	{ HNBAP_IURH_ADDRESS, "Iurh-Signalling-TNL-Address", RAN_IGNORE, EXTENSION, NULL },
	{ HNBAP_TUNNEL_INFORMATION, "Tunnel-Information", RAN_IGNORE, EXTENSION, NULL },
	{ HNBAP_CELL_FACH_MOBILITY, "CELL-FACHMobilitySupport", RAN_IGNORE, EXTENSION, NULL },
	{ HNBAP_NEIGHBOURS, "NeighbourCellIdentityList", RAN_IGNORE, EXTENSION, NULL },
	{ HNBAP_URA_IDENTITIES, "URAIdentityList", RAN_IGNORE, EXTENSION, NULL },
	{ HNBAP_HNB_CAPACITY, "HNBCapacity", RAN_IGNORE, EXTENSION, NULL },
};
static const struct ran_element accept[] = {
	{ HNBAP_RNC_ID, "RNC-ID", RAN_REJECT, MANDATORY, read_rnc_id },
	{ HNBAP_MUX_PORT, "MuxPortNumber", RAN_IGNORE, EXTENSION, NULL },
	{ HNBAP_IURH_ADDRESS, "Iurh-Signalling-TNL-Address", RAN_IGNORE, EXTENSION, NULL },
	{ HNBAP_S_RNTI_PREFIX, "S-RNTIPrefix", RAN_IGNORE, EXTENSION, NULL },
};
static const struct ran_element refusal[] = { /* of REJECT and of DE-REGISTER */
	{ HNBAP_CAUSE, "Cause", RAN_IGNORE, MANDATORY, read_cause },
	{ HNBAP_CRITICALITY_DIAGNOSTICS, "CriticalityDiagnostics", RAN_IGNORE, OPTIONAL, NULL },
	{ HNBAP_BACKOFF_TIMER, "BackoffTimer", RAN_REJECT, OPTIONAL, read_backoff },
};

#define ELEMENTS(list) list, sizeof(list) / sizeof(*(list))
static const struct ran_procedure procedures[] = {
	{ HNBAP_HNB_REGISTER, RAN_INITIATING, RAN_REJECT, "HnbRegisterRequest",
	  ELEMENTS(request) },
	{ HNBAP_HNB_REGISTER, RAN_SUCCESSFUL, RAN_REJECT, "HnbRegisterAccept", ELEMENTS(accept) },
	{ HNBAP_HNB_REGISTER, RAN_UNSUCCESSFUL, RAN_REJECT, "HnbRegisterReject",
	  ELEMENTS(refusal) },
	{ HNBAP_HNB_DE_REGISTER, RAN_INITIATING, RAN_IGNORE, "HnbDeRegister", ELEMENTS(refusal) },
};
static const struct ran_protocol protocol = {
	.name = "hnbap", .frame = RAN_HNBAP, .malformed = "HnbapMalformed", .other = "HnbapOther",
	.procedures = procedures, .procedure_count = sizeof(procedures) / sizeof(*procedures),
};

struct message *hnbap_message_decode(const void *octets, size_t length)
{
	return ran_message_decode(&protocol, octets, length);
}
