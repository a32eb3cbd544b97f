#include "protocols/cm-element.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/memory.h"

#define BOTH (CM_UMTS | CM_LTE)
#define SERVICE "Services.FAPService.{i}."

/* An element's children stand behind it, in the order that an xs:sequence wants. */
static const struct cm_element elements[] = {
	{ "DeviceInfo", BOTH, CM_GROUP },
	{ "DeviceInfo/ProvisioningCode", BOTH, CM_LEAF },
	{ "ManagementServer", BOTH, CM_GROUP },
	{ "ManagementServer/URL", BOTH, CM_LEAF },
	{ "ManagementServer/Username", BOTH, CM_LEAF },
	{ "ManagementServer/Password", BOTH, CM_LEAF },
	{ "ManagementServer/PeriodicInformEnable", BOTH, CM_LEAF },
	{ "ManagementServer/PeriodicInformInterval", BOTH, CM_LEAF },
	{ "ManagementServer/PeriodicInformTime", BOTH, CM_LEAF },
	{ "ManagementServer/ConnectionRequestUsername", BOTH, CM_LEAF },
	{ "ManagementServer/ConnectionRequestPassword", BOTH, CM_LEAF },
	{ "ManagementServer/DefaultActiveNotificationThrottle", BOTH, CM_LEAF },
	{ "ManagementServer/AutonomousTransferCompletePolicy", BOTH, CM_GROUP },
	{ "ManagementServer/AutonomousTransferCompletePolicy/Enable", BOTH, CM_LEAF },
	{ "ManagementServer/AutonomousTransferCompletePolicy/TransferTypeFilter", BOTH, CM_LEAF },
	{ "ManagementServer/AutonomousTransferCompletePolicy/FileTypeFilter", BOTH, CM_LEAF },
	{ "Time", BOTH, CM_GROUP },
	{ "Time/Enable", BOTH, CM_LEAF },
	{ "Time/NTPServer1", BOTH, CM_LEAF },
	{ "Time/NTPServer2", BOTH, CM_LEAF },
	{ "Time/NTPServer3", BOTH, CM_LEAF },
	{ "Time/NTPServer4", BOTH, CM_LEAF },
	{ "Time/NTPServer5", BOTH, CM_LEAF },
	{ "Time/LocalTimeZoneName", BOTH, CM_LEAF },
	{ "FAPService", BOTH, CM_MANY },
	{ "FAPService/DNPrefix", BOTH, CM_LEAF },
	{ "FAPService/FAPControl", BOTH, CM_GROUP },
	{ "FAPService/FAPControl/AdminState", CM_UMTS, CM_LEAF },
	{ "FAPService/FAPControl/SelfConfigEvents", BOTH, CM_LEAF },
	{ "FAPService/FAPControl/EnclosureTamperingDetected", BOTH, CM_LEAF },
	{ "FAPService/FAPControl/UMTS", CM_UMTS, CM_GROUP },
	{ "FAPService/FAPControl/UMTS/SelfConfig", CM_UMTS, CM_OPEN },
	{ "FAPService/FAPControl/UMTS/Gateway", CM_UMTS, CM_GROUP },
	{ "FAPService/FAPControl/UMTS/Gateway/SecGWServer1", CM_UMTS, CM_LEAF },
	{ "FAPService/FAPControl/UMTS/Gateway/SecGWServer2", CM_UMTS, CM_LEAF },
	{ "FAPService/FAPControl/UMTS/Gateway/SecGWServer3", CM_UMTS, CM_LEAF },
	{ "FAPService/FAPControl/UMTS/Gateway/FAPGWServer1", CM_UMTS, CM_LEAF },
	{ "FAPService/FAPControl/UMTS/Gateway/FAPGWServer2", CM_UMTS, CM_LEAF },
	{ "FAPService/FAPControl/UMTS/Gateway/FAPGWServer3", CM_UMTS, CM_LEAF },
	{ "FAPService/FAPControl/UMTS/Gateway/FAPGWPort", CM_UMTS, CM_LEAF },
	{ "FAPService/FAPControl/LTE", CM_LTE, CM_OPEN },
	{ "FAPService/AccessMgmt", CM_UMTS, CM_GROUP },
	{ "FAPService/AccessMgmt/AccessMode", CM_UMTS, CM_LEAF },
	{ "FAPService/AccessMgmt/NonCSGUEAccessDecision", CM_UMTS, CM_LEAF },
	{ "FAPService/AccessMgmt/CSGMembershipDeterminedLocally", CM_UMTS, CM_LEAF },
	{ "FAPService/AccessMgmt/HNBName", CM_UMTS, CM_LEAF },
	{ "FAPService/AccessMgmt/HomeZoneName", CM_UMTS, CM_LEAF },
	{ "FAPService/AccessMgmt/MaxConcurrentCSGUsers", CM_UMTS, CM_LEAF },
	{ "FAPService/AccessMgmt/CSGID", CM_UMTS, CM_LEAF },
	{ "FAPService/AccessMgmt/AccessControlList", CM_UMTS, CM_LEAF },
	{ "FAPService/AccessMgmt/MemberDetail", CM_UMTS, CM_OPEN_MANY },
	{ "FAPService/AccessMgmt/LocalIPAccess", CM_UMTS, CM_OPEN },
	{ "FAPService/AccessMgmt", CM_LTE, CM_OPEN },
	{ "FAPService/CellConfig", BOTH, CM_OPEN },
	{ "FAPService/Transport", BOTH, CM_GROUP },
	{ "FAPService/Transport/SCTP", BOTH, CM_OPEN },
	{ "FAPService/Transport/RealTime", BOTH, CM_OPEN },
	{ "FAPService/Transport/Packet", BOTH, CM_OPEN },
	{ "FAPService/Transport/IPsec", BOTH, CM_GROUP },
	{ "FAPService/Transport/IPsec/IpsecUsageIndicator", BOTH, CM_LEAF },
	{ "FAPService/Transport/Tunnel", BOTH, CM_GROUP },
	{ "FAPService/Transport/Tunnel/VirtualInterface", BOTH, CM_OPEN_MANY },
	{ "FAPService/Transport/Security", BOTH, CM_GROUP },
	{ "FAPService/Transport/Security/Secret", BOTH, CM_OPEN_MANY },
	{ "FAPService/Transport/Security/Pkey", BOTH, CM_OPEN_MANY },
	{ "FAPService/Transport/Security/CryptoProfile", BOTH, CM_OPEN_MANY },
	{ "FAPService/REM", BOTH, CM_OPEN },
	{ "FAPService/GPS", BOTH, CM_OPEN },
};

/* Parameters that stand elsewhere in the file than in the data model; the first row that fits. A
 * "*" stands for a vendor's letters. What no row names is called as it is. */
static const struct {
	const char *parameter, *element; /* NULL: no place */
} places[] = {
	{ SERVICE "FaultMgmt.", NULL },
	{ SERVICE "PerfMgmt.", NULL },
	{ SERVICE "X_*_IpsecUsageIndicator", "FAPService[]/Transport/IPsec/IpsecUsageIndicator" },
	{ SERVICE "FAPControl.UMTS.AdminState", "FAPService[]/FAPControl/AdminState" },
	{ SERVICE "AccessMgmt.UMTS.", "FAPService[]/AccessMgmt/" },
	{ SERVICE "REM.UMTS.WCDMA.", "FAPService[]/REM/WCDMAFDD/" },
	{ SERVICE, "FAPService[]/" },
	{ "FAP.GPS.", "FAPService[1]/GPS/" },
	{ "FAP.Tunnel.CryptoProfile.{i}.", "FAPService[1]/Transport/Security/CryptoProfile[]/" },
	{ "FAP.Tunnel.VirtualInterface.{i}.", "FAPService[1]/Transport/Tunnel/VirtualInterface[]/" },
	{ "DeviceInfo.", "DeviceInfo/" },
	{ "ManagementServer.", "ManagementServer/" },
	{ "Time.", "Time/" },
};

/* Values that issue 2 of TR-196 spells in another way than issue 1, whose way is the file's. */
static const struct {
	const char *element, *model, *file;
} spellings[] = {
	{ "FAPService/AccessMgmt/NonCSGUEAccessDecision", "Query FAPGW", "Query FAP-GW" },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct cm_element *cm_element_at(size_t index)
{
	return index < COUNT(elements) ? &elements[index] : NULL;
}

/* Is it the path without its instances? */
static bool same_path(const char *row, const char *path, size_t length)
{
	const char *end = path + length;

	for (; path < end; path++) {
		if (*path == '[') {
			while (path < end && *path != ']')
				path++;
			continue;
		}
		if (*row++ != *path)
			return false;
	}
	return !*row;
}

const struct cm_element *cm_element_find(unsigned generations, const char *path, size_t length)
{
	for (size_t i = 0; i < COUNT(elements); i++)
		if (elements[i].generations & generations &&
		    same_path(elements[i].path, path, length))
			return &elements[i];
	return NULL;
}

bool cm_element_is_vendor(const char *name)
{
	return name[0] == 'X' && name[1] == '_';
}

bool cm_element_fits(unsigned generations, const char *path)
{
	bool open = false;

	for (const char *at = path; *at;) {
		const char *end = at + strcspn(at, "/");
		const struct cm_element *row =
			cm_element_find(generations, path, (size_t)(end - path));

		if (end == at || (!row && !open && !cm_element_is_vendor(at)))
			return false;
		open = open || !row || row->kind == CM_OPEN || row->kind == CM_OPEN_MANY;
		if (row && row->kind == CM_LEAF && *end)
			return false;
		at = *end ? end + 1 : end;
	}
	return *path != '\0';
}

/* The length of an instance at the path's begin: "{i}" or a number; 0 = none. */
static size_t instance(const char *path)
{
	return strncmp(path, "{i}", 3) == 0 ? 3 : strspn(path, "0123456789");
}

/* How much of the parameter's path the row fits; 0 = none. number: its instance. */
static size_t fits(const char *row, const char *path, const char **number)
{
	const char *at = path;

	*number = "";
	while (*row) {
		if (strncmp(row, "{i}", 3) == 0) {
			size_t length = instance(at);

			if (!length)
				return 0;
			*number = at;
			at += length;
			row += 3;
		} else if (*row == '*') {
			size_t length = strcspn(at, "_.");

			if (!length)
				return 0;
			at += length;
			row++;
		} else if (*row++ != *at++) {
			return 0;
		}
	}
	return (size_t)(at - path);
}

/* "MemberDetail.2.IMSI" -> "MemberDetail[2]/IMSI" */
static void add_names(struct buffer *element, const char *path)
{
	while (*path) {
		size_t length = strcspn(path, ".");
		size_t digits = instance(path);

		if (digits && digits == length)
			buffer_format(element, "[%.*s]", (int)length, path);
		else
			buffer_format(element, "%s%.*s",
				      element->length &&
						      element->octets[element->length - 1] != '/'
					      ? "/" : "", (int)length, path);
		path += length + (path[length] == '.');
	}
}

static char *place_in_file(const char *parameter)
{
	const char *dot = strchr(parameter, '.'), *number;
	struct buffer element = { 0 };
	size_t row = 0, length = 0;
	char *text;

	while (dot && row < COUNT(places) &&
	       !(length = fits(places[row].parameter, dot + 1, &number)))
		row++;
	if (!length || !places[row].element)
		return NULL;
	for (const char *at = places[row].element; *at; at++) {
		buffer_add(&element, at, 1);
		if (*at == '[' && at[1] == ']')
			buffer_add(&element, number, instance(number));
	}
	add_names(&element, dot + 1 + length);
	while (element.length && element.octets[element.length - 1] == '/')
		element.octets[--element.length] = '\0';
	text = memory_text(buffer_text(&element));
	buffer_free(&element);
	return text;
}

char *cm_element_of(unsigned generations, const char *parameter)
{
	char *element = place_in_file(parameter);

	if (element && !cm_element_fits(generations, element)) {
		free(element);
		element = NULL;
	}
	return element;
}

const char *cm_element_spelling(const char *path, const char *value)
{
	for (size_t i = 0; i < COUNT(spellings); i++)
		if (same_path(spellings[i].element, path, strlen(path)) &&
		    strcmp(spellings[i].model, value) == 0)
			return spellings[i].file;
	return value;
}
