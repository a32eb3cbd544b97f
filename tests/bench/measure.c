/*
 * measure: runs a command so many times and prints the median wall time in microseconds and the
 * largest resident set in KiB: "measure RUNS COMMAND [ARGUMENT]...". Output of the command is
 * thrown away; its exit status is not judged but must be the same each time.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MOST 1000

static double microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
	double first = *(const double *)a, second = *(const double *)b;

	return first < second ? -1 : first > second;
}

static int run_once(char **command)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execvp(command[0], command);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int main(int argc, char **argv)
{
	static double times[RUNS_MOST];
	int runs = argc > 2 ? atoi(argv[1]) : 0, expected = 0;
	struct rusage usage;

	if (runs < 1 || runs > RUNS_MOST) {
		fputs("usage: measure RUNS COMMAND [ARGUMENT]...\n", stderr);
		return 2;
	}
	for (int i = 0; i < runs; i++) {
		double started = microseconds();
		int status = run_once(argv + 2);

		times[i] = microseconds() - started;
		if (i == 0)
			expected = status;
		if (status != expected || status == 127 || status < 0) {
			fprintf(stderr, "measure: %s ended with status %d\n", argv[2], status);
			return 1;
		}
	}
	qsort(times, (size_t)runs, sizeof(times[0]), by_size);
	getrusage(RUSAGE_CHILDREN, &usage);
	printf("%.0f %ld\n", times[runs / 2], usage.ru_maxrss);
	return 0;
}
