/* file-http: what the files of the HTTP service share. Of no interest to others. */
#ifndef FAKES_FILE_SERVER_FILE_HTTP_H
#define FAKES_FILE_SERVER_FILE_HTTP_H

#include "fakes/file-server/file-server.h"
#include "fakes/http-guard.h"
#include "protocols/http.h"

enum { FILE_HTTP_FACES = 8 };

struct file_http { /* the service: HTTP and HTTPS */
	struct file_server *server;
	enum http_auth_scheme authentication;
	struct http_guard guard;
	struct file_http_port { /* [0] HTTP, [1] HTTPS */
		struct file_http *http;
		bool tls;
		struct listener *listeners[FILE_HTTP_FACES];
		size_t count;
	} ports[2];
	struct file_http_connection *connections;
	unsigned connection_count, last_redirect;
	int64_t handshake, request, idle; /* limits */
};

enum file_http_after { AFTER_KEEP, AFTER_CLOSE, AFTER_RESET, AFTER_SILENCE };

struct file_http_reply { /* octets that are ready to go */
	struct buffer octets;
	size_t head;   /* so many of them are the head */
	int64_t delay; /* before the first octet */
	int64_t slow;  /* so long the rest takes */
	enum file_http_after after;
};

struct file_http_connection { /* owned by the service */
	struct file_http *http;
	struct file_http_connection *next, **link;
	struct stream *stream;
	struct http_parser *parser;
	struct address remote;
	bool tls;
	struct buffer queue; /* what came while an answer was owed */
	struct file_http_reply reply;
	size_t sent; /* octets of the reply */
	struct timer *pace, *idle, *late;
	int64_t used;
	bool replying, mute;
	bool begun; /* the head of the request was looked at */
	unsigned busy; /* calls that are under way: it is not freed before they are over */
	bool dead;
	/* Of the request that has begun. */
	bool refused, waiting; /* by its credentials; with its body, for 100 Continue */
	struct buffer challenge;
	struct file_order order;
};

/* file-http-connection.c */
void file_http_accept(void *context, struct stream *stream); /* context: struct file_http_port */
/* The reply goes; its octets are the connection's from then on. */
void file_http_reply(struct file_http_connection *connection, struct file_http_reply *reply);
void file_http_continue(struct file_http_connection *connection); /* 100 Continue */
void file_http_close(struct file_http_connection *connection, bool reset);

/* file-http.c */
/* The head of a request is there; its body is still to come, perhaps. */
void file_http_begin(struct file_http_connection *connection, const struct http_message *head);
/* So many octets of the body are there. */
void file_http_progress(struct file_http_connection *connection, const struct http_message *head);
void file_http_complete(struct file_http_connection *connection,
			const struct http_message *request);
/* A status without any thought; the connection is closed behind it. */
void file_http_refuse(struct file_http_connection *connection, int status);

#endif
