#include "tests/defects/pool.h"

#include <libxml/parser.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocols/buffer.h"
#include "protocols/memory.h"

enum { AT_ONCE_MOST = 16, SLOTS = 2 * AT_ONCE_MOST, SAID_MOST = 4000000 };

struct slot { /* a run that is on, or has ended and waits for its turn */
	pid_t child; /* 0 = ended */
	int status;
};

struct pool {
	const struct pool_work *work;
	char *folder;
	struct slot slots[SLOTS]; /* of run number: number % SLOTS */
	size_t started, looked_at, at_once, running;
};

const char *pool_environment(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value && *value ? value : otherwise;
}

static char *path_of(const struct pool *pool, size_t number, const char *what)
{
	return memory_format("%s/%zu%s", pool->folder, number % SLOTS, what);
}

static void start(struct pool *pool, size_t number)
{
	char *arguments = pool->work->arguments(pool->work->context, number);
	char *out = path_of(pool, number, "");
	char *command = memory_format("rm -rf '%s'; exec '%s' run --quiet --out '%s' %s "
				      ">'%s.said' 2>&1", out,
				      pool_environment("FEMTOPROOF", "./femtoproof"), out, arguments,
				      out);
	struct slot *slot = &pool->slots[number % SLOTS];

	fflush(stdout);
	*slot = (struct slot){ .child = fork(), .status = -1 };
	if (slot->child == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(126);
	}
	if (slot->child > 0)
		pool->running++;
	else
		slot->child = 0;
	free(command);
	free(out);
	free(arguments);
}

static void await_one(struct pool *pool)
{
	int status;
	pid_t child = wait(&status);

	for (size_t i = 0; i < SLOTS && child > 0; i++) {
		struct slot *slot = &pool->slots[i];

		if (slot->child != child)
			continue;
		slot->child = 0;
		slot->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		pool->running--;
	}
}

static char *read_said(const char *file)
{
	FILE *stream = fopen(file, "r");
	char *text = memory_new(SAID_MOST + 1);

	if (stream) {
		text[fread(text, 1, SAID_MOST, stream)] = '\0';
		fclose(stream);
	}
	return text;
}

/* A run log without its messages, which are most of it: each begins a line; a file's goes over many. */
static xmlDoc *read_log(const char *path)
{
	FILE *stream = fopen(path, "r");
	struct buffer text = { 0 };
	bool within = false;
	char *line = NULL;
	size_t room = 0;

	for (ssize_t length; stream && (length = getline(&line, &room, stream)) > 0;) {
		within |= strncmp(line, "<message ", 9) == 0;
		if (!within)
			buffer_add(&text, line, (size_t)length);
		within = within && !(length >= 11 && strcmp(line + length - 11, "</message>\n") == 0);
	}
	if (stream)
		fclose(stream);
	free(line);
	xmlDoc *log = xmlReadMemory(buffer_text(&text), (int)text.length, path, NULL,
				    XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOERROR |
					    XML_PARSE_NOWARNING);

	buffer_free(&text);
	return log;
}

static void look_at(struct pool *pool, size_t number)
{
	char *log = path_of(pool, number, "/run.xml"), *said = path_of(pool, number, ".said");
	char *text = read_said(said);
	struct pool_run run = { .number = number, .status = pool->slots[number % SLOTS].status,
				.said = text };

	if (!pool->work->bare)
		run.log = read_log(log);
	pool->work->ended(pool->work->context, &run);
	xmlFreeDoc(run.log);
	free(text);
	free(log);
	free(said);
}

bool pool_run(const struct pool_work *work)
{
	char folder[] = "/tmp/femtoproof-pool-XXXXXX";
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct pool pool = { .work = work, .folder = folder,
			     .at_once = processors < 1 ? 1
					: processors > AT_ONCE_MOST ? AT_ONCE_MOST
								    : (size_t)processors };

	if (!mkdtemp(folder)) {
		puts("Bail out! no temporary folder");
		return false;
	}
	while (pool.looked_at < work->count) {
		bool room = pool.started < work->count && pool.running < pool.at_once &&
			    pool.started - pool.looked_at < SLOTS;

		if (room)
			start(&pool, pool.started++);
		else if (pool.slots[pool.looked_at % SLOTS].child == 0)
			look_at(&pool, pool.looked_at++);
		else
			await_one(&pool);
	}
	char *remove = memory_format("rm -rf '%s'", folder);
	if (system(remove) != 0)
		puts("# the temporary folder is still there");
	free(remove);
	return true;
}
