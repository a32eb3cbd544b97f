#include "harness/commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "harness/data-folder.h"
#include "harness/judge/profile.h"
#include "protocols/memory.h"

static const struct option_row options[] = {
	{ NULL, NULL, 0, NULL },
};

static int check_profile(const char *file, const char *maps)
{
	struct diagnostics diagnostics = { 0 };
	struct profile *profile = profile_load(file, maps, &diagnostics);
	size_t items = 0;

	diagnostics_print(&diagnostics, stderr);
	if (profile) {
		while (profile_ics_at(profile, items))
			items++;
		printf("%s: \"%s\", a %s, %zu ICS items\n", file, profile_title(profile),
		       profile_device(profile), items);
	}
	int status = profile ? EXIT_ALL_PASSED : EXIT_WRONG_INPUT;

	profile_free(profile);
	diagnostics_clear(&diagnostics);
	return status;
}

static int profile(int argc, char **argv)
{
	struct problem problem = { "" };
	int status = EXIT_ALL_PASSED, letter;

	if ((letter = command_option(&command_profile, argc, argv)) != -1)
		return letter == 'h' ? EXIT_ALL_PASSED : EXIT_WRONG_INPUT;
	if (argc - optind < 2 || strcmp(argv[optind], "check") != 0)
		return command_wrong(&command_profile, "usage: femtoproof profile check FILE...");
	char *folder = find_data_folder(&problem);
	if (!folder)
		return command_wrong(&command_profile, "%s", problem.text);
	char *maps = memory_format("%s/maps", folder);
	for (int i = optind + 1; i < argc; i++)
		if (check_profile(argv[i], maps) != EXIT_ALL_PASSED)
			status = EXIT_WRONG_INPUT;
	free(maps);
	free(folder);
	return status;
}

const struct command command_profile = {
	.name = "profile",
	.arguments = "check FILE...",
	.summary = "look for mistakes in profiles",
	.options = options,
	.run = profile,
};
