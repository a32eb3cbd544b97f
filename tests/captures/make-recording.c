/* make-recording FILE: writes the sample recording, for outside programs to look at. */
#include <stdio.h>

#include "tests/captures/sample-recording.h"

int main(int count, char **arguments)
{
	struct problem problem;

	if (count != 2) {
		fprintf(stderr, "usage: make-recording FILE\n");
		return 2;
	}
	if (sample_recording(arguments[1], &problem) < 0) {
		fprintf(stderr, "make-recording: %s\n", problem.text);
		return 1;
	}
	return 0;
}
