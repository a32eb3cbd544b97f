/* suite: what every Check program of the tests shares. */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>

/* Runs the suite as CK_TAP_LOG_FILE_NAME asks (TAP under make check, words otherwise);
 * the exit status for main: 0 under TAP, where the log says what failed. */
int suite_run(Suite *suite);
/* The path of a file of the source tree ("tests/chart/good.flow"): new memory. */
char *suite_path(const char *relative);
/* The whole content of a file, NUL-terminated; *length may be NULL. Ends the test if unreadable. */
char *suite_read(const char *path, size_t *length);

#endif
