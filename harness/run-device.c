#include "harness/run-device.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fakes/device/device.h"
#include "harness/run-command.h"
#include "harness/run-device-factory.h"
#include "protocols/memory.h"

#define HTTP_TRIGGER_SECONDS 60L
#define TRIGGER_LIMIT SECONDS(600) /* of the profile's triggers (lab: limit.trigger) */

struct run_device {
	struct run *run;
	struct device *simulated; /* NULL = a real device */
	struct run_device_factory made;
	run_device_done done;     /* of the action that is under way */
	void *context;
	struct watch *answer;     /* the operator's, on standard input */
	int child;                /* a command that runs; 0 = none */
	bool killed;              /* ... for too long */
	struct timer *late;
};

static int give_traits(struct run_device *device, struct problem *problem)
{
	const struct run_options *options = device->run->options;

	for (size_t i = 0; i < options->defect_count; i++)
		if (device_defect(device->simulated, options->defects[i], problem) < 0)
			return -1;
	for (size_t i = 0; i < options->variant_count; i++)
		if (device_variant(device->simulated, options->variants[i], problem) < 0)
			return -1;
	return 0;
}

static int make_simulated(struct run_device *device, struct problem *problem)
{
	if (run_device_factory_fill(&device->made, device->run, problem) < 0)
		return -1;
	device->simulated = device_new(device->run->loop, &device->made.factory, problem);
	return device->simulated ? give_traits(device, problem) : -1;
}

static void finish(struct run_device *device, enum verdict verdict, const char *text)
{
	run_device_done done = device->done;

	device->done = NULL;
	if (done)
		done(device->context, verdict, text);
}

static void child_ended(void *context, int status)
{
	struct run_device *device = context;
	bool exited = WIFEXITED(status);
	struct problem problem = { "" };

	loop_cancel(device->late);
	device->late = NULL;
	device->child = 0;
	if (exited && WEXITSTATUS(status) == 0) {
		finish(device, VERDICT_PASS, NULL);
		return;
	}
	if (device->killed)
		problem_set(&problem, "the profile's trigger did not end in time (limit.trigger)");
	else
		problem_set(&problem, "the profile's trigger ended with %s %d",
			    exited ? "exit status" : "signal",
			    exited ? WEXITSTATUS(status) : WTERMSIG(status));
	finish(device, VERDICT_ERROR, problem.text);
}

static void child_late(void *context)
{
	struct run_device *device = context;

	device->late = NULL;
	device->killed = true;
	kill(-device->child, SIGKILL);
}

static void await_child(struct run_device *device, pid_t child)
{
	int64_t longest = TRIGGER_LIMIT;
	struct limit limit;

	if (profile_limit(device->run->profile, "limit.trigger", &limit))
		longest = limit.microseconds;
	setpgid(child, child); /* here and there: whoever comes first */
	device->child = child;
	device->killed = false;
	device->late = loop_after(device->run->loop, longest, child_late, device);
	loop_child(device->run->loop, child, child_ended, device);
}

void run_device_free(struct run_device *device)
{
	if (!device)
		return;
	if (device->child) { /* the scene is over: nobody waits for it any more */
		loop_cancel(device->late);
		loop_disown(device->run->loop, device->child);
		kill(-device->child, SIGKILL);
		waitpid(device->child, NULL, 0);
	}
	loop_unwatch(device->answer);
	device_free(device->simulated);
	run_device_factory_clear(&device->made);
	free(device);
}

struct run_device *run_device_new(struct run *run, struct problem *problem)
{
	struct run_device *device = memory_new(sizeof(*device));

	device->run = run;
	if (run->simulated && make_simulated(device, problem) < 0) {
		run_device_free(device);
		return NULL;
	}
	return device;
}

/* The arguments that the action has in the chart, as environment variables of their names. */
static void export_arguments(const struct action *action,
			     char *(*argument)(void *context, const char *name), void *context)
{
	for (size_t i = 0; i < action->argument_count; i++) {
		char *value = argument(context, action->arguments[i].name);
		char *name = memory_text(action->arguments[i].name);

		for (char *c = name; *c; c++)
			if (*c == '-')
				*c = '_';
		if (value)
			setenv(name, value, 1);
		free(name);
		free(value);
	}
}

/* In the child: the operator's answers on standard input are not the command's to read. */
static void close_input(void)
{
	int null = open("/dev/null", O_RDONLY);

	if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 && null != STDIN_FILENO)
		close(null);
}

/* In the child: a GET, its answer thrown away; 0 = a status below 400. */
static int get_url(const char *url)
{
	CURL *curl = curl_easy_init();
	FILE *null = fopen("/dev/null", "w");

	if (!curl || !null)
		return 1;
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, null);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, HTTP_TRIGGER_SECONDS);
	return curl_easy_perform(curl) == CURLE_OK ? 0 : 1;
}

static void start_child(struct run_device *device, const struct action *action,
			const struct trigger *trigger,
			char *(*argument)(void *context, const char *name), void *context)
{
	pid_t child = fork();

	if (child < 0) {
		finish(device, VERDICT_ERROR, strerror(errno));
	} else if (child == 0) {
		setpgid(0, 0); /* what it starts can be ended with it */
		close_input();
		export_arguments(action, argument, context);
		if (trigger->kind == TRIGGER_HTTP)
			_exit(get_url(trigger->text));
		execl("/bin/sh", "sh", "-c", trigger->text, (char *)NULL);
		_exit(127);
	} else {
		await_child(device, child);
	}
}

static void answered(void *context, int fd, int ready)
{
	struct run_device *device = context;
	char line[256];
	ssize_t length = read(fd, line, sizeof(line) - 1);

	(void)ready;
	loop_unwatch(device->answer);
	device->answer = NULL;
	if (length <= 0) {
		finish(device, VERDICT_INCONC, "nobody answers: standard input is closed");
		return;
	}
	line[length] = '\0';
	if (line[0] == 'n' || line[0] == 'N')
		finish(device, VERDICT_INCONC, "the operator answered no");
	else
		finish(device, VERDICT_PASS, NULL);
}

static void ask(struct run_device *device, const struct trigger *trigger)
{
	fprintf(stderr, "\n>>> %s\n>>> Enter when it is done, n and Enter if it cannot be: ",
		trigger->text);
	fflush(stderr);
	device->answer = loop_watch(device->run->loop, STDIN_FILENO, LOOP_READ, answered, device);
}

static void start_command(struct run_device *device)
{
	struct problem problem = { "" };

	if (run_command_start(device->run->command, &problem) < 0)
		finish(device, VERDICT_ERROR, problem.text);
	else
		finish(device, VERDICT_PASS, NULL);
}

void run_device_act(struct run_device *device, const struct action *action,
		    char *(*argument)(void *context, const char *name), void *argument_context,
		    run_device_done done, void *context)
{
	struct problem problem = { "" };

	device->done = done;
	device->context = context;
	if (device->simulated) {
		if (device_act(device->simulated, action->name, argument, argument_context,
			       &problem) < 0)
			finish(device, VERDICT_ERROR, problem.text);
		else
			finish(device, VERDICT_PASS, NULL);
		return;
	}
	if (device->run->command && run_command_does(device->run->command, action->name)) {
		start_command(device);
		return;
	}
	const struct trigger *trigger = profile_trigger(device->run->profile, action->name);
	if (!trigger) {
		problem_set(&problem, "the profile has no trigger %s, so it could not be done",
			    action->name);
		finish(device, VERDICT_INCONC, problem.text);
	} else if (trigger->kind == TRIGGER_ASK) {
		ask(device, trigger);
	} else {
		start_child(device, action, trigger, argument, argument_context);
	}
}
