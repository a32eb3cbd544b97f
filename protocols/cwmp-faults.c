#include "protocols/cwmp.h"

/* TR-069 A.5.1 (9xxx, from the CPE) and A.5.2 (8xxx, from the ACS), with the reserved and the
 * vendor's ranges. */
static const struct {
	int last;
	struct cwmp_fault_code fault; /* its code is the first of the range */
} faults[] = {
	{8000, {8000, "Method not supported", false}},
	{8001, {8001, "Request denied", false}},
	{8002, {8002, "Internal error", false}},
	{8003, {8003, "Invalid arguments", false}},
	{8004, {8004, "Resources exceeded", false}},
	{8005, {8005, "Retry request", false}},
	{8006, {8006, "Version incompatible", false}}, /* reserved before CWMP 1.4 */
	{8799, {8007, "Reserved fault code", false}},
	{8899, {8800, "Vendor-specific fault", false}},
	{9000, {9000, "Method not supported", true}},
	{9001, {9001, "Request denied", true}},
	{9002, {9002, "Internal error", true}},
	{9003, {9003, "Invalid arguments", true}},
	{9004, {9004, "Resources exceeded", true}},
	{9005, {9005, "Invalid parameter name", true}},
	{9006, {9006, "Invalid parameter type", true}},
	{9007, {9007, "Invalid parameter value", true}},
	{9008, {9008, "Attempt to set a non-writable parameter", true}},
	{9009, {9009, "Notification request rejected", true}},
	{9010, {9010, "Download failure", true}},
	{9011, {9011, "Upload failure", true}},
	{9012, {9012, "File transfer server authentication failure", true}},
	{9013, {9013, "Unsupported protocol for file transfer", true}},
	{9014, {9014, "Download failure: unable to join multicast group", true}},
	{9015, {9015, "Download failure: unable to contact file server", true}},
	{9016, {9016, "Download failure: unable to access file", true}},
	{9017, {9017, "Download failure: unable to complete download", true}},
	{9018, {9018, "Download failure: file corrupted", true}},
	{9019, {9019, "Download failure: file authentication failure", true}},
	{9799, {9020, "Reserved fault code", true}},
	{9899, {9800, "Vendor-specific fault", true}},
};

const struct cwmp_fault_code *cwmp_fault_find(int code)
{
	size_t index;

	for (index = 0; index < sizeof(faults) / sizeof(faults[0]); index++)
		if (code >= faults[index].fault.code && code <= faults[index].last)
			return &faults[index].fault;
	return NULL;
}
