/*
 * hnbap: HNB REGISTER and DE-REGISTER of TS 25.469 8.2 and 8.3, which an HNB says to its HNB-GW.
 *
 * Messages: HnbRegisterRequest, HnbRegisterAccept, HnbRegisterReject, HnbDeRegister; HnbapOther
 * (procedure=, kind=), HnbapMalformed (why=). Bodies, in the names of the standard's ASN.1:
 *   HnbRegisterRequest  <HNB-Identity>1001122-HNB1@realm
 *                       <HNB-Location-Information>, in it
 *                         <macroCoverageInfo><uTRANCellID> <lAC> <rAC> <pLMNidentity> <uTRANcellID>
 *                         or <macroCoverageInfo><gERANCellID> <pLMNidentity> <lAC> <cI>,
 *                         <geographicalCoordinates> <latitude> <longitude> <altitude>, signed, in
 *                         the units of the standard, <HNB-Internet-Information>192.0.2.1
 *                       <PLMNidentity>00101 <CellIdentity>1 <LAC>1 <RAC>1 <SAC>1 <CSG-ID>74565
 *                       <HNB-Cell-Access-Mode>closed <Service-Area-For-Broadcast>1 <PSC>1
 *   HnbRegisterAccept   <RNC-ID>4660
 *   HnbRegisterReject   <Cause group= value=/> <BackoffTimer seconds="60"/>
 *   HnbDeRegister       the same
 * Numbers are decimal, as in the data model.
 */
#ifndef PROTOCOLS_HNBAP_H
#define PROTOCOLS_HNBAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/address.h"
#include "protocols/buffer.h"
#include "protocols/message.h"

#define HNBAP_PORT 29169 /* of SCTP, for all that Iuh has (TS 25.467 7.1) */
#define HNBAP_PPID 20    /* payload protocol identifier of SCTP (TS 25.467 7.1) */

enum hnbap_access { HNBAP_CLOSED, HNBAP_HYBRID, HNBAP_OPEN, HNBAP_ACCESS_LEFT_OUT };

struct hnbap_register_request {
	const char *identity;  /* of 1 to 255 octets: "1OUI-SERIAL@REALM" */
	const char *plmn;
	uint32_t cell;         /* 28 bits */
	uint16_t lac, sac;
	uint8_t rac;
	bool has_csg;
	uint32_t csg;          /* 27 bits */
	enum hnbap_access access;
	bool has_macro;        /* the UTRAN cell around it */
	struct {
		const char *plmn;
		uint16_t lac;
		uint8_t rac;
		uint32_t cell;
	} macro;
	const struct address *internet_address; /* NULL = left out */
};

/* Never NULL; octets: of one SCTP message. */
struct message *hnbap_message_decode(const void *octets, size_t length);
/* They add to out. */
void hnbap_write_register_request(const struct hnbap_register_request *request,
				  struct buffer *out);
void hnbap_write_register_accept(uint16_t rnc_id, struct buffer *out);
/* backoff: seconds, 0 to 3600; -1 = left out, as it must be but for the cause overload. false, and
 * nothing written, when there is no such cause ("radioNetwork", "overload"). */
bool hnbap_write_register_reject(const char *group, const char *cause, int backoff,
				 struct buffer *out);
bool hnbap_write_de_register(const char *group, const char *cause, int backoff,
			     struct buffer *out);

#endif
