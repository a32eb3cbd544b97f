/*
 * capture-roles: whose address is whose in a capture.
 */
#ifndef HARNESS_CAPTURE_ROLES_H
#define HARNESS_CAPTURE_ROLES_H

#include "harness/chart/chart.h"
#include "harness/judge/profile.h"
#include "harness/loop/bench.h"
#include "protocols/message.h"

#define DEVICE_HOSTS 16 /* of one device; the oldest gives way */
#define INFERRED_LIMIT 16 /* elements other than the device: a flow has at most six */

struct inferred {
	struct address address;
	const char *role;
};

struct capture_roles {
	const struct chart *chart;
	struct profile *profile;
	struct bench *bench;
	bool infer_identity;
	bool infer_names;  /* no profile says what names the elements have */
	bool name_asked;   /* the name that the device asked for first is the initial HMS's */
	struct inferred list[INFERRED_LIMIT];
	size_t count;
	struct address device; /* its host; family 0 = no Inform yet */
	struct address other_device; /* the same on the tunnel's other side; family 0 = not known */
	/* More of its hosts: inner addresses that gateways assigned, and where its Informs came from. */
	struct address known[DEVICE_HOSTS];
	size_t known_next;
	bool device_sure;      /* its serial number was the profile's */
	char sided[ROLE_NAME]; /* the role whose side was asked for last, and what came of it */
	const char *side;
	/* Gets each inference as a sentence. */
	void (*say)(void *context, int64_t time, const char *text);
	void *context;
};

/* Names both ends of a message, and takes from it what the profile does not say. */
void capture_roles_name(struct capture_roles *roles, struct message *message);

/* Says of a SctpInit to the role at which port the profile has it (ixit ROLE.s1-port, ROLE.iuh-port):
 * attribute configured-port of the message; nothing where the profile has none. */
void capture_roles_port(const struct profile *profile, struct message *message, const char *role);

#endif
