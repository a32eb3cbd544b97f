/*
 * ipsec-wireshark: keys as rows of Wireshark's tables, so that it opens a recording: the files
 * ikev2_decryption_table and esp_sa of its profile folder.
 */
#ifndef PROTOCOLS_IPSEC_WIRESHARK_H
#define PROTOCOLS_IPSEC_WIRESHARK_H

#include "protocols/ikev2-sa.h"

/* The row for an IKE SA that has its keys; new memory, with a line's end. */
char *ikev2_wireshark_row(const struct ikev2_sa *sa);
/* The row for one direction of a Child SA, for packets from source to destination (port is
 * ignored); inbound: towards this end. New memory, with a line's end. */
char *esp_wireshark_row(const struct ikev2_child *child, bool inbound,
			const struct address *source, const struct address *destination);

#endif
