#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/dns.h"

static const struct {
	uint16_t type;
	const char *name;
} types[] = {
	{ DNS_A, "A" },         { DNS_NS, "NS" },       { DNS_CNAME, "CNAME" },
	{ DNS_SOA, "SOA" },     { DNS_PTR, "PTR" },     { 13, "HINFO" },
	{ DNS_MX, "MX" },       { DNS_TXT, "TXT" },     { DNS_AAAA, "AAAA" },
	{ 29, "LOC" },          { DNS_SRV, "SRV" },     { DNS_NAPTR, "NAPTR" },
	{ 39, "DNAME" },        { DNS_OPT, "OPT" },     { 43, "DS" },
	{ 44, "SSHFP" },        { 46, "RRSIG" },        { 47, "NSEC" },
	{ 48, "DNSKEY" },       { 50, "NSEC3" },        { 52, "TLSA" },
	{ 64, "SVCB" },         { 65, "HTTPS" },        { 250, "TSIG" },
	{ 251, "IXFR" },        { 252, "AXFR" },        { DNS_ANY, "ANY" },
	{ 256, "URI" },         { 257, "CAA" },
};

#define TYPES (sizeof(types) / sizeof(types[0]))

const char *dns_type_name(uint16_t type)
{
	static _Thread_local char other[sizeof("TYPE65535")];

	for (size_t i = 0; i < TYPES; i++)
		if (types[i].type == type)
			return types[i].name;
	snprintf(other, sizeof(other), "TYPE%u", (unsigned)type);
	return other;
}

uint16_t dns_type_value(const char *name)
{
	for (size_t i = 0; i < TYPES; i++)
		if (strcasecmp(types[i].name, name) == 0)
			return types[i].type;
	if (strncasecmp(name, "TYPE", 4) != 0 || name[4] < '0' || name[4] > '9')
		return 0;
	char *end;
	unsigned long value = strtoul(name + 4, &end, 10);
	return *end == '\0' && value <= UINT16_MAX ? (uint16_t)value : 0;
}
