/*
 * spoiled-post: defects in the header fields of a POST.
 */
#ifndef FAKES_DEVICE_SPOILED_POST_H
#define FAKES_DEVICE_SPOILED_POST_H

#include "protocols/http.h"

/* context: the device. post: about to be written; what has no defect stays as it is. */
void spoil_post(void *context, struct http_message *post);

#endif
