/*
 * cwmp-asked: what an HMS asked for, kept until the answer is there, and what an answer has too
 * much and too little of it (TR-069 A.3.2). It makes no messages.
 */
#ifndef PROTOCOLS_CWMP_ASKED_H
#define PROTOCOLS_CWMP_ASKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/limits.h"
#include "protocols/message.h"

enum cwmp_usage { /* of IPsec, by the indicator that an operator sets (TS 32.583 5.2.1 step 5.3) */
	USAGE_UNTOLD, /* as the factory has it */
	USAGE_UNSEEN, /* what was said before the device was seen, nobody knows */
	USAGE_OPEN,   /* it may have been said in what nobody reads here */
	USAGE_OFF,
	USAGE_ON,
};

struct cwmp_asked {
	/* The names that were asked for or written, or the path: sorted. */
	char **names;
	size_t count, octets;
	/* Which of them are partial paths. */
	uint16_t partial[LIMIT_ASKED_PATHS];
	size_t partial_count;
	/* Not all are kept, or one is an alias ("T.[a].P") for which the answer may have a number:
	 * nothing can be said of the answer. */
	bool too_many;
	bool malformed; /* SetParameterValues: may be refused as a whole */
	bool configuration; /* a Download of a configuration file */
	bool is_path;   /* GetParameterNames */
	bool next_level;
	char *twice;    /* the first name that stands twice; NULL = none */
	char *key;      /* the CommandKey or ParameterKey; NULL = none */
	char *url;      /* what ManagementServer.URL is set to; NULL = it is not */
	bool delayed;   /* of a transfer: DelaySeconds is not 0 */
	bool periodic;  /* a PeriodicInform parameter is written */
	int64_t interval; /* PeriodicInformInterval as written; 0 = it is not */
	enum cwmp_usage usage; /* as written */
};

/* What a parameter of a ParameterList (a ParameterValueStruct) says of it: by its last name, which a
 * vendor may begin. */
enum cwmp_usage cwmp_usage_said(const char *name, const xmlNode *parameter);

void cwmp_asked_set(struct cwmp_asked *asked, const struct message *request);
void cwmp_asked_clear(struct cwmp_asked *asked);
/* Describes the answer in a facet: extra= (the first name in it that was not asked for), missing=
 * (the first that was asked for by its full name and is not in it), twice=, delayed=. */
void cwmp_asked_describe(const struct cwmp_asked *asked, const struct message *answer,
			 xmlNode *facet);

#endif
