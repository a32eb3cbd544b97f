not_tests += tests/interop/dns-fake-server tests/interop/tls-server
tests_interop_dns_fake_server_SOURCES = tests/interop/dns-fake-server.c
tests_interop_dns_fake_server_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_interop_tls_server_SOURCES = tests/interop/tls-server.c
tests_interop_tls_server_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
check_SCRIPTS += tests/interop/dns.tap tests/interop/tls.tap
EXTRA_DIST += tests/interop/dns.tap tests/interop/tls.tap
