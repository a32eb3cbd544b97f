#include "protocols/hnbap-tables.h"

/* TS 25.469 9.2.3 */
static const char *const radio_network[14] = {
	"overload",
	"unauthorised-Location",
	"unauthorised-HNB",
	"hNB-parameter-mismatch",
	"invalid-UE-identity",
	"uE-not-allowed-on-this-HNB",
	"uE-unauthorised",
	"connection-with-UE-lost",
	"ue-RRC-release",
	"hNB-not-registered",
	"unspecified",
	"normal",
	"uE-relocated",
	"ue-registered-in-another-HNB",
};
static const char *const transport[2] = { "transport-resource-unavailable", "unspecified" };
static const char *const protocol[7] = {
	"transfer-syntax-error",
	"abstract-syntax-error-reject",
	"abstract-syntax-error-ignore-and-notify",
	"message-not-compatible-with-receiver-state",
	"semantic-error",
	"unspecified",
	"abstract-syntax-error-falsely-constructed-message",
};
static const char *const misc[4] = { "processing-overload", "hardware-failure",
				     "o-and-m-intervention", "unspecified" };

static const struct ran_cause_group groups[] = {
	{ "radioNetwork", radio_network, 14 }, { "transport", transport, 2 },
	{ "protocol", protocol, 7 }, { "misc", misc, 4 },
};

const struct ran_causes hnbap_causes = { groups, sizeof(groups) / sizeof(*groups) };
const char *const hnbap_access_modes[HNBAP_ACCESS_COUNT] = { "closed", "hybrid", "open" };
