libreports_a_SOURCES += \
	reports/conformance.c reports/conformance.h \
	reports/junit.c reports/junit.h \
	reports/readings.c reports/readings.h \
	reports/terminal.c reports/terminal.h
