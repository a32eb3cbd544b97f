/*
 * device: the simulated HNB or HeNB: an honest agent that decides for itself when to boot,
 * resolve, connect, inform, retry and notify, and that can be given defects. It knows
 * nothing of charts: it is told what happens to it (device_act) and otherwise only meets the
 * network.
 */
#ifndef FAKES_DEVICE_DEVICE_H
#define FAKES_DEVICE_DEVICE_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "harness/judge/data-model-map.h"
#include "harness/judge/grammar.h"
#include "harness/loop/loop.h"
#include "protocols/address.h"
#include "protocols/problem.h"

struct device;
struct tunnel_ends;
struct device_ipsec;

struct device_factory { /* what is put into the cell at the factory; copied */
	bool is_henb;
	const struct data_model_map *map; /* outlives the device */
	const struct parameter_tree *model; /* tree_new of it, likewise; NULL = the device makes it */
	struct grammar *grammar;        /* of the files that it takes, likewise; NULL = it knows none */
	const char *manufacturer, *oui, *product_class, *serial;
	const char *hms_url;            /* the initial HMS */
	const char *other_url;          /* of another HMS, for a defect; may be NULL */
	const char *username, *password; /* of ManagementServer; may be NULL */
	struct address dns;             /* outer DNS; family 0 = none: only literals work */
	struct address wrong_dns;       /* for the defect that asks another; family 0 = none */
	struct address local;           /* where it lives and takes Connection Requests */
	SSL_CTX *tls;                   /* client context that verifies; NULL = no TLS */
	SSL_CTX *tls_blind;             /* one that does not, for the defect; may be NULL */
	const char *ns;                 /* CWMP namespace; NULL = 1.1 */
	/* Who makes its tunnels (tunnel-end.h); NULL: it sets up none. Outlives the device. */
	bool backhaul;                  /* it has a radio side: S1 or Iuh */
	const struct tunnel_ends *tunnel_ends;
	const struct device_ipsec *ipsec; /* of ipsec_tunnel_ends; outlives the device */
	const char *file_host_key;      /* of the file server by SFTP: "SHA256:..."; NULL = any */
	const char *segw;               /* the initial SeGW, name or literal; NULL = none */
	uint16_t inner_dns_port;        /* 0 = 53 */
	const char *store;              /* folder for its configuration; NULL = memory only */
};

struct device *device_new(struct loop *loop, const struct device_factory *factory,
			  struct problem *problem);
void device_free(struct device *device);
/* Switches a defect or a lawful variant on; -1 when there is no such. */
int device_defect(struct device *device, const char *name, struct problem *problem);
int device_variant(struct device *device, const char *name, struct problem *problem);
/*
 * Something happens to it: power-on, power-off, power-cycle, raise-alarm (severity, event-type,
 * probable-cause, specific-problem, managed-object, text, identifier), change-alarm, clear-alarm
 * (identifier), change-value (parameter, value: by something other than the HMS), move (latitude,
 * longitude), forget (factory state, as from the box). argument gives values (new memory) by
 * name; -1 with why when it cannot be done.
 */
int device_act(struct device *device, const char *action,
	       char *(*argument)(void *context, const char *name), void *context,
	       struct problem *problem);

struct device_trait {
	const char *name, *meaning;
	const char *statement; /* that a defect breaks; of a variant, the clause that allows it */
	const char *group;     /* of its variants a device can have one; "" = goes with all */
};
const struct device_trait *device_defects(size_t *count); /* the table of defects */
const struct device_trait *device_variants(size_t *count);

#endif
