/*
 * roles: the participants that a chart can name, as the two specifications call them.
 */
#ifndef HARNESS_CHART_ROLES_H
#define HARNESS_CHART_ROLES_H

#include <stdbool.h>
#include <stddef.h>

enum role_kind { ROLE_DEVICE, ROLE_DNS, ROLE_HMS, ROLE_SEGW, ROLE_FILE_SERVER, ROLE_HNB_GW,
		 ROLE_MME, ROLE_HOME_GATEWAY };

#define ROLE_BIT(kind) (1u << (kind))

struct role {
	const char *name;    /* "serving-hems" */
	enum role_kind kind;
	int number;          /* its place in a loopback bench: 127.0.NUMBER.1 */
	bool device_is_henb; /* LTE's or 3G's word for it */
	const char *meaning;
};

/*  1 henb          2 hnb
 * 10 public-dns   11 private-dns   12 outer-dns     13 inner-dns
 * 20 initial-hems 21 serving-hems  22 initial-hms   23 serving-hms
 * 30 initial-segw 31 serving-segw  40 file-server   50 hnb-gw  51 mme  60 home-gateway */
const struct role *roles(size_t *count);
const struct role *role_find(const char *name);
const char *role_kind_name(enum role_kind kind); /* "an HMS" */
/* "an MME or an HNB gateway", of bits; returns text. */
const char *role_kinds_text(unsigned kinds, char text[128]);

#endif
