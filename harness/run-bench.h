/*
 * run-bench: what all scenes of a run share: loop, bench, keys, fakes, recording, reports;
 * and the tap that shows the sockets' octets to the recorder and to the scene.
 */
#ifndef HARNESS_RUN_BENCH_H
#define HARNESS_RUN_BENCH_H

#include "captures/recorder.h"
#include "fakes/device/parameter-tree.h"
#include "fakes/fake.h"
#include "harness/judge/run-log.h"
#include "harness/loop/bench.h"
#include "harness/loop/loop.h"
#include "harness/loop/pki.h"
#include "harness/run.h"
#include "protocols/dissector.h"
#include "protocols/limits.h"
#include "reports/terminal.h"

struct played { /* an element that we play */
	const struct fake_kind *kind;
	const char *role;
	struct fake *fake;
};

struct connection { /* a tapped connection, for messages that the tap itself makes */
	struct address client, server;
	uint64_t packets[2]; /* its last ones with octets: [from_client] */
};

struct run {
	const struct scenario_set *set;
	const struct run_options *options;
	struct run_totals *totals;
	const struct profile *profile;
	bool simulated; /* the device is ours, time is virtual */
	struct parameter_tree *model; /* of such a device, as its map has it; NULL = it has no map */
	struct loop *loop;
	int64_t until; /* how far the bench before came: time goes on from there */
	struct bench *bench;
	struct pki *pki;
	struct tap tap;
	struct stage stage;
	struct run_command *command; /* the device, when it is one (run-command.h); or NULL */
	struct played *played;
	size_t played_count;
	struct recorder *recorder; /* NULL = nothing is recorded */
	struct run_log *log;       /* NULL = nothing is logged */
	struct terminal *terminal; /* NULL = silent */
	struct scene *scene;       /* the scenario that is on; NULL between two */
	struct dissector *dissector; /* of the scene */
	struct connection *connections; /* of the scene, by the dissector's number - 1 */
	size_t connection_count;
	char **keys; /* of IKE and ESP, rows of Wireshark's tables */
	size_t key_count;
	uint64_t recorded_before; /* connections of earlier scenes: recorder numbers go on */
	uint64_t last_packet;     /* of what was recorded last */
	uint64_t recorded;        /* octets of this scene's recording, about */
	bool limits_said[BOUNDS_MOST]; /* in this scene, by bound_index */
	unsigned tapped; /* counts tap calls, so that one can see that something happened */
};

/* Puts a bench together for all scenarios of one profile. */
int run_bench_start(struct run *run, struct problem *problem);
/* Starts the fakes of a chart's roles that are not there yet. */
int run_bench_play(struct run *run, const struct chart *chart, struct problem *problem);
/* Does an element that is played talk TLS? */
bool run_bench_uses_tls(const struct run *run);
/* Leaves ca.pem, the root that a device is to trust, in the report folder when TLS is used. */
int run_bench_write_ca(const struct run *run, struct problem *problem);
/* A new scene's dissector; connections of earlier scenes are no longer listened to. */
void run_bench_clear(struct run *run);
void run_bench_stop(struct run *run);
/* Names the ends of a message by the bench: an address of no role is the device's. */
void run_name_roles(const struct run *run, struct message *message);

/* Something of the other end's was cut off by a limit (limits.h): becomes a message LimitReached,
 * once in a scene. ends: its client and server, or NULL. */
void run_limit(struct run *run, const char *limit, const char *why, const struct connection *ends);

/* The tap's functions: context is the run. */
extern const struct tap run_tap;

#endif
