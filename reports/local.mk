libreports_a_SOURCES += \
	reports/junit.c reports/junit.h \
	reports/terminal.c reports/terminal.h
