#include "protocols/sftp.h"

#include <stdio.h>
#include <string.h>

#include "protocols/limits.h"

/*
 * What stands in a packet, a letter for a field: i id, p path, o the other path, h handle, O offset,
 * n length, v value, d data, a attributes, x the rest. Behind a ? a sender may leave out what comes
 * (the text of a STATUS came with version 3).
 */
static const struct layout {
	uint8_t type;
	const char *name, *fields;
} layouts[] = {
	{ SFTP_INIT, "INIT", "ix" },
	{ SFTP_VERSION_PACKET, "VERSION", "ix" },
	{ SFTP_OPEN, "OPEN", "ipva" },
	{ SFTP_CLOSE, "CLOSE", "ih" },
	{ SFTP_READ, "READ", "ihOn" },
	{ SFTP_WRITE, "WRITE", "ihOd" },
	{ SFTP_LSTAT, "LSTAT", "ip" },
	{ SFTP_FSTAT, "FSTAT", "ih" },
	{ SFTP_SETSTAT, "SETSTAT", "ipa" },
	{ SFTP_FSETSTAT, "FSETSTAT", "iha" },
	{ SFTP_OPENDIR, "OPENDIR", "ip" },
	{ SFTP_READDIR, "READDIR", "ih" },
	{ SFTP_REMOVE, "REMOVE", "ip" },
	{ SFTP_MKDIR, "MKDIR", "ipa" },
	{ SFTP_RMDIR, "RMDIR", "ip" },
	{ SFTP_REALPATH, "REALPATH", "ip" },
	{ SFTP_STAT, "STAT", "ip" },
	{ SFTP_RENAME, "RENAME", "ipo" },
	{ SFTP_READLINK, "READLINK", "ip" },
	{ SFTP_SYMLINK, "SYMLINK", "ipo" },
	{ SFTP_STATUS, "STATUS", "iv?po" },
	{ SFTP_HANDLE, "HANDLE", "ih" },
	{ SFTP_DATA, "DATA", "id" },
	{ SFTP_NAME, "NAME", "ivx" },
	{ SFTP_ATTRS, "ATTRS", "ia" },
	{ SFTP_EXTENDED, "EXTENDED", "ipx" },
	{ SFTP_EXTENDED_REPLY, "EXTENDED_REPLY", "ix" },
};

static const char *const statuses[] = {
	"OK", "EOF", "NO_SUCH_FILE", "PERMISSION_DENIED", "FAILURE", "BAD_MESSAGE", "NO_CONNECTION",
	"CONNECTION_LOST", "OP_UNSUPPORTED",
};

static const struct layout *layout_of(uint8_t type)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++)
		if (layouts[i].type == type)
			return &layouts[i];
	return NULL;
}

const char *sftp_type_name(uint8_t type)
{
	const struct layout *layout = layout_of(type);

	return layout ? layout->name : NULL;
}

const char *sftp_status_name(uint32_t status)
{
	return status < sizeof(statuses) / sizeof(*statuses) ? statuses[status] : NULL;
}

/* --- reading --- */

int sftp_take(struct octets *stream, struct octets *packet)
{
	struct octets look = *stream;
	uint32_t length;

	if (octets_u32(&look, &length) < 0)
		return 0;
	if (length == 0 || length > LIMIT_SFTP_PACKET)
		return -1;
	if (octets_take(&look, length, packet) < 0)
		return 0;
	*stream = look;
	return 1;
}

int sftp_read_string(struct octets *rest, struct octets *string)
{
	struct octets look = *rest;
	uint32_t length;

	if (octets_u32(&look, &length) < 0 || octets_take(&look, length, string) < 0)
		return -1;
	*rest = look;
	return 0;
}

static int read_extended(struct octets *rest)
{
	struct octets unused;
	uint32_t count;

	if (octets_u32(rest, &count) < 0)
		return -1;
	for (; count > 0; count--) /* each takes octets of the packet: it ends with them */
		if (sftp_read_string(rest, &unused) < 0 || sftp_read_string(rest, &unused) < 0)
			return -1;
	return 0;
}

static int read_attributes(struct octets *rest, struct sftp_attributes *attributes)
{
	if (octets_u32(rest, &attributes->has) < 0)
		return -1;
	if ((attributes->has & SFTP_HAS_SIZE) && octets_u64(rest, &attributes->size) < 0)
		return -1;
	if ((attributes->has & SFTP_HAS_OWNER) && (octets_u32(rest, &attributes->owner) < 0 ||
						   octets_u32(rest, &attributes->group) < 0))
		return -1;
	if ((attributes->has & SFTP_HAS_PERMISSIONS) &&
	    octets_u32(rest, &attributes->permissions) < 0)
		return -1;
	if ((attributes->has & SFTP_HAS_TIMES) && (octets_u32(rest, &attributes->accessed) < 0 ||
						   octets_u32(rest, &attributes->modified) < 0))
		return -1;
	return attributes->has & SFTP_HAS_EXTENDED ? read_extended(rest) : 0;
}

int sftp_read_name(struct octets *rest, struct sftp_name *name)
{
	*name = (struct sftp_name){ 0 };
	if (sftp_read_string(rest, &name->name) < 0 || sftp_read_string(rest, &name->text) < 0)
		return -1;
	return read_attributes(rest, &name->attributes);
}

static int read_field(char field, struct octets *from, struct sftp_packet *packet)
{
	switch (field) {
	case 'i':
		return octets_u32(from, &packet->id);
	case 'v':
		return octets_u32(from, &packet->value);
	case 'n':
		return octets_u32(from, &packet->length);
	case 'O':
		return octets_u64(from, &packet->offset);
	case 'p':
		return sftp_read_string(from, &packet->path);
	case 'o':
		return sftp_read_string(from, &packet->other);
	case 'h':
		return sftp_read_string(from, &packet->handle);
	case 'd':
		return sftp_read_string(from, &packet->data);
	case 'a':
		return read_attributes(from, &packet->attributes);
	default:
		packet->rest = *from;
		return 0;
	}
}

int sftp_read(struct octets octets, struct sftp_packet *packet, struct problem *problem)
{
	bool optional = false;

	*packet = (struct sftp_packet){ 0 };
	if (octets_u8(&octets, &packet->type) < 0)
		return problem_set(problem, "an SFTP packet without a type");
	const struct layout *layout = layout_of(packet->type);

	for (const char *field = layout ? layout->fields : "ix"; *field; field++) {
		if (*field == '?') {
			optional = true;
			continue;
		}
		if (read_field(*field, &octets, packet) < 0)
			return optional ? 0
					: problem_set(problem, "an SFTP packet of type %u is too short",
						      packet->type);
	}
	return 0;
}

/* --- writing --- */

static void write_u64(struct buffer *out, uint64_t value)
{
	buffer_add_u32(out, (uint32_t)(value >> 32));
	buffer_add_u32(out, (uint32_t)value);
}

static void write_string(struct buffer *out, struct octets octets)
{
	buffer_add_u32(out, (uint32_t)octets.length);
	buffer_add(out, octets.at, octets.length);
}

void sftp_write_string(struct buffer *out, const char *text)
{
	write_string(out, octets_of(text, strlen(text)));
}

/* Of extended attributes we have none to tell. */
static void write_attributes(struct buffer *out, const struct sftp_attributes *attributes)
{
	uint32_t has = attributes->has & (SFTP_HAS_SIZE | SFTP_HAS_OWNER | SFTP_HAS_PERMISSIONS |
					  SFTP_HAS_TIMES);

	buffer_add_u32(out, has);
	if (has & SFTP_HAS_SIZE)
		write_u64(out, attributes->size);
	if (has & SFTP_HAS_OWNER) {
		buffer_add_u32(out, attributes->owner);
		buffer_add_u32(out, attributes->group);
	}
	if (has & SFTP_HAS_PERMISSIONS)
		buffer_add_u32(out, attributes->permissions);
	if (has & SFTP_HAS_TIMES) {
		buffer_add_u32(out, attributes->accessed);
		buffer_add_u32(out, attributes->modified);
	}
}

void sftp_write_name(struct buffer *rest, const struct sftp_name *name)
{
	write_string(rest, name->name);
	write_string(rest, name->text);
	write_attributes(rest, &name->attributes);
}

static void write_field(char field, struct buffer *out, const struct sftp_packet *packet)
{
	switch (field) {
	case 'i':
		buffer_add_u32(out, packet->id);
		break;
	case 'v':
		buffer_add_u32(out, packet->value);
		break;
	case 'n':
		buffer_add_u32(out, packet->length);
		break;
	case 'O':
		write_u64(out, packet->offset);
		break;
	case 'p':
		write_string(out, packet->path);
		break;
	case 'o':
		write_string(out, packet->other);
		break;
	case 'h':
		write_string(out, packet->handle);
		break;
	case 'd':
		write_string(out, packet->data);
		break;
	case 'a':
		write_attributes(out, &packet->attributes);
		break;
	case 'x':
		buffer_add(out, packet->rest.at, packet->rest.length);
		break;
	default:
		break;
	}
}

void sftp_write(struct buffer *out, const struct sftp_packet *packet)
{
	const struct layout *layout = layout_of(packet->type);
	size_t start = out->length;

	buffer_add_u32(out, 0);
	buffer_add_u8(out, packet->type);
	for (const char *field = layout ? layout->fields : "ix"; *field; field++)
		write_field(*field, out, packet);
	size_t length = out->length - start - 4;

	for (int i = 0; i < 4; i++)
		out->octets[start + (size_t)i] = (uint8_t)(length >> (24 - 8 * i));
}

void sftp_write_own(struct buffer *out, const char *name, const char *const *texts)
{
	struct buffer rest = { 0 };

	for (; *texts; texts++)
		sftp_write_string(&rest, *texts);
	const struct sftp_packet packet = {
		.type = SFTP_EXTENDED,
		.path = octets_of(name, strlen(name)),
		.rest = octets_of(rest.octets, rest.length),
	};
	sftp_write(out, &packet);
	buffer_free(&rest);
}

/* --- for people --- */

static void say(char **at, size_t *left, const char *what, struct octets text)
{
	int wrote = snprintf(*at, *left, " %s", what);

	if (wrote < 0 || (size_t)wrote >= *left)
		return;
	*at += wrote;
	*left -= (size_t)wrote;
	for (size_t i = 0; i < text.length && *left > 1; i++) {
		char octet = (char)text.at[i];

		*(*at)++ = octet >= ' ' && octet <= '~' ? octet : '.';
		--*left;
	}
	**at = '\0';
}

static void say_number(char **at, size_t *left, const char *what, uint64_t number)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);

	say(at, left, what, octets_of(digits, (size_t)length));
}

static void say_status(char **at, size_t *left, uint32_t status)
{
	const char *name = sftp_status_name(status);

	if (name)
		say(at, left, "", octets_of(name, strlen(name)));
	else
		say_number(at, left, "", status);
}

void sftp_describe(struct octets octets, char *text, size_t size)
{
	struct sftp_packet packet;
	int broken = sftp_read(octets, &packet, NULL);
	const char *name = sftp_type_name(packet.type);
	int wrote = name ? snprintf(text, size, "SFTP %s", name)
			 : snprintf(text, size, "SFTP type %u", packet.type);

	if (wrote < 0 || (size_t)wrote >= size)
		return;
	text += wrote;
	size -= (size_t)wrote;
	if (broken < 0) {
		say(&text, &size, "(too short)", octets_of(NULL, 0));
		return;
	}
	say_number(&text, &size, "", packet.id);
	if (packet.type == SFTP_STATUS)
		say_status(&text, &size, packet.value);
	if (packet.path.length)
		say(&text, &size, "", packet.path);
	if (packet.type == SFTP_READ || packet.type == SFTP_WRITE)
		say_number(&text, &size, "offset ", packet.offset);
	if (packet.type == SFTP_READ)
		say_number(&text, &size, "length ", packet.length);
	if (packet.data.at)
		say_number(&text, &size, "octets ", packet.data.length);
}
