libcaptures_a_SOURCES += \
	captures/reader.c captures/reader.h \
	captures/recorder.c captures/recorder.h
