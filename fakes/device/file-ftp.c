#include "fakes/device/file-ftp.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/memory.h"

#define UNDER_WAY ".part" /* behind the name of a file that is not whole yet */

/* --- the end --- */

static void hang_up(struct ftp_transfer *transfer)
{
	ftp_transfer_data_close(transfer);
	file_connection_close(&transfer->control);
}

void ftp_transfer_fail(struct ftp_transfer *transfer, int fault, const char *text)
{
	/* TR-069 A.5.1: 9010 and 9015 to 9018 are about downloads. */
	const struct file_client_result result = {
		.fault = transfer->put && fault != 9012 ? 9011 : fault, .text = text,
		.part = transfer->put ? NULL : &transfer->octets,
	};

	hang_up(transfer);
	transfer->callback(transfer->context, &result);
}

static void over(void *context, const char *why)
{
	struct ftp_transfer *transfer = context;

	ftp_transfer_fail(transfer, transfer->begun ? 9017 : 9015, why);
}

/* A transfer is over whose result is this. */
static void finish(struct ftp_transfer *transfer, const struct buffer *contents)
{
	const struct file_client_result result = { .text = "", .contents = contents };

	if (!transfer->options.ftp.no_quit)
		stream_write(transfer->control.stream, "QUIT\r\n", 6);
	hang_up(transfer);
	transfer->callback(transfer->context, &result);
}

/* --- commands --- */

void ftp_transfer_command(struct ftp_transfer *transfer, enum ftp_step step, const char *verb,
			  const char *argument)
{
	struct buffer out = { 0 };

	transfer->step = step;
	file_connection_patience(&transfer->control);
	if (ftp_command_write(&out, verb, argument) < 0) { /* a password with a line's end */
		buffer_free(&out);
		ftp_transfer_fail(transfer, 9012, "the credentials cannot be said");
		return;
	}
	stream_write(transfer->control.stream, out.octets, out.length);
	buffer_free(&out);
}

/* The file's name, with something behind it. */
static void say_name(struct ftp_transfer *transfer, enum ftp_step step, const char *verb,
		     const char *behind)
{
	char *name = memory_format("%s%s", transfer->name, behind);

	ftp_transfer_command(transfer, step, verb, name);
	free(name);
}

void ftp_transfer_ask(struct ftp_transfer *transfer)
{
	const char *delivery = transfer->options.ftp.appends ? "APPE" : "STOR";

	if (transfer->listing)
		ftp_transfer_command(transfer, STEP_FILE, "LIST", NULL);
	else
		say_name(transfer, STEP_FILE, transfer->put ? delivery : "RETR",
			 transfer->put && transfer->options.ftp.renames ? UNDER_WAY : "");
	ftp_transfer_data_secure(transfer);
}

void ftp_transfer_look(struct ftp_transfer *transfer)
{
	const struct buffer *octets = &transfer->octets;

	if (!transfer->over || (!transfer->data_ended && !transfer->put))
		return;
	if (transfer->listing)
		ftp_transfer_listed(transfer);
	else if (transfer->put && transfer->options.ftp.renames)
		say_name(transfer, STEP_RENAME_FROM, "RNFR", UNDER_WAY);
	else if (!transfer->put && transfer->announced >= 0 &&
		 (uint64_t)transfer->announced > octets->length)
		ftp_transfer_fail(transfer, 9017, "less than was announced came of the file");
	else
		finish(transfer, transfer->put ? NULL : octets);
}

/* --- replies --- */

static void on_address(struct ftp_transfer *transfer, const char *text)
{
	struct address address = { .family = 0 };
	uint16_t port = 0;

	if (transfer->step == STEP_EPSV ? ftp_epsv_parse(text, &port)
					: ftp_pasv_parse(text, &address)) {
		ftp_transfer_fail(transfer, 9010, "the server says no address for the data");
		return;
	}
	ftp_transfer_data_connect(transfer, transfer->step == STEP_EPSV ? port : address.port);
}

/* What was asked for was done. */
static void on_success(struct ftp_transfer *transfer, int code, const char *text)
{
	switch (transfer->step) {
	case STEP_GREETING:
		ftp_transfer_greeted(transfer);
		break;
	case STEP_AUTH:
		ftp_transfer_start_tls(transfer);
		break;
	case STEP_USER:
	case STEP_PASS:
		if (code == 331)
			ftp_transfer_password(transfer);
		else
			ftp_transfer_logged_in(transfer);
		break;
	case STEP_PBSZ:
		ftp_transfer_protect(transfer);
		break;
	case STEP_PROT:
		ftp_transfer_type(transfer);
		break;
	case STEP_TYPE:
	case STEP_TALK:
	case STEP_FOLDER:
	case STEP_REST:
		ftp_transfer_prepare(transfer);
		break;
	case STEP_EPSV:
	case STEP_PASV:
		on_address(transfer, text);
		break;
	case STEP_PORT:
		ftp_transfer_ask(transfer);
		break;
	case STEP_FILE:
		transfer->over = true;
		ftp_transfer_look(transfer);
		break;
	case STEP_RENAME_FROM:
		say_name(transfer, STEP_RENAME_TO, "RNTO", "");
		break;
	case STEP_RENAME_TO:
		finish(transfer, NULL);
		break;
	}
}

/* The fault that a refusal means (TR-069 A.5.1). */
static int fault_of(const struct ftp_transfer *transfer, int code)
{
	if (code == 530 || code == 532 || transfer->step == STEP_USER ||
	    transfer->step == STEP_PASS)
		return 9012;
	if (transfer->step < STEP_USER || code == 421)
		return 9015;
	if (transfer->step == STEP_FOLDER)
		return 9016;
	if (transfer->step == STEP_FILE && transfer->begun)
		return 9017;
	return transfer->step == STEP_FILE && (code == 450 || code == 550 || code == 553) ? 9016
											  : 9010;
}

/* Of a reply 1xx it is only said that it goes on; the file's says how large it is, perhaps. */
static void on_start(struct ftp_transfer *transfer, const char *text)
{
	if (transfer->step != STEP_FILE)
		return;
	transfer->begun = true;
	transfer->announced = transfer->options.ftp.ascii || transfer->listing
				      ? -1 : ftp_announced(text);
	ftp_transfer_data_send(transfer);
}

static void on_reply(struct ftp_transfer *transfer)
{
	int code = transfer->replies.reply.code;
	const char *text = buffer_text(&transfer->replies.reply.text);
	/* The account that 332 asks for is nowhere to be set. */
	bool more = (code == 331 && transfer->step == STEP_USER) ||
		    (code == 350 && (transfer->step == STEP_REST ||
				     transfer->step == STEP_RENAME_FROM));

	file_connection_patience(&transfer->control);
	if (code < 200)
		on_start(transfer, text);
	else if (code < 300 || more || transfer->step == STEP_TALK)
		on_success(transfer, code, text);
	else if (transfer->step == STEP_FILE && transfer->options.ftp.refusal_counts)
		finish(transfer, NULL);
	else if (transfer->step == STEP_EPSV && code >= 500 &&
		 stream_remote(transfer->control.stream)->family == 4)
		ftp_transfer_command(transfer, STEP_PASV, "PASV", NULL);
	else if (transfer->step == STEP_FILE && transfer->options.ftp.drains && !transfer->put &&
		 transfer->data && transfer->data_open)
		transfer->refused = fault_of(transfer, code);
	else
		ftp_transfer_fail(transfer, fault_of(transfer, code), text);
}

/* --- the control connection --- */

static void connecting(void *context)
{
	struct ftp_transfer *transfer = context;

	if (transfer->implicit && !transfer->options.http.clear)
		ftp_transfer_start_tls(transfer);
}

static void opened(void *context)
{
	struct ftp_transfer *transfer = context;
	bool again = transfer->opened && !transfer->implicit;

	transfer->opened = true;
	if (again) /* behind AUTH */
		ftp_transfer_login(transfer);
}

/* Reads one reply at a time: whoever looks at it may end the transfer. */
static void octets_came(void *context, const void *octets, size_t length)
{
	struct ftp_transfer *transfer = context;
	const uint8_t *at = octets;
	struct problem problem = { "" };

	for (size_t used; length; at += used, length -= used) {
		enum ftp_state state =
			ftp_replies_feed(&transfer->replies, at, length, &used, &problem);
		bool last = used == length || transfer->over;

		if (state == FTP_BAD) {
			ftp_transfer_fail(transfer, 9010, problem.text);
			return;
		}
		if (state != FTP_DONE)
			continue;
		/* Behind what ends it there is nothing that matters; behind 234 nothing may be. */
		bool ends = transfer->replies.reply.code >= 200 || last;

		on_reply(transfer);
		if (ends)
			return;
	}
}

/* --- beginning --- */

static void stop(void *context)
{
	struct ftp_transfer *transfer = context;

	hang_up(transfer);
	ftp_replies_clear(&transfer->replies);
	buffer_free(&transfer->octets);
	free(transfer->username);
	free(transfer->password);
	free(transfer);
}

static void *start(const struct file_client_options *options, const char *url,
		   const struct buffer *octets, file_client_callback callback, void *context,
		   struct problem *problem)
{
	static const struct file_connection_events events = { connecting, opened, octets_came, over };
	struct ftp_transfer *transfer = memory_new(sizeof(*transfer));
	const struct http_client_options *http = &options->http;

	transfer->options = *options;
	transfer->callback = callback;
	transfer->context = context;
	transfer->put = octets != NULL;
	transfer->announced = -1;
	transfer->username = memory_text(http->username);
	transfer->password = memory_text(http->password);
	if (url_parse_file(url, &transfer->url, problem) ||
	    url_path(&transfer->url, transfer->path, problem) ||
	    (transfer->url.secure && !http->tls &&
	     problem_set(problem, "TLS is wanted and there is none here"))) {
		stop(transfer);
		return NULL;
	}
	transfer->implicit = !strncasecmp(url, "ftps:", 5);
	/* RFC 1738 3.2.2: the path is that from where the login leads. */
	transfer->name = transfer->path + strspn(transfer->path, "/");
	if (options->ftp.no_folder && strrchr(transfer->name, '/'))
		transfer->name = strrchr(transfer->name, '/') + 1;
	if (octets)
		buffer_add(&transfer->octets, octets->octets, octets->length);
	transfer->control = (struct file_connection){
		.http = &transfer->options.http, .port = transfer->url.port,
		.transport = TRANSPORT_FTP, .events = &events, .context = transfer,
	};
	file_connection_begin(&transfer->control, transfer->url.host);
	return transfer;
}

const struct file_protocol file_ftp = { "ftp", start, stop };
const struct file_protocol file_ftpes = { "ftpes", start, stop };
const struct file_protocol file_ftps = { "ftps", start, stop };
