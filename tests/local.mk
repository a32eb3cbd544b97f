EXTRA_DIST += tests/run-all

# Those that compute, and those that wait, by turns: so both go on at any time.
long_tests += tests/defects/test-defects tests/hostile/hostile.tap tests/defects/variants.tap \
	tests/interop/curl-device.tap tests/interop/ikev2.tap tests/interop/live-device.tap \
	tests/interop/rejudge.tap

include $(top_srcdir)/tests/protocols/local.mk
include $(top_srcdir)/tests/protocols/ikev2.mk
include $(top_srcdir)/tests/captures/local.mk
include $(top_srcdir)/tests/chart/local.mk
include $(top_srcdir)/tests/judge/local.mk
include $(top_srcdir)/tests/loop/local.mk
include $(top_srcdir)/tests/fakes/device.mk
include $(top_srcdir)/tests/fakes/dns.mk
include $(top_srcdir)/tests/fakes/hms.mk
include $(top_srcdir)/tests/fakes/ipsec.mk
include $(top_srcdir)/tests/fakes/sctp.mk
include $(top_srcdir)/tests/interop/dns.mk
include $(top_srcdir)/tests/interop/ftp.mk
include $(top_srcdir)/tests/interop/ikev2.mk
include $(top_srcdir)/tests/interop/sctp.mk
include $(top_srcdir)/tests/fuzz/local.mk
include $(top_srcdir)/tests/bench/local.mk
include $(top_srcdir)/tests/grammar/local.mk
include $(top_srcdir)/tests/judge-data/local.mk
include $(top_srcdir)/tests/agents/local.mk
include $(top_srcdir)/tests/interop/live.mk
include $(top_srcdir)/tests/interop/netns.mk
include $(top_srcdir)/tests/interop/ran.mk
include $(top_srcdir)/tests/defects/local.mk
include $(top_srcdir)/tests/hostile/local.mk
