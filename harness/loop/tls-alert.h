/* tls-alert: the names of alerts (RFC 8446 6, RFC 5246 7.2), "unknown_ca". */
#ifndef HARNESS_LOOP_TLS_ALERT_H
#define HARNESS_LOOP_TLS_ALERT_H

const char *tls_alert_name(int number); /* "unassigned" for a number without name */

#endif
