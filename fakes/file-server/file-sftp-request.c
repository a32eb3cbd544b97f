#include "fakes/file-server/file-sftp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/ftp.h"
#include "protocols/memory.h"

#define FOLDER 040755
#define REGULAR 0100644

/* --- handles: the number of what is open --- */

struct sftp_open *sftp_request_new_open(struct sftp_session *session)
{
	for (size_t i = 0; i < LIMIT_SFTP_HANDLES; i++)
		if (!session->opens[i].used) {
			session->opens[i] = (struct sftp_open){ .used = true };
			return &session->opens[i];
		}
	return NULL;
}

void sftp_request_handle(struct sftp_session *session, uint32_t id, const struct sftp_open *open)
{
	uint8_t number = (uint8_t)(open - session->opens);
	const struct sftp_packet packet = { .type = SFTP_HANDLE, .id = id,
					    .handle = octets_of(&number, 1) };

	_Static_assert(LIMIT_SFTP_HANDLES <= 256, "a handle is one octet");
	sftp_session_answer(session, &packet);
}

void sftp_request_close(struct sftp_open *open)
{
	if (!open->used)
		return;
	file_order_clear(&open->order);
	buffer_free(&open->octets);
	free(open->path);
	open->used = false;
}

/* --- paths --- */

static char *path_of(struct octets name)
{
	char *text = memory_format("%.*s", (int)name.length, (const char *)name.at);
	char *path = ftp_path("/", text);

	free(text);
	return path;
}

/* Where something lies is a folder, and so is the top. */
static bool is_folder(const struct file_store *store, const char *path)
{
	size_t length = strlen(path);

	if (!strcmp(path, "/"))
		return true;
	for (size_t i = 0; i < store->count; i++)
		if (!strncmp(store->files[i].path, path, length) &&
		    store->files[i].path[length] == '/')
			return true;
	return false;
}

static void say_attributes(struct sftp_session *session, uint32_t id,
			   const struct sftp_attributes *attributes)
{
	const struct sftp_packet packet = { .type = SFTP_ATTRS, .id = id,
					    .attributes = *attributes };

	sftp_session_answer(session, &packet);
}

static void say_name(struct sftp_session *session, uint32_t id, const char *path)
{
	const struct sftp_name name = { .name = octets_of(path, strlen(path)),
					.text = octets_of(path, strlen(path)) };
	struct buffer rest = { 0 };

	sftp_write_name(&rest, &name);
	const struct sftp_packet packet = { .type = SFTP_NAME, .id = id, .value = 1,
					    .rest = octets_of(rest.octets, rest.length) };

	sftp_session_answer(session, &packet);
	buffer_free(&rest);
}

/* --- requests about a path --- */

/* Of a file that a cue will give nothing is known before it is opened: it is there, without a size. */
static void do_stat(struct sftp_session *session, const struct sftp_packet *packet)
{
	char *path = path_of(packet->path);
	const struct file_store *store = &session->sftp->store;
	const struct stored_file *file = file_store_find(&session->sftp->store, path);
	struct sftp_attributes attributes = { .has = SFTP_HAS_PERMISSIONS,
					      .permissions = is_folder(store, path) ? FOLDER
										    : REGULAR };

	if (file) {
		attributes.has |= SFTP_HAS_SIZE;
		attributes.size = file->octets.length;
	}
	say_attributes(session, packet->id, &attributes);
	free(path);
}

static void do_realpath(struct sftp_session *session, const struct sftp_packet *packet)
{
	char *path = path_of(packet->path);

	say_name(session, packet->id, path);
	free(path);
}

static void do_remove(struct sftp_session *session, const struct sftp_packet *packet)
{
	char *path = path_of(packet->path);
	bool gone = file_store_delete(&session->sftp->store, path);

	sftp_session_status(session, packet->id, gone ? SFTP_OK : SFTP_NO_SUCH_FILE,
			    gone ? "It is gone" : "No such file");
	free(path);
}

static void do_rename(struct sftp_session *session, const struct sftp_packet *packet)
{
	char *from = path_of(packet->path), *to = path_of(packet->other);
	bool there = file_store_find(&session->sftp->store, from) != NULL;

	file_store_rename(&session->sftp->store, from, to);
	sftp_session_status(session, packet->id, there ? SFTP_OK : SFTP_NO_SUCH_FILE,
			    there ? "Done" : "No such file");
	free(from);
	free(to);
}

static void do_opendir(struct sftp_session *session, const struct sftp_packet *packet)
{
	struct sftp_open *open = sftp_request_new_open(session);

	if (!open) {
		sftp_session_status(session, packet->id, SFTP_FAILURE, "Too many are open");
		return;
	}
	open->folder = true;
	open->path = path_of(packet->path);
	sftp_request_handle(session, packet->id, open);
}

/* Whatever a chart's URL names is there, and nobody asks for its times and rights. */
static void do_nothing(struct sftp_session *session, const struct sftp_packet *packet)
{
	sftp_session_status(session, packet->id, SFTP_OK, "Done");
}

static void do_init(struct sftp_session *session, const struct sftp_packet *packet)
{
	const struct sftp_packet version = { .type = SFTP_VERSION_PACKET, .id = SFTP_VERSION };

	(void)packet;
	sftp_session_answer(session, &version);
}

/* --- requests about a handle --- */

static void do_fstat(struct sftp_session *session, const struct sftp_packet *packet,
		     struct sftp_open *open)
{
	int64_t announced = open->put ? -1 : open->order.announced;
	const struct sftp_attributes attributes = {
		.has = SFTP_HAS_SIZE | SFTP_HAS_PERMISSIONS,
		.size = announced >= 0 ? (uint64_t)announced : open->octets.length,
		.permissions = open->folder ? FOLDER : REGULAR,
	};

	say_attributes(session, packet->id, &attributes);
}

/* All in one answer. */
static void do_readdir(struct sftp_session *session, const struct sftp_packet *packet,
		       struct sftp_open *open)
{
	struct buffer lines = { 0 }, rest = { 0 };
	uint32_t count = 0;

	if (open->folder && !open->listed)
		file_store_list(&session->sftp->store, open->path, false, &lines);
	open->listed = true;
	for (char *line = lines.length ? (char *)lines.octets : NULL; line && *line;) {
		char *end = strstr(line, "\r\n"), *name;

		*end = '\0';
		name = strstr(line, " 00:00 ") + 7;
		const struct sftp_name entry = {
			.name = octets_of(name, strlen(name)),
			.text = octets_of(line, strlen(line)),
			.attributes = { .has = SFTP_HAS_PERMISSIONS, .permissions = REGULAR },
		};

		sftp_write_name(&rest, &entry);
		count++;
		line = end + 2;
	}
	const struct sftp_packet names = { .type = SFTP_NAME, .id = packet->id, .value = count,
					   .rest = octets_of(rest.octets, rest.length) };

	if (count)
		sftp_session_answer(session, &names);
	else
		sftp_session_status(session, packet->id, SFTP_EOF, "That is all");
	buffer_free(&lines);
	buffer_free(&rest);
}

static void do_fsetstat(struct sftp_session *session, const struct sftp_packet *packet,
			struct sftp_open *open)
{
	(void)open;
	do_nothing(session, packet);
}

/* --- all --- */

static const struct {
	uint8_t type;
	void (*by_path)(struct sftp_session *session, const struct sftp_packet *packet);
	void (*by_handle)(struct sftp_session *session, const struct sftp_packet *packet,
			  struct sftp_open *open);
} table[] = {
	{ SFTP_INIT, do_init, NULL },
	{ SFTP_OPEN, sftp_file_open, NULL },
	{ SFTP_CLOSE, NULL, sftp_file_close },
	{ SFTP_READ, NULL, sftp_file_read },
	{ SFTP_WRITE, NULL, sftp_file_write },
	{ SFTP_LSTAT, do_stat, NULL },
	{ SFTP_STAT, do_stat, NULL },
	{ SFTP_FSTAT, NULL, do_fstat },
	{ SFTP_SETSTAT, do_nothing, NULL },
	{ SFTP_FSETSTAT, NULL, do_fsetstat },
	{ SFTP_OPENDIR, do_opendir, NULL },
	{ SFTP_READDIR, NULL, do_readdir },
	{ SFTP_REMOVE, do_remove, NULL },
	{ SFTP_MKDIR, do_nothing, NULL },
	{ SFTP_RMDIR, do_nothing, NULL },
	{ SFTP_REALPATH, do_realpath, NULL },
	{ SFTP_RENAME, do_rename, NULL },
};

static struct sftp_open *open_of(struct sftp_session *session, struct octets handle)
{
	struct sftp_open *open;

	if (handle.length != 1 || handle.at[0] >= LIMIT_SFTP_HANDLES)
		return NULL;
	open = &session->opens[handle.at[0]];
	return open->used ? open : NULL;
}

void sftp_request_do(struct sftp_session *session, struct octets octets)
{
	struct sftp_packet packet;
	struct sftp_open *open;

	if (sftp_read(octets, &packet, NULL) < 0) {
		sftp_session_status(session, packet.id, SFTP_BAD_MESSAGE, "It is too short");
		return;
	}
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].type != packet.type)
			continue;
		if (table[i].by_path) {
			table[i].by_path(session, &packet);
			return;
		}
		open = open_of(session, packet.handle);
		if (open)
			table[i].by_handle(session, &packet, open);
		else
			sftp_session_status(session, packet.id, SFTP_FAILURE, "There is no such handle");
		return;
	}
	sftp_session_status(session, packet.id, SFTP_UNSUPPORTED, "That is not done here");
}
