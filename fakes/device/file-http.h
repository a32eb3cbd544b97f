/* file-http: files by HTTP and HTTPS: GET, and PUT (TR-069 3.4.3). */
#ifndef FAKES_DEVICE_FILE_HTTP_H
#define FAKES_DEVICE_FILE_HTTP_H

#include "fakes/device/file-client.h"

extern const struct file_protocol file_http, file_https;

#endif
