#include "harness/chart/roles.h"

#include <stdio.h>
#include <string.h>

static const struct role table[] = {
	{ "henb", ROLE_DEVICE, 1, true, "the Home eNodeB (LTE), TS 32.593" },
	{ "hnb", ROLE_DEVICE, 2, false, "the Home NodeB (3G), TS 32.583" },
	{ "public-dns", ROLE_DNS, 10, true,
	  "the DNS server on the public Internet, TS 32.593 5.1" },
	{ "private-dns", ROLE_DNS, 11, true, "the DNS server inside the operator's network" },
	{ "outer-dns", ROLE_DNS, 12, false,
	  "the DNS server on the public Internet, TS 32.583 5.1" },
	{ "inner-dns", ROLE_DNS, 13, false, "the DNS server inside the operator's network" },
	{ "initial-hems", ROLE_HMS, 20, true, "the HeMS whose address the factory set" },
	{ "serving-hems", ROLE_HMS, 21, true, "the HeMS that manages the HeNB from then on" },
	{ "initial-hms", ROLE_HMS, 22, false, "the HMS whose address the factory set" },
	{ "serving-hms", ROLE_HMS, 23, false, "the HMS that manages the HNB from then on" },
	{ "initial-segw", ROLE_SEGW, 30, false, "the security gateway before the initial HMS" },
	{ "serving-segw", ROLE_SEGW, 31, false, "the security gateway before the serving HMS" },
	{ "file-server", ROLE_FILE_SERVER, 40, false, "where files are fetched and delivered" },
	{ "hnb-gw", ROLE_HNB_GW, 50, false, "the HNB gateway (Iuh)" },
	{ "mme", ROLE_MME, 51, true, "the Mobility Management Entity (S1)" },
	{ "second-hnb-gw", ROLE_HNB_GW, 52, false, "another HNB gateway of the same operator" },
	{ "second-mme", ROLE_MME, 53, true, "another MME of the same operator" },
	{ "home-gateway", ROLE_HOME_GATEWAY, 60, false, "the customer's router, with its NAT" },
};

const struct role *roles(size_t *count)
{
	*count = sizeof(table) / sizeof(table[0]);
	return table;
}

const struct role *role_find(const char *name)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

const char *role_kind_name(enum role_kind kind)
{
	switch (kind) {
	case ROLE_DEVICE: return "a device";
	case ROLE_DNS: return "a DNS server";
	case ROLE_HMS: return "an HMS";
	case ROLE_SEGW: return "a security gateway";
	case ROLE_FILE_SERVER: return "a file server";
	case ROLE_HNB_GW: return "an HNB gateway";
	case ROLE_MME: return "an MME";
	case ROLE_HOME_GATEWAY: return "a home gateway";
	}
	return "";
}

const char *role_kinds_text(unsigned kinds, char text[128])
{
	size_t used = 0;

	text[0] = '\0';
	for (int kind = ROLE_DEVICE; kind <= ROLE_HOME_GATEWAY; kind++) {
		if (!(kinds & ROLE_BIT(kind)))
			continue;
		const char *name = kind == ROLE_DEVICE ? "the device"
						       : role_kind_name((enum role_kind)kind);
		int more = snprintf(text + used, 128 - used, "%s%s", used ? " or " : "", name);

		used += more > 0 ? (size_t)more : 0;
		if (used >= 127)
			break;
	}
	return text;
}
