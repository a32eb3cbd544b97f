/*
 * run-command: a device under test that is a command on this machine (--device-command).
 *
 * It is run by the shell in the network of the bench's device, as the leader of a process group,
 * with the addresses of the bench in its environment (ROLE_address, ROLE_port, ROLE_host, ROLE_url,
 * with _ for -) and, on netns, the bench's outer DNS in its /etc/resolv.conf. What it says goes to device.log in the report's
 * folder. The chart's power-on and power-cycle start it anew, unless the profile has triggers for
 * them; its group is ended when the run ends, however that ends.
 */
#ifndef HARNESS_RUN_COMMAND_H
#define HARNESS_RUN_COMMAND_H

#include "harness/run-bench.h"

struct run_command;

/* Prepares it: with a trigger power-on in the profile the command is started at once. NULL with
 * why. */
struct run_command *run_command_new(struct run *run, const char *command,
				    struct problem *problem);
/* Does this action of the chart start the command? */
bool run_command_does(const struct run_command *command, const char *action);
/* Starts it, after ending what is left of the one before. 0, or -1 with why. */
int run_command_start(struct run_command *command, struct problem *problem);
void run_command_free(struct run_command *command); /* ends it; NULL is fine */

#endif
