# S1AP and HNBAP, and the packed encoding rules under them.
libprotocols_a_SOURCES += \
	protocols/hnbap.h protocols/hnbap-read.c protocols/hnbap-write.c \
	protocols/hnbap-tables.c protocols/hnbap-tables.h \
	protocols/per.c protocols/per.h \
	protocols/ran-message.c protocols/ran-message.h \
	protocols/ran-pdu.c protocols/ran-pdu.h \
	protocols/ran-value.c protocols/ran-value.h \
	protocols/s1ap.h protocols/s1ap-read.c protocols/s1ap-write.c \
	protocols/s1ap-tables.c protocols/s1ap-tables.h
