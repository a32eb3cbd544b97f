test_programs += tests/fakes/test-dns-fake
tests_fakes_test_dns_fake_SOURCES = tests/fakes/test-dns-fake.c
tests_fakes_test_dns_fake_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/fakes/dns.profile
