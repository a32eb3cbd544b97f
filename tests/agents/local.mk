not_tests += tests/agents/make-agent-capture
tests_agents_make_agent_capture_SOURCES = tests/agents/make-agent-capture.c \
	tests/agents/talk-network.c tests/agents/talk-network.h
tests_agents_make_agent_capture_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
check_SCRIPTS += tests/agents/agents.tap tests/agents/bad-captures.tap \
	tests/agents/behaviours.tap
EXTRA_DIST += tests/agents/behaviours.tap tests/agents/behaviours.table \
	tests/agents/agents.tap tests/agents/bad-captures.tap tests/agents/agents.table tests/agents/talks \
	tests/agents/agent-henb.part tests/agents/agent-hnb.part \
	tests/agents/agent.profile tests/agents/network.profile tests/agents/network-dns.profile tests/agents/network-port.profile tests/agents/network-tunnel.profile tests/agents/network-fixed.profile tests/agents/cwmp-sim.profile tests/agents/easycwmp.profile \
	tests/agents/easycwmp-fap.profile tests/agents/genieacs-sim.profile \
	tests/agents/genieacs-sim-fap.profile tests/agents/device2.map \
	tests/agents/device2-fap.map tests/agents/device2.part tests/agents/gateway.map
