/*
 * cwmp-record: what is known of a device from its sessions so far, as far as they were seen: the
 * ParameterKey that it has to have, what it was ordered to do, which events nobody has taken from
 * it yet. Of that the session facet of its messages tells (message.h), for rules that look beyond one
 * session. It makes no messages.
 *
 * Whatever was not seen for certain (octets that are missing, a session that broke while an answer
 * was due) is not known any more: nobody is blamed on a guess.
 */
#ifndef PROTOCOLS_CWMP_RECORD_H
#define PROTOCOLS_CWMP_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/address.h"
#include "protocols/cwmp-asked.h"
#include "protocols/cwmp-values.h"
#include "protocols/limits.h"
#include "protocols/message.h"

enum order_state {
	ORDER_NONE,
	ORDER_PENDING, /* answered with Status 1: TransferComplete has to come */
	ORDER_DONE,    /* answered with Status 0: none may come */
	ORDER_REFUSED, /* answered with a Fault: none may come */
};

struct cwmp_order { /* a transfer */
	char *key; /* NULL = no order */
	enum order_state state;
	uint64_t session; /* in which it was given */
	bool delayed;     /* with DelaySeconds that are not 0; of several, each of them */
	unsigned others;  /* of the same key, that are pending, too; session: of the last */
};

struct cwmp_undelivered { /* an event */
	char *code, *key;
};

struct cwmp_record {
	char *identity; /* NULL = not in use */
	unsigned uses;  /* open sessions */
	uint64_t touched;
	char *parameter_key;       /* NULL = not known */
	char *parameter_key_too;   /* may be as well, or NULL */
	struct address key_server; /* with which it was seen */
	struct cwmp_order orders[LIMIT_RECORD_ORDERS];
	unsigned order_next;
	char *reboot_key;  /* of a Reboot that it answered and has not told of; NULL = none */
	bool reset;        /* FactoryReset, likewise */
	bool url_changed;  /* its HMS gave it another URL, likewise */
	enum cwmp_usage usage; /* of IPsec, as the HMS said last */
	uint64_t usage_pending; /* the session in which it said so, with Status 1; 0 = none */
	struct cwmp_undelivered undelivered[LIMIT_RECORD_EVENTS];
	unsigned undelivered_count;
	int64_t periodic_at; /* of its last periodic Inform that was no retry; 0 = none to count from */
	int64_t interval;    /* seconds between them, as the HMS set it; 0 = not known */
	int64_t began, ended; /* its last session */
	char year[8];         /* of its last CurrentTime; empty = not known */
	struct cwmp_values values;
};

struct cwmp_records {
	struct cwmp_record list[LIMIT_RECORDS];
	uint64_t touched;
};

/* The record of a device, a new one when there is none; NULL when nothing can be remembered. To be
 * given back with cwmp_record_drop. */
struct cwmp_record *cwmp_record_take(struct cwmp_records *records, const char *identity);
void cwmp_record_drop(struct cwmp_record *record); /* NULL is fine */
void cwmp_records_clear(struct cwmp_records *records);
/* Of the device with this hash of its identity (cwmp_past_hash) nothing is known any more. */
void cwmp_records_unseen(struct cwmp_records *records, uint64_t who);
/* Nothing is known any more. */
void cwmp_record_forget(struct cwmp_record *record);

/* What the record tells of an Inform that is no repeat, and what it learns from it. failed: the
 * session before had no InformResponse; told: no HMS of it can have been unseen. */
void cwmp_record_inform(struct cwmp_record *record, const struct message *inform, bool failed,
			bool told, xmlNode *facet);
/* The device answers a request of its HMS. host: of the HTTP Host field, or NULL. */
void cwmp_record_answer(struct cwmp_record *record, uint64_t session,
			const struct cwmp_asked *asked, const struct message *answer,
			const char *host, const char *request);
/* The HMS sends it a SetParameterValues. */
void cwmp_record_asked(struct cwmp_record *record, const struct message *request);
/* It shows its parameters in a GetParameterValuesResponse, its ParameterKey among them, or whether
 * it uses IPsec. */
void cwmp_record_values(struct cwmp_record *record, uint64_t session,
			const struct message *answer, xmlNode *facet);
/* What it was told of the transfer that a TransferComplete is about. */
void cwmp_record_transfer(const struct cwmp_record *record, const struct message *complete,
			  uint64_t session, xmlNode *facet);
/* The InformResponse, the TransferCompleteResponse for the CommandKey, or another came. */
void cwmp_record_delivered(struct cwmp_record *record, const struct message *response,
			   const char *key);
/* The session is over: orderly, or broken with an answer due. */
void cwmp_record_over(struct cwmp_record *record, bool orderly, const char *due);

/* --- cwmp-record-events.c --- */

void cwmp_record_events(struct cwmp_record *record, const struct message *inform, bool failed,
			xmlNode *facet);
void cwmp_record_events_clear(struct cwmp_record *record);
/* Was this event told, and has no answer taken it yet? */
bool cwmp_record_events_owe(const struct cwmp_record *record, const char *code);
void cwmp_record_events_told(struct cwmp_record *record, const char *response, const char *key);
bool cwmp_inform_has(const struct message *inform, const char *code, const char *key);

#endif
