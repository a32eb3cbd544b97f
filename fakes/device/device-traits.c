/*
 * device-traits: the tables of defects and lawful variants. The honest behaviour stands in
 * the other files; each defect is one small branch there, found by its enum name.
 */
#include "fakes/device/traits.h"

#include <string.h>

#include "fakes/device/device.h"
#include "fakes/device/state.h"

#define DEFECT(name) [DEFECT_##name]
#define VARIANT(name) [VARIANT_##name - DEFECT_END]

static const struct device_trait defects[] = {
	DEFECT(MISSING_BOOTSTRAP) = {"missing-bootstrap",
		"leaves 0 BOOTSTRAP out of its Informs", "HNB-5.1.1-12"},
	DEFECT(WRONG_ID_ECHO) = {"wrong-id-echo",
		"answers a request with another header ID than it came with", "HNB-5.3.2-03"},
	DEFECT(PARTIAL_APPLY) = {"partial-apply",
		"applies the good parameters of a SetParameterValues that it answers with a fault",
		"HNB-5.3.2-04"},
	DEFECT(VALUE_CHANGE_FOR_HMS_WRITE) = {"value-change-for-hms-write",
		"reports what the HMS itself wrote by 4 VALUE CHANGE", "HNB-5.3.2-07"},
	DEFECT(VALUE_CHANGE_WHEN_NOTIFIED) = {"value-change-when-notified",
		"reports what the HMS itself wrote where notification is on", "HNB-5.3.2-07"},
	DEFECT(WRONG_DNS) = {"wrong-dns",
		"asks another DNS server than the outer one", "HNB-5.1.2-04"},
	DEFECT(ACCEPTS_BAD_CERTIFICATE) = {"accepts-bad-certificate",
		"does not verify the certificate of the HMS", "HNB-5.1.2-07"},
	DEFECT(UNAUTHENTICATED_CONNECTION_REQUEST) = {
		"unauthenticated-connection-request",
		"honours a Connection Request without credentials", "HNB-5.3.1-02"},
	DEFECT(LOGGED_ALARM_REPORTED) = {"logged-alarm-reported",
		"reports an alarm whose mechanism is Logged", "HNB-5.5.2-04"},
	DEFECT(WRONG_FAULT_CODE) = {"wrong-fault-code",
		"says 9005 of each bad parameter, and 9007 of an unknown one",
		"HNB-5.3.2-05"},
	DEFECT(QUEUED_ALARM_AT_ONCE) = {"queued-alarm-at-once",
		"opens a session for an alarm whose mechanism is Queued", "HNB-5.5.2-03"},
	DEFECT(EXPEDITED_ALARM_LATE) = {"expedited-alarm-late",
		"keeps an Expedited alarm until another reason opens a session", "HNB-5.5.2-02"},
	DEFECT(NO_LOCATION) = {"no-location",
		"informs without location parameters", "HNB-5.1.1-13"},
	DEFECT(MISSING_FORCED_PARAMETER) = {"missing-forced-parameter",
		"leaves ConnectionRequestURL out of its Informs", "HNB-5.1.1-14"},
	DEFECT(TWO_INFORMS) = {"two-informs",
		"sends a second Inform in each session", "HNB-5.1.1-12"},
	DEFECT(PLAIN_HTTP) = {"plain-http",
		"speaks clear HTTP although the URL says https", "HNB-5.1.2-05"},
	DEFECT(NO_SESSION_END) = {"no-session-end",
		"closes the connection where the empty POST is due", "HNB-5.1.1-22"},
	DEFECT(STATUS_WITH_FAULT) = {"status-with-fault",
		"answers a refused SetParameterValues with Status 0", "HNB-5.3.2-03"},
	DEFECT(PARAMETER_KEY_ON_FAILURE) = {"parameter-key-on-failure",
		"takes the ParameterKey of a refused SetParameterValues", "HNB-5.3.2-06"},
	DEFECT(RETRY_AT_ONCE) = {"retry-at-once",
		"retries a failed session after one second each time", "HNB-5.1.1-25"},
	DEFECT(CONSTANT_RETRY_WAIT) = {"constant-retry-wait",
		"retries a failed session after twelve seconds each time", "HNB-5.1.1-25"},
	DEFECT(NEVER_RETRIES) = {"never-retries",
		"does not retry a failed session", "HNB-5.1.1-25"},
	DEFECT(STOPS_AFTER_DISCOVERY) = {"stops-after-discovery",
		"contacts the serving HMS that it was assigned only when asked, as one it knows",
		"HNB-5.1.2-13"},
	DEFECT(WRONG_SERVING) = {"wrong-serving",
		"goes to the factory HMS instead of the assigned one", "HNB-5.2.1-09"},
	DEFECT(EVENT_COMMAND_KEY) = {"event-command-key",
		"puts a CommandKey into 1 BOOT", "HNB-5.1.1-12"},
	DEFECT(KEEPS_OLD_MECHANISM) = {"keeps-old-mechanism",
		"confirms a ReportingMechanism with Status 0 and does not store it",
		"HNB-5.5.1-03"},
	DEFECT(ACCEPTS_BAD_MECHANISM) = {"accepts-bad-mechanism",
		"accepts any text as ReportingMechanism", "HNB-5.5.1-04"},
	DEFECT(CONTENT_TYPE_WRONG) = {"content-type-wrong",
		"sends envelopes as application/soap+xml", "HNB-5.1.1-12"},
	DEFECT(EMPTY_DEVICE_ID) = {"empty-device-id",
		"informs with an empty SerialNumber and OUI", "HNB-5.1.1-12"},
	DEFECT(RETRY_COUNT_KEPT) = {"retry-count-kept",
		"counts a session that went well as one that failed", "HNB-5.1.1-12"},
	DEFECT(SERIAL_CHANGES) = {"serial-changes",
		"has another SerialNumber when it was asked to connect", "HNB-5.3.1-02"},
	DEFECT(MANGLED_COOKIE) = {"mangled-cookie",
		"sends the cookie back with another value", "HNB-5.1.1-12"},
};

static const struct device_trait variants[] = {
	VARIANT(CONNECTION_PER_POST) = {"connection-per-post",
		"a new TCP connection for each POST, the session held by the cookie", ""},
	VARIANT(CHUNKED) = {"chunked", "envelopes in chunks instead of Content-Length", ""},
	VARIANT(OTHER_PREFIX) = {"other-prefix", "other namespace prefixes than usual", ""},
	VARIANT(NO_DECLARATION) = {"no-declaration", "envelopes without an XML declaration", ""},
	VARIANT(PERIODIC_INFORM) = {"periodic-inform",
		"periodic Inform every 60 s from the factory on", ""},
	VARIANT(GET_RPC_METHODS) = {"get-rpc-methods",
		"asks the HMS for its methods in each session", ""},
	VARIANT(LOWER_CASE_HEADERS) = {"lower-case-headers",
		"HTTP header names in lower case", ""},
	VARIANT(KEEP_OPEN) = {"keep-open", "one connection for several sessions", ""},
	VARIANT(SOAP_ACTION_NAMED) = {"soap-action-named",
		"requests carry the method name as SOAPAction", ""},
	VARIANT(ACCEPTS_WHEN_BUSY) = {"accepts-when-busy",
		"accepts a Connection Request during a session and opens one after it", ""},
	VARIANT(PROBE_CONNECTION) = {"probe-connection",
		"opens a connection and closes it without an octet before the first Inform", ""},
	VARIANT(CWMP_1_0) = {"cwmp-1-0", "speaks CWMP 1.0", ""},
	VARIANT(CWMP_1_2) = {"cwmp-1-2", "speaks CWMP 1.2", ""},
};

_Static_assert(TRAIT_END <= 64, "traits are kept in 64 bits");
_Static_assert(sizeof(defects) / sizeof(*defects) == DEFECT_END, "a row for each defect");
_Static_assert(sizeof(variants) / sizeof(*variants) == TRAIT_END - DEFECT_END,
	       "a row for each variant");

const struct device_trait *device_defects(size_t *count)
{
	*count = sizeof(defects) / sizeof(*defects);
	return defects;
}

const struct device_trait *device_variants(size_t *count)
{
	*count = sizeof(variants) / sizeof(*variants);
	return variants;
}

bool device_has(const struct device *device, enum trait trait)
{
	return device->traits >> trait & 1;
}

static int trait_find(const struct device_trait *table, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(table[i].name, name))
			return (int)i;
	return -1;
}

int device_defect(struct device *device, const char *name, struct problem *problem)
{
	int row = trait_find(defects, DEFECT_END, name);

	if (row < 0)
		return problem_set(problem, "the simulated device has no defect called \"%s\"",
				   name);
	device->traits |= UINT64_C(1) << row;
	return 0;
}

int device_variant(struct device *device, const char *name, struct problem *problem)
{
	int row = trait_find(variants, TRAIT_END - DEFECT_END, name);

	if (row < 0)
		return problem_set(problem, "the simulated device has no variant called \"%s\"",
				   name);
	device->traits |= UINT64_C(1) << (row + DEFECT_END);
	return 0;
}
