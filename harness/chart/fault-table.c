#include "harness/chart/fault-table.h"

#include <string.h>

/* appears_as "HttpError" with 401 or a redirect status appears as HttpChallenge or
 * HttpRedirect: the judge maps that. */
static const struct fault_kind table[] = {
	{ "delay", "any", ARGUMENT_DURATION, NULL, "", "comes that much later" },
	{ "no-answer", "any", ARGUMENT_NONE, NULL, NULL, "never comes; the connection stays open" },
	{ "http-status", "http", ARGUMENT_NUMBER, NULL, "HttpError",
	  "an HTTP answer with that status and no body stands in its place" },
	{ "redirect", "http", ARGUMENT_WORD, "301 302 307", "HttpRedirect",
	  "an HTTP redirect to the same element stands in its place" },
	{ "close", "http", ARGUMENT_NONE, NULL, "",
	  "its connection is closed behind it, and it says so: lawful" },
	{ "no-length", "http", ARGUMENT_NONE, NULL, "",
	  "it ends with its connection, without Content-Length: lawful" },
	{ "cookies", "http", ARGUMENT_NONE, NULL, "",
	  "it sets two more cookies, 512 octets in all: lawful, and they are to come back" },
	{ "basic", "http", ARGUMENT_NONE, NULL, "", "the challenge is one for Basic credentials" },
	{ "digest", "http", ARGUMENT_NONE, NULL, "", "the challenge is one for Digest credentials" },
	{ "padded", "cwmp", ARGUMENT_NUMBER, NULL, "",
	  "blanks fill it up to that many octets: lawful, and a device must read 32768" },
	{ "two-envelopes", "cwmp", ARGUMENT_NONE, NULL, "Unreadable",
	  "it stands there twice, in one body" },
	{ "malformed-xml", "cwmp", ARGUMENT_NONE, NULL, "Unreadable",
	  "its XML is not well-formed" },
	{ "wrong-id", "cwmp", ARGUMENT_NONE, NULL, "", "its header ID is not the request's" },
	{ "no-id", "cwmp", ARGUMENT_NONE, NULL, "", "it has no header ID" },
	{ "wrong-namespace", "cwmp", ARGUMENT_NONE, NULL, "",
	  "its CWMP namespace is no known one" },
	{ "wrong-envelope", "cwmp", ARGUMENT_NONE, NULL, "",
	  "its envelope is not of SOAP 1.1" },
	{ "truncated-body", "http", ARGUMENT_NONE, NULL, "HttpTruncated",
	  "its body ends too early and the connection is closed" },
	{ "content-length-short", "http", ARGUMENT_NONE, NULL, "Unreadable",
	  "its Content-Length is less than its body" },
	{ "content-length-long", "http", ARGUMENT_NONE, NULL, "HttpTruncated",
	  "its Content-Length is more than its body" },
	{ "reset", "http", ARGUMENT_NONE, NULL, "HttpTruncated",
	  "the connection is reset in mid-body" },
	{ "chunked", "http", ARGUMENT_NONE, NULL, "",
	  "it comes in chunks: lawful, and a device must read it" },
	{ "wrong-certificate", "tls, ike", ARGUMENT_WORD,
	  "untrusted expired not-yet-valid misnamed self-signed bad-signature "
	  "no-intermediate wrong-usage name-in-subject", "",
	  "the server's certificate is wrong in that way" },
	{ "intermediate", "tls, ike", ARGUMENT_NONE, NULL, "",
	  "it comes with the certificate of a CA between it and the root: lawful" },
	{ "weak-tls", "tls", ARGUMENT_WORD, "1.0 1.1 no-encryption", NULL,
	  "the server takes only that version of TLS, or only suites that do not encrypt" },
	{ "ask-certificate", "tls", ARGUMENT_NONE, NULL, "",
	  "the server asks for the client's certificate, and takes whatever it is shown: lawful" },
	{ "cut", "tls", ARGUMENT_NONE, NULL, NULL,
	  "the server closes the connection in mid-handshake, without an alert" },
	{ "in-clear", "tls", ARGUMENT_NONE, NULL, NULL,
	  "the server answers in clear HTTP, and closes the connection" },
	{ "wrong-credentials", "http", ARGUMENT_NONE, NULL, "",
	  "a Connection Request with a wrong password" },
	{ "wrong-username", "http", ARGUMENT_NONE, NULL, "",
	  "a Connection Request with a wrong username" },
	{ "wrong-path", "http", ARGUMENT_NONE, NULL, "",
	  "a Connection Request at another path than the URL's" },
	{ "no-credentials", "http", ARGUMENT_NONE, NULL, "",
	  "a Connection Request without credentials" },
	{ "malformed-s1ap", "s1ap", ARGUMENT_NONE, NULL, "S1apMalformed",
	  "octets that are no S1AP stand in its place" },
	{ "malformed-hnbap", "hnbap", ARGUMENT_NONE, NULL, "HnbapMalformed",
	  "octets that are no HNBAP stand in its place" },
	{ "wrong-ppid", "sctp", ARGUMENT_NONE, NULL, "SctpData",
	  "its payload protocol identifier is 0" },
	{ "abort", "sctp", ARGUMENT_NONE, NULL, "SctpAbort",
	  "its association is broken off in its place" },
	{ "revoked", "ike", ARGUMENT_NONE, NULL, "",
	  "a revocation list of the CA comes with it, which names the gateway's certificate" },
	{ "bad-auth", "ike", ARGUMENT_NONE, NULL, "", "one bit of its AUTH payload is turned" },
	{ "ike-notify", "ike", ARGUMENT_WORD,
	  "NO_PROPOSAL_CHOSEN AUTHENTICATION_FAILED INTERNAL_ADDRESS_FAILURE TS_UNACCEPTABLE", "",
	  "it refuses with that notify" },
	{ "cookie", "ike", ARGUMENT_NONE, NULL, "", "it only asks for a cookie: lawful" },
	{ "invalid-ke", "ike", ARGUMENT_NONE, NULL, "",
	  "it only asks for a key of another group that was offered: lawful" },
	{ "garbage", "ike", ARGUMENT_NONE, NULL, "IkeMalformed",
	  "octets that are no IKE message stand in its place" },
	{ "replayed", "ike", ARGUMENT_NONE, NULL, "", "it comes twice" },
	{ "unauthenticated-notify", "ike", ARGUMENT_NONE, NULL, "",
	  "an answer in clear that says no and that nobody vouches for comes before it" },
	{ "servfail", "dns", ARGUMENT_NONE, NULL, "", "the answer is SERVFAIL" },
	{ "nxdomain", "dns", ARGUMENT_NONE, NULL, "", "the answer is NXDOMAIN" },
	{ "refused", "dns", ARGUMENT_NONE, NULL, "", "the answer is REFUSED" },
	{ "truncated-answer", "dns", ARGUMENT_NONE, NULL, "",
	  "the answer has TC set and no records: ask again by TCP" },
	{ "wrong-dns-id", "dns", ARGUMENT_NONE, NULL, "", "the answer's id is not the query's" },
	{ "other-question", "dns", ARGUMENT_NONE, NULL, "", "the answer is to another question" },
	{ "empty-answer", "dns", ARGUMENT_NONE, NULL, "", "the answer has no records" },
	{ "alias", "dns", ARGUMENT_NONE, NULL, "",
	  "the answer leads to the address by another name (CNAME): lawful" },
	{ "dead-first", "dns", ARGUMENT_NONE, NULL, "",
	  "the answer gives an address at which nobody listens before the good one: lawful" },
	{ "wrong-address", "dns", ARGUMENT_NONE, NULL, "",
	  "the answer gives an address at which nobody listens" },
	{ "drop", "dns, ike", ARGUMENT_NONE, NULL, NULL, "the answer never comes" },
	{ "compression-loop", "dns", ARGUMENT_NONE, NULL, "DnsMalformed",
	  "a name in the answer points at itself" },
};

const struct fault_kind *fault_kinds(size_t *count)
{
	*count = sizeof(table) / sizeof(table[0]);
	return table;
}

const struct fault_kind *fault_kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}
