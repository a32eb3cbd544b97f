libfakes_a_SOURCES += \
	fakes/fake.c fakes/fake.h \
	fakes/late-answer.c fakes/late-answer.h \
	fakes/dns/dns.c \
	fakes/dns/dns-answer.c fakes/dns/dns-answer.h \
	fakes/dns/zone.c fakes/dns/zone.h \
	fakes/dns/zone-record.c
