libharness_a_SOURCES += \
	harness/capture-roles.c harness/capture-roles.h \
	harness/commands/check.c \
	harness/commands/command.c harness/commands/commands.h \
	harness/commands/coverage.c \
	harness/commands/device.c \
	harness/commands/explain.c \
	harness/commands/judge.c \
	harness/commands/list.c \
	harness/commands/profile.c \
	harness/commands/report.c \
	harness/commands/run.c \
	harness/data-folder.c harness/data-folder.h \
	harness/profile-lint.c harness/profile-lint.h \
	harness/profile-scaffold.c harness/profile-scaffold.h \
	harness/run-capture.c harness/run-capture.h \
	harness/run.c harness/run.h \
	harness/run-bench.c harness/run-bench.h \
	harness/run-command.c harness/run-command.h \
	harness/run-device.c harness/run-device.h \
	harness/run-device-factory.c harness/run-device-factory.h \
	harness/run-document.c harness/run-document.h \
	harness/run-scene.c harness/run-scene.h \
	harness/run-tap.c \
	harness/scenario-set.c harness/scenario-set.h \
	harness/stages.c harness/stages.h
