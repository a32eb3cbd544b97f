/*
 * state: the simulated device from inside: what its files share, and what they do for each
 * other. Nobody outside this folder includes it (but for its tests).
 */
#ifndef FAKES_DEVICE_STATE_H
#define FAKES_DEVICE_STATE_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stdint.h>

#include "fakes/device/backhaul.h"
#include "fakes/device/connection-requests.h"
#include "fakes/device/device.h"
#include "fakes/device/events.h"
#include "fakes/device/generator.h"
#include "fakes/device/http-client.h"
#include "fakes/device/measurements.h"
#include "fakes/device/uplink.h"
#include "fakes/device/parameter-tree.h"
#include "fakes/device/resolver-cache.h"
#include "fakes/device/traits.h"
#include "fakes/device/upload-reports.h"
#include "protocols/buffer.h"
#include "protocols/message.h"

#define SCHEDULES_MOST 16 /* ScheduleInforms that can wait at one time */

struct schedule { /* a ScheduleInform that is not due yet */
	struct device *device;
	char key[33];
	struct timer *timer; /* NULL = free */
};

struct transfer;

enum outage { OUTAGE_TUNNEL, OUTAGE_BACKHAUL, OUTAGES };

enum failure { FAILED_OTHERWISE, FAILED_BY_STATUS, FAILED_BY_FAULT, FAILED_BY_DNS, FAILED_BY_TLS,
	       FAILED_BY_REDIRECT, FAILED_BY_CONNECTION, FAILED_BY_TUNNEL,
	       FAILED_BY_CUT, FAILED_BY_CLEAR };

struct device {
	struct loop *loop;
	struct device_factory factory; /* its strings are owned */
	struct traits traits;
	struct generator random;
	struct parameter_tree *model;  /* the data model with its defaults, never changed */
	struct parameter_tree *tree;   /* always there; as from the box while it is off */
	struct uplink *uplink;         /* always there, too */
	struct backhaul *backhaul;     /* likewise */
	struct measurements *measurements; /* likewise */
	struct upload_report *upload_reports; /* that the HMS has not answered */
	struct cell_ipsec *ipsec;      /* from its first tunnel to the power's end */
	bool powered;

	/* What is kept over a power cycle (store.c), beside the tree. */
	struct buffer kept;
	char *bootstrapped;        /* the URL that had its 0 BOOTSTRAP; NULL = none yet */
	unsigned retry_count;      /* Inform's RetryCount: only a success clears it */
	char *request_path;        /* of the ConnectionRequestURL */
	uint16_t request_port;
	struct events events;
	struct transfer *transfers; /* Downloads, waiting or to be told of */

	/* What a power cycle ends. */
	struct connection_requests *connection_requests;
	int64_t taken[2]; /* when it accepted the last Connection Requests (variant) */
	struct session *session;
	struct http_client *idle;   /* a connection kept open between sessions (variant) */
	struct resolver_cache dns_cache; /* (variant) */
	int64_t dns_failed;         /* when the DNS failed last (variant) */
	struct timer *radio, *scan; /* a transmitter comes up, a GPS scan ends (variants) */
	struct happening *happenings; /* not noticed yet (variant) */
	struct timer *start;        /* a session is about to begin */
	struct timer *retry;        /* waits by the table */
	struct timer *periodic, *throttle;
	struct timer *restart;      /* waits for what a session's connection says at its end */
	struct schedule schedules[SCHEDULES_MOST];
	unsigned wait_number;       /* row of the wait table: restarts with the device */
	int64_t booted;
	int64_t last_success;       /* end of the last good session; 0 = none since the boot */
	int64_t old_interval;       /* of periodic Informs, as they run; 0 = they do not */
	unsigned requests;          /* Connection Requests that were accepted */
	bool request_again;         /* a Connection Request is to have a second session (a defect) */
	char *kept_cookies;         /* of the session before (a defect) */
	unsigned other_sessions;    /* for Connection Requests that came before a session (defect) */
	enum failure failure;       /* of the last session (defects) */
	bool change_session;        /* a session for changes, whatever their attributes (defects) */

	/* What is due when the session has come to its proper end. */
	bool reboot_due, reset_due;
	bool restart_due;           /* what was written takes effect by it (a variant) */
	char reboot_key[33];
	char *remembered;           /* the URL of before a factory reset (defects); or NULL */
	bool radio_due;             /* AdminState was set: the transmitter follows */
	bool locked;                /* AdminState was set to false since the boot (TR-196) */

	/* Alarms (alarms.c). */
	unsigned alarm_count;       /* raised since the boot: makes identifiers */
	unsigned next_row[3];       /* where the event tables go on: History, Expedited, Queued */
	bool outages[OUTAGES];      /* whose alarm is raised */
};

/* device.c */
/* The parameter of that name below the root ("ManagementServer.URL"), or NULL. */
struct parameter *device_parameter(const struct device *device, const char *name);
const char *device_value(const struct device *device, const char *name); /* "" when not there */
void device_set(struct device *device, const char *name, const char *value);
/* A dateTime of the device's clock now. */
void device_time(const struct device *device, char text[32]);
void device_power_off(struct device *device);
int device_power_on(struct device *device, struct problem *problem);
void device_factory_state(struct device *device); /* forgets all configuration */
void device_reset(struct device *device); /* the same, by order of the HMS */

/* informing.c: when a session begins, and what comes after it */
/* Something is to be told: a session at once, or after the one that runs. */
void device_event(struct device *device, const char *code, const char *key);
void device_want_session(struct device *device, int64_t delay);
/* The tunnel is up that sessions failed without: the retry need not wait any more. */
void device_reachable(struct device *device);
/* Values were changed by something other than the HMS. */
void device_changed(struct device *device);
void device_session_over(struct device *device, bool success);
void device_periodic(struct device *device); /* arms periodic Informs by the parameters */
void device_schedule(struct device *device, const char *key, int64_t delay);
bool device_schedule_free(const struct device *device);
void device_stop_timers(struct device *device);
void device_restart(struct device *device); /* the reset or the reboot that is due */
/* The Connection Request server moves to local, and with it ConnectionRequestURL; told: as a change
 * of the device's own. */
bool device_listen(struct device *device, const struct address *local, bool told,
		   struct problem *problem);
/* Nobody is reached at the old address any more, and nothing is known of its side. */
void device_leave_address(struct device *device);

/* session.c */
/* What the session waited for is done: a transfer (variants). */
void device_session_resume(struct device *device);
void device_session_start(struct device *device);
void device_session_abandon(struct device *device); /* the power is gone */
/* The tunnel went away: a session over it has failed. */
void device_uplink_lost(struct device *device, const struct problem *why);

/* inform.c */
xmlNode *device_inform(struct device *device); /* marks events and changes as being told */

/* rpc.c: answers a request of the HMS: a Response or a Fault, a body of its own. */
xmlNode *rpc_answer(struct device *device, const xmlNode *request);
/* The HMS wrote the parameter: what follows from it. */
void device_written(struct device *device, struct parameter *parameter);
void device_writes_done(struct device *device);

/* radio.c */
void radio_follow(struct device *device, bool may_switch_on);

/* alarms.c */
void alarms_boot(struct device *device);
void alarms_stop(struct device *device); /* what is not noticed yet never is */
void alarms_factory(struct device *device); /* what their tables hold from the factory on */
int alarms_act(struct device *device, const char *action,
	       char *(*argument)(void *context, const char *name), void *context,
	       struct problem *problem);

/* outages.c: what failed by itself, and came back, is told by an alarm */
void outage_begins(struct device *device, enum outage outage);
void outage_ends(struct device *device, enum outage outage);

/* location.c */
void location_factory(struct device *device);
void location_scan(struct device *device); /* a variant: again and again */
int location_move(struct device *device, char *(*argument)(void *context, const char *name),
		  void *context, struct problem *problem);

/* store.c */
void device_store_save(struct device *device); /* after a change */
void device_store_keep(struct device *device); /* the power goes */
void device_store_load(struct device *device); /* into a tree in factory state */
void device_store_forget(struct device *device);
int device_store_open(struct device *device, struct problem *problem);

#endif
