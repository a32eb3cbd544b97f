/*
 * url: the URLs that a device is given: of HTTP and HTTPS, and of FTP and SFTP for files.
 */
#ifndef FAKES_DEVICE_URL_H
#define FAKES_DEVICE_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/problem.h"

struct url {
	bool secure;        /* https */
	char host[256];     /* without the brackets of an IPv6 literal */
	uint16_t port;
	bool port_given;
	char target[1025];  /* path and query: "/cwmp?x=1" */
};

/* 0, or -1 with why: another scheme, no host, user:password inside (never put there by an honest
 * HMS), a port out of range, too long. */
int url_parse(const char *text, struct url *url, struct problem *problem);
/* Likewise for ftp, ftpes (AUTH TLS), ftps (TLS from the first octet) and sftp: secure is false for ftp
 * only. */
int url_parse_file(const char *text, struct url *url, struct problem *problem);
enum { URL_PATH = 1025 };
/* The target without percent-encoding (RFC 3986 2.1); -1 with why: it is wrong, or holds control
 * characters. */
int url_path(const struct url *url, char path[URL_PATH], struct problem *problem);
/* What location means at base (RFC 9110 10.2.2): absolute, or a path there. */
int url_relative(const struct url *base, const char *location, struct url *url,
		 struct problem *problem);
bool url_same_origin(const struct url *a, const struct url *b);
/* The Host field: "host", "host:8080", "[::1]:8080"; size at least 300. */
void url_authority(const struct url *url, char *text, int size);

#endif
