# The elements of the radio access network that a femtocell registers with: MME and HNB gateway.
libfakes_a_SOURCES += \
	fakes/ran/hnb-gw.c \
	fakes/ran/mme.c \
	fakes/ran/ran-fake.c fakes/ran/ran-fake.h
