/*
 * request-fields: the header fields of a request in other spellings and another order, which
 * mean the same (RFC 9110 5.1, 5.3).
 */
#ifndef FAKES_DEVICE_REQUEST_FIELDS_H
#define FAKES_DEVICE_REQUEST_FIELDS_H

#include "fakes/device/http-client.h"

/* Spells the fields as the options say. Behind it nothing may be added to the request. */
void request_fields(struct http_message *request, const struct http_client_options *options);
/* "a=1; b=2" becomes "$Version=1; a=1; $Path=/; b=2; $Path=/" (RFC 2965 3.3.4); "" stays. */
void request_cookie_version(struct buffer *cookies);

#endif
