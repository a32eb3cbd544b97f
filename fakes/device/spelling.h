/*
 * spelling: how the device writes what it has to say: one honest way, and by its lawful
 * variants (variants.def) others that mean the same.
 */
#ifndef FAKES_DEVICE_SPELLING_H
#define FAKES_DEVICE_SPELLING_H

#include <libxml/tree.h>
#include <stddef.h>

#include "fakes/device/file-client.h"
#include "fakes/device/http-client.h"
#include "protocols/cwmp.h"

struct device;

const char *spell_namespace(const struct device *device); /* of CWMP */
/* The header ID of its request number; "" = the request has none. */
void spell_id(const struct device *device, unsigned number, char *id, size_t size);
/* Prefixes, declarations, white space; ns and id stay as they are. */
void spell_envelope(const struct device *device, struct cwmp_style *style);
const char *spell_action(const struct device *device, const char *method); /* SOAPAction */
const char *spell_type(const struct device *device);                       /* Content-Type */
/* Header fields, segments, TLS versions, questions to the DNS. */
void spell_http(struct device *device, struct http_client_options *options);
/* The same of files, and how it speaks FTP and SFTP. */
void spell_files(struct device *device, struct file_client_options *options);
/* CurrentTime: local, with the offset of its zone, or unknown (TR-069 A.3.3.1). */
void spell_time(const struct device *device, char text[32]);
/* An answer that is a Fault says why in its own words: only the code is fixed (A.5.1). */
void spell_fault(const struct device *device, xmlNode *answer);
/* The children of a list the other way round. */
void spell_reversed(xmlNode *list);

#endif
