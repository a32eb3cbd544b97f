test_programs += \
	tests/fakes/test-device-parts \
	tests/fakes/test-device-data-model \
	tests/fakes/test-device-files \
	tests/fakes/test-device-rpc \
	tests/fakes/test-device-session \
	tests/fakes/test-device-alarms \
	tests/fakes/test-device-measurements \
	tests/fakes/test-device-traits \
	tests/fakes/test-device-network \
	tests/fakes/test-device-tunnel \
	tests/fakes/test-device-inside \
	tests/fakes/test-device-ipsec
device_stand_sources = tests/fakes/device-stand.c tests/fakes/device-stand.h
tests_fakes_test_device_parts_SOURCES = tests/fakes/test-device-parts.c
tests_fakes_test_device_parts_LDADD = $(TEST_LIBS)
tests_fakes_test_device_data_model_SOURCES = tests/fakes/test-device-data-model.c \
	$(device_stand_sources)
tests_fakes_test_device_data_model_LDADD = $(TEST_LIBS)
tests_fakes_test_device_files_SOURCES = tests/fakes/test-device-files.c $(device_stand_sources)
tests_fakes_test_device_files_LDADD = $(TEST_LIBS)
tests_fakes_test_device_rpc_SOURCES = tests/fakes/test-device-rpc.c $(device_stand_sources)
tests_fakes_test_device_rpc_LDADD = $(TEST_LIBS)
tests_fakes_test_device_session_SOURCES = tests/fakes/test-device-session.c \
	$(device_stand_sources)
tests_fakes_test_device_session_LDADD = $(TEST_LIBS)
tests_fakes_test_device_alarms_SOURCES = tests/fakes/test-device-alarms.c \
	$(device_stand_sources)
tests_fakes_test_device_alarms_LDADD = $(TEST_LIBS)
tests_fakes_test_device_measurements_SOURCES = tests/fakes/test-device-measurements.c \
	$(device_stand_sources)
tests_fakes_test_device_measurements_LDADD = $(TEST_LIBS)
tests_fakes_test_device_traits_SOURCES = tests/fakes/test-device-traits.c \
	$(device_stand_sources)
tests_fakes_test_device_traits_LDADD = $(TEST_LIBS)
tests_fakes_test_device_network_SOURCES = tests/fakes/test-device-network.c \
	$(device_stand_sources)
tests_fakes_test_device_network_LDADD = $(TEST_LIBS)
tests_fakes_test_device_tunnel_SOURCES = tests/fakes/test-device-tunnel.c
tests_fakes_test_device_tunnel_LDADD = $(TEST_LIBS)
tests_fakes_test_device_inside_SOURCES = tests/fakes/test-device-inside.c $(device_stand_sources)
tests_fakes_test_device_inside_LDADD = $(TEST_LIBS)
tests_fakes_test_device_ipsec_SOURCES = tests/fakes/test-device-ipsec.c $(device_stand_sources)
tests_fakes_test_device_ipsec_LDADD = $(TEST_LIBS)
FILE_LAB = tests/fakes/file-lab.c tests/fakes/file-lab.h
test_programs += tests/fakes/test-device-ftp
tests_fakes_test_device_ftp_SOURCES = tests/fakes/test-device-ftp.c $(FILE_LAB) tests/fakes/hms-script.c \
	tests/fakes/hms-script.h
tests_fakes_test_device_ftp_LDADD = $(TEST_LIBS)
test_programs += tests/fakes/test-device-sftp
tests_fakes_test_device_sftp_SOURCES = tests/fakes/test-device-sftp.c $(FILE_LAB) tests/fakes/hms-script.c \
	tests/fakes/hms-script.h
tests_fakes_test_device_sftp_LDADD = $(TEST_LIBS)
