/*
 * fake-server: a played element alone, in real time, for clients that are not ours: what the programs
 * hms-fake-server and file-fake-server have in common.
 *
 * Reads cues from its standard input, one a line (hms-script.h); "clear" forgets those that are left,
 * "left" prints how many they are, "reset" begins a new scenario; prints "heard: LINE" behind each. Ends
 * at the input's end or at SIGTERM.
 */
#ifndef TESTS_INTEROP_FAKE_SERVER_H
#define TESTS_INTEROP_FAKE_SERVER_H

#include "fakes/fake.h"
#include "protocols/buffer.h"
#include "tests/fakes/hms-script.h"

struct fake_server { /* zeroed, but for what the program sets */
	/* The program's. */
	const char *name, *role;
	const struct fake_kind *kind;
	const char *const *variables; /* that it publishes, without ROLE., NULL at the end */
	const struct tap *tap;        /* may be NULL */
	void (*heard)(void *context); /* behind each line; may be NULL */
	void *context;
	/* Its own. */
	struct loop *loop;
	struct profile *profile;
	struct bench *bench;
	struct pki *pki;
	struct script script;
	struct stage stage;
	struct fake *fake;
	struct buffer input;
	struct watch *watch;
};

/* Sets the variables ("NAME=VALUE", NULL at the end) in a profile, writes ca.pem, device.pem and
 * device.key into the folder, starts the element, prints "NAME=VALUE" of what it published, then
 * "ready", and serves. Gives the program's exit status. */
int fake_server_run(struct fake_server *server, const char *folder, char **settings);

#endif
