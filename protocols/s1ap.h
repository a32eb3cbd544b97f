/*
 * s1ap: S1 SETUP of TS 36.413 8.7.3, which a HeNB says to its MME when it is configured.
 *
 * Messages: S1SetupRequest, S1SetupResponse, S1SetupFailure; S1apOther (procedure=, kind=),
 * S1apMalformed (why=). Bodies, in the names of the standard's ASN.1:
 *   S1SetupRequest   <Global-ENB-ID><pLMNidentity>00101, <eNB-ID><homeENB-ID>11259375 (or macroENB-ID)
 *                    <eNBname>
 *                    <SupportedTAs><SupportedTAs-Item><tAC>1, <broadcastPLMNs><PLMNidentity>00101..
 *                    <DefaultPagingDRX>v128
 *                    <CSG-IdList><CSG-IdList-Item><cSG-Id>74565
 *   S1SetupResponse  <MMEname>
 *                    <ServedGUMMEIs><ServedGUMMEIsItem><servedPLMNs><PLMNidentity>..,
 *                    <servedGroupIDs><MME-Group-ID>.., <servedMMECs><MME-Code>..
 *                    <RelativeMMECapacity>255
 *   S1SetupFailure   <Cause group= value=/> <TimeToWait seconds="10"/>
 * Numbers are decimal, as in the data model.
 */
#ifndef PROTOCOLS_S1AP_H
#define PROTOCOLS_S1AP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"
#include "protocols/message.h"

#define S1AP_PORT 36412 /* of SCTP (IANA) */
#define S1AP_PPID 18    /* payload protocol identifier of SCTP (IANA) */

enum s1ap_enb_id { S1AP_MACRO_ENB_ID, S1AP_HOME_ENB_ID };

struct s1ap_tracking_area {
	uint16_t code;
	const char *const *plmns; /* "00101" */
	size_t plmn_count;        /* 1 to 6 */
};

struct s1ap_setup_request {
	const char *plmn;
	enum s1ap_enb_id id_type;
	uint32_t id;             /* 20 bits of a macro eNB, 28 of a HeNB */
	const char *name;        /* NULL = left out; at most 150 characters */
	const struct s1ap_tracking_area *areas;
	size_t area_count;       /* 0 = left out, which is wrong; at most 256 */
	unsigned paging_drx;     /* 32, 64, 128, 256 frames; any other = left out, which is wrong */
	const uint32_t *csg_ids; /* of 27 bits */
	size_t csg_count;        /* 0 = left out; at most 256 */
};

struct s1ap_setup_response {
	const char *name; /* NULL = left out */
	const char *plmn;
	uint16_t group;
	uint8_t code;
	uint8_t capacity;
};

/* Never NULL; octets: of one SCTP message. */
struct message *s1ap_message_decode(const void *octets, size_t length);
/* They add to out. */
void s1ap_write_setup_request(const struct s1ap_setup_request *request, struct buffer *out);
void s1ap_write_setup_response(const struct s1ap_setup_response *response, struct buffer *out);
/* time_to_wait: 1, 2, 5, 10, 20, 60 seconds, 0 = left out. false, and nothing written, when there
 * is no such cause ("misc", "unknown-PLMN") or time. */
bool s1ap_write_setup_failure(const char *group, const char *cause, unsigned time_to_wait,
			      struct buffer *out);

#endif
