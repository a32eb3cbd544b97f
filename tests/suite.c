#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int suite_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	if (getenv("CK_TAP_LOG_FILE_NAME"))
		return EXIT_SUCCESS;
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

char *suite_path(const char *relative)
{
	const char *top = getenv("FEMTOPROOF_SOURCE");
	char *path;

	if (!top)
		top = ".";
	size_t length = strlen(top) + strlen(relative) + 2;
	path = malloc(length);
	ck_assert_ptr_nonnull(path);
	snprintf(path, length, "%s/%s", top, relative);
	return path;
}

char *suite_read(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	size_t size = 0, capacity = 4096;
	char *text = malloc(capacity + 1);

	ck_assert_msg(file != NULL, "cannot open %s", path);
	ck_assert_ptr_nonnull(text);
	for (size_t got; (got = fread(text + size, 1, capacity - size, file)) > 0;) {
		size += got;
		if (size == capacity) {
			capacity *= 2;
			text = realloc(text, capacity + 1);
			ck_assert_ptr_nonnull(text);
		}
	}
	fclose(file);
	text[size] = '\0';
	if (length)
		*length = size;
	return text;
}
