#include "harness/run-command.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/loop/guardian.h"
#include "harness/loop/namespace.h"
#include "protocols/memory.h"

enum { GRACE = 2000, LOOK = 1000000 }; /* milliseconds after SIGTERM; nanoseconds of a look */

struct run_command {
	struct run *run;
	const char *text;
	struct guardian *guardian;
	char *log, *resolver; /* files; NULL without a report folder */
	pid_t child;          /* leads its group; 0 = none */
};

static bool has_trigger(const struct run *run, const char *action)
{
	return profile_trigger(run->profile, action) != NULL;
}

bool run_command_does(const struct run_command *command, const char *action)
{
	return (strcmp(action, "power-on") == 0 || strcmp(action, "power-cycle") == 0) &&
	       !has_trigger(command->run, action);
}

static void ended(void *context, int status)
{
	struct run_command *command = context;

	(void)status;
	guardian_group_ended(command->guardian, (int)command->child);
	command->child = 0;
}

/* SIGTERM for the group and a while for it, then SIGKILL. */
static void end_group(struct run_command *command)
{
	const struct timespec moment = { 0, LOOK };
	pid_t child = command->child;
	bool gone = false;

	if (!child)
		return;
	loop_disown(command->run->loop, (int)child);
	kill(-child, SIGTERM);
	for (int i = 0; i < GRACE && !gone; i++) {
		gone = waitpid(child, NULL, WNOHANG) == child;
		if (!gone)
			nanosleep(&moment, NULL);
	}
	kill(-child, SIGKILL);
	if (!gone)
		waitpid(child, NULL, 0);
	ended(command, 0);
}

/* --- in the child --- */

static void export_one(const struct run *run, const char *role, const char *name)
{
	char *variable = memory_format("%s.%s", role, name);
	const char *value = bench_variable(run->bench, variable);

	for (char *c = variable; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	if (value)
		setenv(variable, value, 1);
	free(variable);
}

static void export_bench(const struct run *run)
{
	static const char *const names[] = { "address", "port", "url", "host" };
	const char *role;

	for (size_t i = 0; (role = bench_role_at(run->bench, i)) != NULL; i++)
		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++)
			export_one(run, role, names[j]);
}

/* A file of ours in the place of /etc/resolv.conf, for this process and its children only. */
static int mount_resolver(const char *file)
{
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0)
		return -1;
	return mount(file, "/etc/resolv.conf", "none", MS_BIND, NULL);
}

static void take_output(const char *log)
{
	int in = open("/dev/null", O_RDONLY);
	int out = open(log ? log : "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0666);

	if (in < 0 || out < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(out, STDERR_FILENO) < 0)
		_exit(126);
	close(in);
	close(out);
}

static void become_device(const struct run_command *command)
{
	const struct run *run = command->run;
	int namespace_fd = loop_namespace(run->loop, PLACE_DEVICE);
	static const char unresolved[] = "femtoproof: /etc/resolv.conf could not be the bench's\n";

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	take_output(command->log);
	if (namespace_fd >= 0 && namespace_enter(namespace_fd) < 0)
		_exit(126);
	if (namespace_fd >= 0 && command->resolver && mount_resolver(command->resolver) < 0 &&
	    write(STDERR_FILENO, unresolved, sizeof(unresolved) - 1) < 0)
		_exit(126);
	export_bench(run);
	execl("/bin/sh", "sh", "-c", command->text, (char *)NULL);
	_exit(127);
}

/* --- in this process --- */

int run_command_start(struct run_command *command, struct problem *problem)
{
	end_group(command);
	fflush(NULL);
	pid_t child = fork();

	if (child == 0)
		become_device(command);
	if (child < 0)
		return problem_set(problem, "cannot start the device's command: %s",
				   strerror(errno));
	setpgid(child, child); /* here and there: whoever comes first */
	guardian_group(command->guardian, (int)child);
	command->child = child;
	loop_child(command->run->loop, (int)child, ended, command);
	return 0;
}

static int write_resolver(struct run_command *command, struct problem *problem)
{
	const struct run *run = command->run;
	bool henb = strcmp(profile_device(run->profile), "henb") == 0;
	const char *dns = bench_variable(run->bench, henb ? "public-dns.address"
							  : "outer-dns.address");
	FILE *file;

	if (!run->options->out)
		return 0;
	command->log = memory_format("%s/device.log", run->options->out);
	command->resolver = memory_format("%s/device.resolv.conf", run->options->out);
	unlink(command->log);
	file = fopen(command->resolver, "w");
	if (!file || fprintf(file, "nameserver %s\n", dns ? dns : "") < 0 || fclose(file) != 0)
		return problem_set(problem, "cannot write %s: %s", command->resolver,
				   strerror(errno));
	return 0;
}

struct run_command *run_command_new(struct run *run, const char *text, struct problem *problem)
{
	struct run_command *command = memory_new(sizeof(*command));

	command->run = run;
	command->text = text;
	command->guardian = guardian_new(problem);
	if (!command->guardian || write_resolver(command, problem) < 0 ||
	    (has_trigger(run, "power-on") && run_command_start(command, problem) < 0)) {
		run_command_free(command);
		return NULL;
	}
	return command;
}

void run_command_free(struct run_command *command)
{
	if (!command)
		return;
	end_group(command);
	guardian_free(command->guardian);
	free(command->log);
	free(command->resolver);
	free(command);
}
