/*
 * One Connection Request (TR-069 3.2.2): an HTTP GET at the device, by libcurl on our loop.
 *
 * libcurl tells which sockets it waits for and when it wants to be woken; its wishes are
 * real time, so they are kept by a timerfd also on a virtual loop, which is held meanwhile:
 * but only as long as octets come, or a device that never answers would hold up time itself.
 *
 * What libcurl sends and gets is noted down in its callbacks and shown to the tap only when
 * libcurl has returned: who stands behind the tap may end this very request.
 */
#include "fakes/hms/hms.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "fakes/hms/connection-credentials.h"
#include "harness/loop/socket-address.h"
#include "protocols/memory.h"

#define ANSWER_WITHIN SECONDS(LIMIT_CONNECTION_REQUEST_TIME) /* TR-069 3.2.2 */
#define QUIET MILLISECONDS(100)   /* really: then the loop is held no longer */

enum { SOCKETS = 4 }; /* a 401 with Connection: close makes a second */

enum note_kind { NOTE_OUT, NOTE_IN, NOTE_END_SERVER, NOTE_END_CLIENT };

struct note { /* something to be shown to the tap */
	enum note_kind kind;
	unsigned socket;
	size_t length; /* octets of the notes' buffer */
};

struct tapped_socket {
	int fd;
	bool shown;
	uint64_t connection; /* the tap's number */
	struct address local, remote;
};

struct connection_request {
	struct connection_request *next, **link;
	struct hms *hms;
	char *url;
	CURLM *multi;
	CURL *easy;
	struct connection_credentials *credentials;
	struct curl_slist *resolve;
	char error[CURL_ERROR_SIZE];
	struct timer *start, *give_up;
	int wake_fd, quiet_fd;
	struct watch *wake, *quiet;
	bool held;
	size_t received;
	struct address own; /* from where it goes out */
	struct tapped_socket sockets[SOCKETS];
	unsigned socket_count;
	struct note *notes;
	size_t note_count;
	struct buffer noted;
	bool *gone;
};

static void arm(int fd, int64_t microseconds)
{
	struct itimerspec when = {
		.it_value = { microseconds / 1000000, microseconds % 1000000 * 1000 },
	};

	timerfd_settime(fd, 0, &when, NULL);
}

static void hold(struct connection_request *request)
{
	struct loop *loop = request->hms->stage->loop;

	if (!loop_is_virtual(loop))
		return;
	if (!request->held)
		loop_hold(loop);
	request->held = true;
	arm(request->quiet_fd, QUIET);
}

static void release(struct connection_request *request)
{
	if (request->held)
		loop_release(request->hms->stage->loop);
	request->held = false;
}

static void note(struct connection_request *request, enum note_kind kind, unsigned at,
		 const void *octets, size_t length)
{
	struct note *last = request->note_count ? &request->notes[request->note_count - 1] : NULL;

	buffer_add(&request->noted, octets, length);
	/* libcurl gives the answer's header line by line: it came in one go. */
	if (last && last->kind == kind && last->socket == at && kind == NOTE_IN) {
		last->length += length;
		return;
	}
	request->notes = memory_resize(request->notes, request->note_count + 1,
				       sizeof(*request->notes));
	request->notes[request->note_count++] = (struct note){ kind, at, length };
}

/* What libcurl calls. */
static int on_debug(CURL *easy, curl_infotype type, char *octets, size_t length, void *context)
{
	struct connection_request *request = context;
	unsigned at = request->socket_count - 1;

	(void)easy;
	if (request->socket_count == 0)
		return 0;
	if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT) {
		struct tapped_socket *tapped = &request->sockets[at];
		struct sockaddr_storage peer;
		socklen_t size = sizeof(peer);

		socket_address_local(tapped->fd, &tapped->local);
		if (getpeername(tapped->fd, (struct sockaddr *)&peer, &size) == 0)
			socket_address_to(&peer, &tapped->remote);
		tapped->local.place = tapped->remote.place = request->own.place;
		note(request, NOTE_OUT, at, octets, length);
	} else if (type == CURLINFO_HEADER_IN || type == CURLINFO_DATA_IN) {
		request->received += length;
		note(request, NOTE_IN, at, octets, length);
	}
	return 0;
}

static size_t on_body(char *octets, size_t size, size_t count, void *context)
{
	const struct connection_request *request = context;

	(void)octets;
	return request->received > LIMIT_CONNECTION_REQUEST_ANSWER ? 0 : size * count;
}

static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct connection_request *request = context;
	int fd;

	(void)purpose;
	if (request->socket_count == SOCKETS)
		return CURL_SOCKET_BAD;
	fd = loop_socket(request->hms->stage->loop, (enum network_place)request->own.place, address->family,
			 address->socktype, address->protocol);
	if (fd >= 0)
		request->sockets[request->socket_count++] = (struct tapped_socket){ .fd = fd };
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int on_close(void *context, curl_socket_t fd)
{
	struct connection_request *request = context;

	for (unsigned i = 0; i < request->socket_count; i++) {
		char octet;

		if (request->sockets[i].fd != fd)
			continue;
		if (recv(fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
			note(request, NOTE_END_SERVER, i, "", 0);
		note(request, NOTE_END_CLIENT, i, "", 0);
		request->sockets[i].fd = -1;
	}
	return close(fd);
}

static void request_progress(struct connection_request *request);

static void on_ready(void *context, int fd, int ready)
{
	struct connection_request *request = context;
	int events = (ready & LOOP_READ ? CURL_CSELECT_IN : 0) |
		     (ready & LOOP_WRITE ? CURL_CSELECT_OUT : 0);
	int running;

	hold(request);
	curl_multi_socket_action(request->multi, fd, events, &running);
	request_progress(request);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *socket_context)
{
	struct connection_request *request = context;
	struct watch *watch = socket_context;
	int wanted = (what & CURL_POLL_IN ? LOOP_READ : 0) | (what & CURL_POLL_OUT ? LOOP_WRITE : 0);

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		loop_unwatch(watch);
		watch = NULL;
	} else if (watch) {
		loop_rewatch(watch, wanted);
	} else {
		watch = loop_watch(request->hms->stage->loop, fd, wanted, on_ready, request);
	}
	curl_multi_assign(request->multi, fd, watch);
	return 0;
}

static int on_timer(CURLM *multi, long milliseconds, void *context)
{
	struct connection_request *request = context;

	(void)multi;
	if (milliseconds < 0)
		arm(request->wake_fd, 0);
	else
		arm(request->wake_fd, milliseconds ? MILLISECONDS(milliseconds) : 1);
	return 0;
}

static void on_wake(void *context, int fd, int ready)
{
	struct connection_request *request = context;
	uint64_t count;
	int running;

	(void)ready;
	if (read(fd, &count, sizeof(count)) < 0)
		return;
	curl_multi_socket_action(request->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	request_progress(request);
}

static void on_quiet(void *context, int fd, int ready)
{
	uint64_t count;

	(void)ready;
	if (read(fd, &count, sizeof(count)) > 0)
		release(context);
}

/* Showing to the tap. */
static void show_note(struct hms *hms, struct tapped_socket *tapped, enum note_kind kind,
		      const void *octets, size_t length)
{
	const struct tap *tap = hms->stage->tap;
	int64_t now = loop_now(hms->stage->loop);
	bool out = kind == NOTE_OUT;

	if (!tapped->shown && !out)
		return; /* it never came to a request */
	if (!tapped->shown)
		bench_lend(hms->stage->bench, hms->role, &tapped->local);
	if (!tapped->shown && tap->open)
		tapped->connection = tap->open(tap->context, &tapped->local, &tapped->remote, now,
					       TRANSPORT_HTTP);
	tapped->shown = true;
	if (kind == NOTE_END_SERVER || kind == NOTE_END_CLIENT) {
		if (tap->end)
			tap->end(tap->context, tapped->connection, kind == NOTE_END_CLIENT, now,
				 STREAM_CLOSED);
		if (kind == NOTE_END_CLIENT)
			bench_return(hms->stage->bench, &tapped->local);
		return;
	}
	if (tap->wire)
		tap->wire(tap->context, tapped->connection, out, now, octets, length);
	if (tap->plain)
		tap->plain(tap->context, tapped->connection, out, now, octets, length);
}

/* Shows what was noted; false when the request is gone because of it. */
static bool show_notes(struct connection_request *request)
{
	struct note *notes = request->notes;
	struct buffer noted = request->noted;
	size_t count = request->note_count, at = 0;
	bool gone = false;

	request->notes = NULL;
	request->note_count = 0;
	memset(&request->noted, 0, sizeof(request->noted));
	request->gone = &gone;
	for (size_t i = 0; i < count && !gone && request->hms->stage->tap; i++) {
		show_note(request->hms, &request->sockets[notes[i].socket], notes[i].kind,
			  buffer_text(&noted) + at, notes[i].length);
		at += notes[i].length;
	}
	free(notes);
	buffer_free(&noted);
	if (!gone)
		request->gone = NULL;
	return !gone;
}

static void request_unlink(struct connection_request *request)
{
	if (!request->link)
		return;
	*request->link = request->next;
	if (request->next)
		request->next->link = request->link;
	request->link = NULL;
	request->hms->connection_request_count--;
}

/* Gives all back; shows the end of its connections to the tap last. */
static void request_end(struct connection_request *request)
{
	if (request->gone)
		*request->gone = true;
	request->gone = NULL;
	request_unlink(request);
	loop_cancel(request->start);
	loop_cancel(request->give_up);
	if (request->easy) {
		curl_multi_remove_handle(request->multi, request->easy);
		curl_easy_cleanup(request->easy);
		curl_multi_cleanup(request->multi);
	}
	connection_credentials_free(request->credentials);
	curl_slist_free_all(request->resolve);
	release(request);
	loop_unwatch(request->wake);
	loop_unwatch(request->quiet);
	if (request->wake_fd >= 0)
		close(request->wake_fd);
	if (request->quiet_fd >= 0)
		close(request->quiet_fd);
	show_notes(request);
	free(request->url);
	free(request);
}

/* The device went beyond a limit: ends the request, and says so. */
static void cut_off(struct connection_request *request, const char *limit, const char *why)
{
	const struct tap *tap = request->hms->stage->tap;
	const struct tapped_socket *tapped =
		request->socket_count ? &request->sockets[request->socket_count - 1] : NULL;
	bool told = tap && tap->limit && tapped && tapped->shown;
	uint64_t connection = told ? tapped->connection : 0;
	int64_t now = loop_now(request->hms->stage->loop);

	request_end(request);
	if (told)
		tap->limit(tap->context, connection, false, now, limit, why);
}

/* The same transfer once more, on the same connection if the device keeps it. */
static void add_again(struct connection_request *request)
{
	curl_multi_remove_handle(request->multi, request->easy);
	hold(request);
	curl_multi_add_handle(request->multi, request->easy);
}

/* libcurl has returned: is it done? */
static void request_progress(struct connection_request *request)
{
	CURLMsg *message;
	int left;
	bool done = false, strange = false;

	bool endless = request->received > LIMIT_CONNECTION_REQUEST_ANSWER;

	if (!show_notes(request))
		return;
	if (endless) {
		cut_off(request, "connection-request.answer",
			"the answer to the Connection Request does not end");
		return;
	}
	while ((message = curl_multi_info_read(request->multi, &left)))
		if (message->msg == CURLMSG_DONE) {
			done = true;
			strange = message->data.result == CURLE_WEIRD_SERVER_REPLY ||
				  message->data.result == CURLE_UNSUPPORTED_PROTOCOL;
		}
	if (strange)
		cut_off(request, "connection-request.answer",
			"what answers the Connection Request is no HTTP");
	else if (done && connection_credentials_again(request->credentials))
		add_again(request);
	else if (done)
		request_end(request);
}

static void on_give_up(void *context)
{
	struct connection_request *request = context;

	request->give_up = NULL;
	cut_off(request, "connection-request.time",
		"the Connection Request was not answered in time");
}

/* Where the URL leads to, when it says so by an address; else the role's address. */
static void find_destination(const struct connection_request *request, const char *role,
			     struct address *destination)
{
	CURLU *url = curl_url();
	char *host = NULL;

	bench_address(request->hms->stage->bench, role, destination);
	if (url && !curl_url_set(url, CURLUPART_URL, request->url, 0) &&
	    !curl_url_get(url, CURLUPART_HOST, &host, 0)) {
		struct address literal;
		size_t length = strlen(host);

		if (host[0] == '[' && host[length - 1] == ']') {
			host[length - 1] = '\0';
			memmove(host, host + 1, length - 1);
		}
		if (address_parse(host, &literal) == 0)
			*destination = literal;
	}
	curl_free(host);
	curl_url_cleanup(url);
}

/* The URL's host may be a name of the bench that no name server here knows. */
static void set_resolve(struct connection_request *request, const char *role)
{
	const struct bench *bench = request->hms->stage->bench;
	CURLU *url = curl_url();
	char *host = NULL, *port = NULL, text[ADDRESS_TEXT];
	struct address address;

	bench_address(bench, role, &address);
	if (url && !curl_url_set(url, CURLUPART_URL, request->url, 0) &&
	    !curl_url_get(url, CURLUPART_HOST, &host, 0) &&
	    !curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) && address.family &&
	    !strcasecmp(host, bench_host(bench, role))) {
		char *line = memory_format("%s:%s:%s", host, port, address_host(&address, text));

		request->resolve = curl_slist_append(NULL, line);
		curl_easy_setopt(request->easy, CURLOPT_RESOLVE, request->resolve);
		free(line);
	}
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(url);
}

static void set_transfer(struct connection_request *request, const char *role)
{
	CURL *easy = request->easy;
	struct address destination;
	char text[ADDRESS_TEXT], interface[ADDRESS_TEXT + 8];

	curl_easy_setopt(easy, CURLOPT_URL, request->url);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
#else
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTP);
#endif
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "femtoproof");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	find_destination(request, role, &destination);
	bench_towards(request->hms->stage->bench, request->hms->role, &destination,
		      &request->own);
	if (request->own.family) {
		snprintf(interface, sizeof(interface), "host!%s",
			 address_host(&request->own, text));
		curl_easy_setopt(easy, CURLOPT_INTERFACE, interface);
	}
}

static void set_callbacks(struct connection_request *request)
{
	CURL *easy = request->easy;
	CURLM *multi = request->multi;

	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, request->error);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, request);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, request);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, request);
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, request);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, request);
}

static void request_start(void *context)
{
	struct connection_request *request = context;
	struct loop *loop = request->hms->stage->loop;

	request->start = NULL;
	request->give_up = loop_after(loop, ANSWER_WITHIN, on_give_up, request);
	hold(request);
	curl_multi_add_handle(request->multi, request->easy);
}

static struct connection_request *request_new(struct hms *hms, const char *url)
{
	struct connection_request *request = memory_new(sizeof(*request));
	struct loop *loop = hms->stage->loop;

	request->hms = hms;
	request->url = memory_text(url);
	request->wake_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	request->quiet_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (request->wake_fd >= 0)
		request->wake = loop_watch(loop, request->wake_fd, LOOP_READ, on_wake, request);
	if (request->quiet_fd >= 0)
		request->quiet = loop_watch(loop, request->quiet_fd, LOOP_READ, on_quiet, request);
	request->easy = curl_easy_init();
	request->multi = request->easy ? curl_multi_init() : NULL;
	request->next = hms->connection_requests;
	request->link = &hms->connection_requests;
	if (request->next)
		request->next->link = &request->next;
	hms->connection_requests = request;
	hms->connection_request_count++;
	return request;
}

static const char *device_url(struct hms *hms, const char *role)
{
	const struct hms_device *device = hms_device_of_role(hms, role);

	if (device && device->connection_request_url)
		return device->connection_request_url;
	return profile_variable(hms->stage->profile, "device.connection-request-url");
}

static bool is_connection_request(void *context, const struct arrow *arrow)
{
	(void)context;
	return !strcmp(arrow->message, "ConnectionRequest");
}

/* The URL to ask at, new memory: the cell's own; with an Address set, its port and path there; or
 * NULL. */
static char *asked_url(const struct cue *cue, const char *url)
{
	bool elsewhere = fake_fault(cue->arrow, "wrong-path") != NULL;
	char *text = memory_format("%s%s", url, elsewhere ? "-wrong" : "");

	for (size_t i = 0; i < cue->setting_count; i++) {
		const char *value = cue->settings[i].value;
		CURLU *parts = curl_url();
		char *host = value ? memory_format(strchr(value, ':') ? "[%s]" : "%s", value) : NULL;
		char *whole = NULL;

		if (parts && host && *host && !curl_url_set(parts, CURLUPART_URL, text, 0) &&
		    !curl_url_set(parts, CURLUPART_HOST, host, 0) &&
		    !curl_url_get(parts, CURLUPART_URL, &whole, 0)) {
			free(text);
			text = memory_text(whole);
		}
		curl_free(whole);
		curl_url_cleanup(parts);
		free(host);
	}
	return text;
}

void connection_request_cue(struct hms *hms)
{
	const struct stage *stage = hms->stage;
	const struct cue *cue = hms_cue(hms, NULL, is_connection_request, NULL);
	const struct fault *delay;

	if (!cue || hms->connection_request_count >= LIMIT_HMS_CONNECTION_REQUESTS)
		return;
	const struct arrow *arrow = cue->arrow;
	const char *url = device_url(hms, arrow->to);

	if (!url)
		return; /* no Inform yet: the step's deadline will say that none came */
	if (!fake_fault(arrow, "no-answer")) {
		char *asked = asked_url(cue, url);
		struct connection_request *request = request_new(hms, asked);

		free(asked);
		if (!request->multi || request->wake_fd < 0 || request->quiet_fd < 0) {
			request_end(request);
			return;
		}
		set_transfer(request, arrow->to);
		set_callbacks(request);
		set_resolve(request, arrow->to);
		request->credentials = connection_credentials_new(hms, arrow->to, arrow,
								  request->url, request->easy);
		delay = fake_fault(arrow, "delay");
		/* Not from in here: the caller may be in the middle of a message. */
		request->start = loop_after(stage->loop, delay ? delay->number : 0, request_start,
					    request);
	}
	if (stage->cue_taken)
		stage->cue_taken(stage->context, arrow);
}

void connection_requests_end(struct hms *hms)
{
	while (hms->connection_requests)
		request_end(hms->connection_requests);
}
