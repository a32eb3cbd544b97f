#include "protocols/s1ap-tables.h"

/* TS 36.413 9.2.1.3; values that no setup fails for have no name here. */
static const char *const radio_network[36] = { [0] = "unspecified" };
static const char *const transport[2] = { "transport-resource-unavailable", "unspecified" };
static const char *const nas[4] = { "normal-release", "authentication-failure", "detach",
				    "unspecified" };
static const char *const protocol[7] = {
	"transfer-syntax-error",
	"abstract-syntax-error-reject",
	"abstract-syntax-error-ignore-and-notify",
	"message-not-compatible-with-receiver-state",
	"semantic-error",
	"abstract-syntax-error-falsely-constructed-message",
	"unspecified",
};
static const char *const misc[6] = {
	"control-processing-overload",
	"not-enough-user-plane-processing-resources",
	"hardware-failure",
	"om-intervention",
	"unspecified",
	"unknown-PLMN",
};

static const struct ran_cause_group groups[] = {
	{ "radioNetwork", radio_network, 36 }, { "transport", transport, 2 }, { "nas", nas, 4 },
	{ "protocol", protocol, 7 }, { "misc", misc, 6 },
};

const struct ran_causes s1ap_causes = { groups, sizeof(groups) / sizeof(*groups) };
const unsigned s1ap_paging_drx[S1AP_DRX_COUNT] = { 32, 64, 128, 256 };
const unsigned s1ap_time_to_wait[S1AP_WAIT_COUNT] = { 1, 2, 5, 10, 20, 60 };
