#include "fakes/file-server/file-sftp.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/ftp.h"
#include "protocols/memory.h"

enum { PIECES = 10, /* of a slow answer */
       MOST_READ = 32768 }; /* octets of an answer: what every client asks for */

static struct loop *loop_of(const struct sftp_session *session)
{
	return session->sftp->server->stage->loop;
}

static void refuse(struct sftp_session *session, uint32_t id, enum file_outcome outcome)
{
	static const struct { enum sftp_status status; const char *text; } answers[] = {
		[FILE_OK] = { SFTP_OK, "Done" },
		[FILE_NOT_FOUND] = { SFTP_NO_SUCH_FILE, "No such file" },
		[FILE_NO_PERMISSION] = { SFTP_PERMISSION_DENIED, "Permission denied" },
		[FILE_LOGIN] = { SFTP_PERMISSION_DENIED, "This login is not good for that" },
		[FILE_FULL] = { SFTP_FAILURE, "No space is left: the disk is full" },
		[FILE_CUT] = { SFTP_FAILURE, "It was broken off" },
		[FILE_FAILED] = { SFTP_FAILURE, "It failed here" },
	};

	sftp_session_status(session, id, answers[outcome].status, answers[outcome].text);
}

/* --- opening --- */

/* The delay is over, if there was one. */
static void opened(struct sftp_session *session)
{
	struct sftp_open *open = session->pause.open;

	open->start = loop_now(loop_of(session));
	if (open->order.outcome == FILE_OK) {
		sftp_request_handle(session, session->pause.id, open);
		return;
	}
	refuse(session, session->pause.id, open->order.outcome);
	sftp_request_close(open);
}

/* What the cue says of a file; without a cue, one that was delivered before can be fetched. */
static void order_get(struct sftp_session *session, struct sftp_open *open,
		      const struct file_request *request)
{
	const struct stored_file *file = file_store_find(&session->sftp->store, open->path);
	struct file_order *order = &open->order;
	int64_t size;

	file_order_get(session->sftp->server, request, order);
	if (order->outcome == FILE_NOT_FOUND && !order->delay && file) {
		order->outcome = FILE_OK;
		buffer_add(&order->contents, file->octets.octets, file->octets.length);
	}
	open->octets = order->contents;
	order->contents = (struct buffer){ 0 };
	size = (int64_t)open->octets.length;
	if (order->cut_off >= size) /* a fault behind the file's end is none */
		order->cut_off = -1;
	if (order->stalled >= size)
		order->stalled = -1;
}

static void order_put(struct sftp_session *session, struct sftp_open *open,
		      const struct file_request *request, bool keep)
{
	const struct stored_file *file = file_store_find(&session->sftp->store, open->path);

	file_order_put(session->sftp->server, request, &open->order);
	if (keep && file)
		buffer_add(&open->octets, file->octets.octets, file->octets.length);
}

void sftp_file_open(struct sftp_session *session, const struct sftp_packet *packet)
{
	struct sftp_open *open = sftp_request_new_open(session);
	char *name;

	if (!open) {
		sftp_session_status(session, packet->id, SFTP_FAILURE, "Too many are open");
		return;
	}
	name = memory_format("%.*s", (int)packet->path.length, (const char *)packet->path.at);
	open->path = ftp_path("/", name);
	free(name);
	open->put = (packet->value & (SFTP_FOR_WRITE | SFTP_FOR_APPEND)) != 0;
	const struct file_request request = {
		.transport = "sftp", .path = open->path, .user = session->user,
		.method = open->put ? "WRITE" : "READ",
		.append = (packet->value & SFTP_FOR_APPEND) != 0,
	};
	const struct sftp_pause pause = { .then = opened, .open = open, .id = packet->id };

	if (open->put)
		order_put(session, open, &request, !(packet->value & SFTP_TRUNCATE));
	else
		order_get(session, open, &request);
	if (open->order.silent)
		session->mute = true;
	else
		sftp_session_pause(session, open->order.delay, &pause);
}

/* --- reading --- */

/* Is that octet one that does not come? */
static bool strikes(struct sftp_session *session, const struct file_order *order, uint64_t offset)
{
	if (order->cut_off >= 0 && offset >= (uint64_t)order->cut_off)
		session->ending = SFTP_RESETS;
	else if (order->stalled >= 0 && offset >= (uint64_t)order->stalled)
		session->mute = true;
	return session->mute || session->ending != SFTP_GOES_ON;
}

/* How many octets an answer has. A file gives all that was asked for, up to its end, also when it is
 * slow (draft-ietf-secsh-filexfer-02 6.4): many clients take less for the end of the file. */
static uint64_t most_of(const struct sftp_open *open, uint64_t offset, uint64_t length)
{
	const struct file_order *order = &open->order;
	int64_t fault = order->cut_off >= 0 ? order->cut_off : order->stalled;
	uint64_t end = fault >= 0 ? (uint64_t)fault : open->octets.length;

	if (length > end - offset)
		length = end - offset;
	return length > MOST_READ ? MOST_READ : length;
}

/* What was withheld of a slow answer goes on: SFTP's packets are one stream of octets. */
static void next_piece(struct sftp_session *session)
{
	const struct sftp_pause pause = session->pause;

	session->withheld -= session->withheld < pause.piece ? session->withheld : pause.piece;
	if (session->withheld)
		sftp_session_pause(session, pause.interval, &pause);
	else /* at once: who takes that for the end asks for no more */
		strikes(session, &pause.open->order, pause.offset);
}

static void answer_read(struct sftp_session *session, struct sftp_open *open,
			const struct sftp_packet *read)
{
	size_t before = session->out.length;
	int64_t size = (int64_t)open->octets.length;
	uint64_t length = most_of(open, read->offset, read->length);
	const struct sftp_packet data = {
		.type = SFTP_DATA, .id = read->id,
		.data = octets_of(open->octets.octets + read->offset, (size_t)length),
	};
	struct sftp_pause pause = { .then = next_piece, .open = open,
				    .offset = read->offset + length };

	sftp_session_answer(session, &data);
	if (open->order.slow > 0) {
		session->withheld = session->out.length - before;
		pause.piece = session->withheld / PIECES + 1;
		pause.interval = open->order.slow * (int64_t)length / size / PIECES;
	}
	sftp_session_pause(session, pause.interval, &pause);
}

void sftp_file_read(struct sftp_session *session, const struct sftp_packet *packet,
		    struct sftp_open *open)
{
	if (open->put || open->folder)
		sftp_session_status(session, packet->id, SFTP_FAILURE, "It is not open for that");
	else if (strikes(session, &open->order, packet->offset))
		return;
	else if (packet->offset >= open->octets.length)
		sftp_session_status(session, packet->id, SFTP_EOF, "That is all");
	else
		answer_read(session, open, packet);
}

/* --- writing --- */

static void put_octets(struct buffer *octets, uint64_t offset, struct octets data)
{
	if (offset > LIMIT_FILE_KEPT || data.length > LIMIT_FILE_KEPT - offset)
		return; /* it is good for a message all the same: nobody asks for it again */
	while (octets->length < offset)
		buffer_add_u8(octets, 0);
	size_t over = octets->length - (size_t)offset;

	if (over > data.length)
		over = data.length;
	if (over)
		memcpy(octets->octets + offset, data.at, over);
	buffer_add(octets, data.at + over, data.length - over);
}

void sftp_file_write(struct sftp_session *session, const struct sftp_packet *packet,
		     struct sftp_open *open)
{
	uint64_t end = packet->offset + packet->data.length;

	if (!open->put || end < packet->offset) {
		sftp_session_status(session, packet->id, SFTP_FAILURE, "It is not open for that");
		return;
	}
	if (strikes(session, &open->order, end))
		return;
	if (open->order.disk_full >= 0 && end >= (uint64_t)open->order.disk_full) {
		refuse(session, packet->id, FILE_FULL);
		return;
	}
	put_octets(&open->octets, packet->offset, packet->data);
	refuse(session, packet->id, FILE_OK);
}

static void answer_close(struct sftp_session *session)
{
	struct sftp_open *open = session->pause.open;

	/* A file too many is good for a message, too. */
	if (open->put)
		file_store_put(&session->sftp->store, open->path, 0, &open->octets);
	sftp_request_close(open);
	refuse(session, session->pause.id, FILE_OK);
}

void sftp_file_close(struct sftp_session *session, const struct sftp_packet *packet,
		     struct sftp_open *open)
{
	const struct sftp_pause pause = { .then = answer_close, .open = open, .id = packet->id };
	int64_t until = open->start + (open->put ? open->order.slow : 0);

	sftp_session_pause(session, until - loop_now(loop_of(session)), &pause);
}
