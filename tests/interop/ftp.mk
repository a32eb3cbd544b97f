not_tests += tests/interop/file-fake-server
tests_interop_file_fake_server_SOURCES = tests/interop/file-fake-server.c \
	tests/interop/fake-server.c tests/interop/fake-server.h \
	tests/fakes/hms-script.c tests/fakes/hms-script.h
tests_interop_file_fake_server_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
check_SCRIPTS += tests/interop/ftp.tap
EXTRA_DIST += tests/interop/ftp.tap
check_SCRIPTS += tests/interop/sftp.tap
EXTRA_DIST += tests/interop/sftp.tap
check_SCRIPTS += tests/interop/file-faults.tap
EXTRA_DIST += tests/interop/file-faults.tap tests/interop/file-parts.sh
