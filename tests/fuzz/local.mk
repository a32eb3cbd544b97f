test_programs += \
	tests/fuzz/replay-capture \
	tests/fuzz/replay-chart \
	tests/fuzz/replay-client-hello \
	tests/fuzz/replay-cm-file \
	tests/fuzz/replay-cwmp \
	tests/fuzz/replay-dissector \
	tests/fuzz/replay-dns \
	tests/fuzz/replay-eap-aka \
	tests/fuzz/replay-esp \
	tests/fuzz/replay-file-message \
	tests/fuzz/replay-ftp \
	tests/fuzz/replay-grammar \
	tests/fuzz/replay-http \
	tests/fuzz/replay-ikev2 \
	tests/fuzz/replay-ikev2-sa \
	tests/fuzz/replay-network \
	tests/fuzz/replay-pm-file \
	tests/fuzz/replay-profile \
	tests/fuzz/replay-ran \
	tests/fuzz/replay-sftp \
	tests/fuzz/replay-ssh \
	tests/fuzz/replay-tcp \
	tests/fuzz/replay-xml
tests_fuzz_replay_capture_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-capture.c
tests_fuzz_replay_capture_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_chart_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-chart.c
tests_fuzz_replay_chart_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_client_hello_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-client-hello.c
tests_fuzz_replay_client_hello_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_cm_file_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-cm-file.c
tests_fuzz_replay_cm_file_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_cwmp_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-cwmp.c
tests_fuzz_replay_cwmp_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_dissector_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-dissector.c
tests_fuzz_replay_dissector_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_dns_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-dns.c
tests_fuzz_replay_dns_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_file_message_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-file-message.c
tests_fuzz_replay_file_message_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_ftp_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-ftp.c
tests_fuzz_replay_ftp_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_grammar_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-grammar.c
tests_fuzz_replay_grammar_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_http_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-http.c
tests_fuzz_replay_http_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_ikev2_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-ikev2.c
tests_fuzz_replay_ikev2_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_ikev2_sa_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-ikev2-sa.c
tests_fuzz_replay_ikev2_sa_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_eap_aka_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-eap-aka.c
tests_fuzz_replay_eap_aka_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_esp_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-esp.c
tests_fuzz_replay_esp_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_network_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-network.c
tests_fuzz_replay_network_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_pm_file_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-pm-file.c
tests_fuzz_replay_pm_file_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_profile_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-profile.c
tests_fuzz_replay_profile_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_ran_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-ran.c
tests_fuzz_replay_ran_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_sftp_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-sftp.c
tests_fuzz_replay_sftp_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_ssh_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-ssh.c
tests_fuzz_replay_ssh_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_tcp_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-tcp.c
tests_fuzz_replay_tcp_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_fuzz_replay_xml_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz-xml.c
tests_fuzz_replay_xml_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/run tests/fuzz/capture.dict tests/fuzz/cwmp.dict \
	tests/fuzz/dns.dict tests/fuzz/http.dict tests/fuzz/tcp.dict tests/fuzz/xml.dict

# Runs every fuzz target for SECONDS (default 600), two at a time: needs clang with its runtime.
fuzz:
	$(SHELL) $(top_srcdir)/tests/fuzz/run "$(top_srcdir)" "$(abs_top_builddir)/fuzz" $(or $(SECONDS),600) $(TARGETS)
.PHONY: fuzz
