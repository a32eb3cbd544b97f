/*
 * dissector: the octets of connections and datagrams -> messages.
 *
 * A live run feeds it the octets of its sockets, a capture the octets that TCP reassembly
 * gave: so both see the same messages. It reads HTTP/1.x (and CWMP sessions in it) from TCP,
 * DNS from UDP and TCP, FTP (a control connection at port 21, 990 or a known address, or one that
 * greets, and the data connections that it announces), the host key of SSH, and SFTP when its octets are
 * shown in clear, IKE and ESP (with their keys, when they are given), and S1AP and HNBAP from
 * SCTP. It keeps what belongs together: requests and answers, CWMP
 * sessions over several connections (by cookie, by connection, by address and open
 * answers), repeats after 401 and redirects, who is device and who is HMS: the one that
 * posts an Inform is a device; a GET that its peer sends to it is a Connection Request
 * (recognised by the target's address and path when a ConnectionRequestURL was seen in an
 * Inform, or by dissector_listener). Files by HTTP: where a listener says so; in captures a
 * device's PUTs, its GETs at who is no HMS, and what a Download named.
 */
#ifndef PROTOCOLS_DISSECTOR_H
#define PROTOCOLS_DISSECTOR_H

#include <stdint.h>

#include "protocols/message.h"
#include "protocols/problem.h"

struct dissector;

/* Gets each message; owns it from then on. */
typedef void (*dissector_sink)(void *context, struct message *message);

enum stream_end { STREAM_CLOSED, STREAM_RESET, STREAM_LOST /* octets missing: skipped */ };

enum transport {
	TRANSPORT_GUESS, TRANSPORT_HTTP, TRANSPORT_DNS, TRANSPORT_IKE, TRANSPORT_OPAQUE,
	TRANSPORT_FTP, /* a control connection; its data connections are found */
	TRANSPORT_FILES, /* HTTP of a file server */
	TRANSPORT_SFTP,
};

struct dissector *dissector_new(dissector_sink sink, void *context);
void dissector_free(struct dissector *dissector);

/* Addresses at which something is known to listen: its protocol need not be guessed. */
void dissector_listener(struct dissector *dissector, const struct address *server,
			enum transport transport, bool connection_requests);

/* All listeners are told: what is elsewhere is no file server. For a run, and its recording. */
void dissector_set_told(struct dissector *dissector);
/* The file server at the end of this connection has let in the request that it read last. */
void dissector_admitted(struct dissector *dissector, uint64_t connection, int64_t time);
/* The same of the newest connection between the two. */
void dissector_admitted_between(struct dissector *dissector, const struct address *client,
				const struct address *server, int64_t time);

/* A connection; gives its number (from 1, in order of opening). tls: a <tls> facet is wanted. */
uint64_t dissector_open(struct dissector *dissector, const struct address *client,
			const struct address *server, int64_t time);
/* Plain octets; from_client: the direction. packet: the number in the recording, or 0. */
void dissector_octets(struct dissector *dissector, uint64_t connection, bool from_client,
		      int64_t time, uint64_t packet, const void *octets, size_t length);
/* What the newest connection between the two says behind an encryption that nobody can open: of SSH, the
 * octets of SFTP, with the login told before them (SFTP_LOGIN). */
void dissector_clear(struct dissector *dissector, const struct address *source,
		     const struct address *destination, int64_t time, uint64_t packet,
		     const void *octets, size_t length);
void dissector_end(struct dissector *dissector, uint64_t connection, bool from_client,
		   int64_t time, uint64_t packet, enum stream_end how);
void dissector_datagram(struct dissector *dissector, const struct address *source,
			const struct address *destination, int64_t time, uint64_t packet,
			const void *octets, size_t length);
/* A packet of IP protocol 50 (ESP) or 132 (SCTP): what stands behind its IP header. */
void dissector_packet(struct dissector *dissector, const struct address *source,
		      const struct address *destination, uint8_t protocol, int64_t time,
		      uint64_t packet, const void *octets, size_t length);
/* Keys: a row of ikev2_decryption_table or esp_sa (ipsec-key-rows.h), for what comes from then on.
 * 0, or -1 with why. */
int dissector_key(struct dissector *dissector, const char *row, struct problem *problem);
/* Gets each IP packet that came out of ESP, once. */
typedef void (*dissector_inner)(void *context, int64_t time, uint64_t packet, const void *octets,
				size_t length);
void dissector_set_inner(struct dissector *dissector, dissector_inner inner, void *context);
/* Does the recording not tell what was seen inside the operator's network? Then a message has
 * path="unknown", but of a host that speaks IKE outside, or what came out of ESP. */
void dissector_set_one_sided(struct dissector *dissector, bool one_sided);
/* The TLS facts of a connection, put in the <tls> facet of all its later messages. Attribute
 * names and values in pairs, NULL at the end. */
void dissector_tls(struct dissector *dissector, uint64_t connection,
		   const char *const *attributes);
/* Until when nothing comes of the passing of time alone; INT64_MAX = ever. */
int64_t dissector_deadline(const struct dissector *dissector);
/* It is now that late: sessions whose device closed the connection between two exchanges, and did
 * not come back within 30 s of it, are given out as broken. */
void dissector_time(struct dissector *dissector, int64_t now);
/* The input is over: what was being read is given out (HttpTruncated). That sessions are open is
 * nobody's fault. */
void dissector_finish(struct dissector *dissector, int64_t time);

#endif
