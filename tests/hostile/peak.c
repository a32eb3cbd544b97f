/* peak FILE COMMAND...: runs the command; its peak of memory, in KiB, stands in the file. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;

	if (argc < 3)
		return 99;
	pid_t child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) < 0)
		return 99;
	FILE *file = fopen(argv[1], "w");
	if (file) {
		fprintf(file, "%ld\n", usage.ru_maxrss);
		fclose(file);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
