libfakes_a_SOURCES += \
	fakes/file-server/file-contents.c fakes/file-server/file-contents.h \
	fakes/file-server/file-ftp.c fakes/file-server/file-ftp.h \
	fakes/file-server/file-ftp-command.c fakes/file-server/file-ftp-data.c \
	fakes/file-server/file-ftp-session.c \
	fakes/file-server/file-ftp-transfer.c \
	fakes/file-server/file-http-connection.c fakes/file-server/file-http.h \
	fakes/file-server/file-http.c \
	fakes/file-server/file-order.c \
	fakes/file-server/file-spoil.c fakes/file-server/file-spoil.h \
	fakes/file-server/file-server.c fakes/file-server/file-server.h \
	fakes/file-server/file-sftp.c fakes/file-server/file-sftp.h \
	fakes/file-server/file-sftp-file.c fakes/file-server/file-sftp-keys.c \
	fakes/file-server/file-sftp-request.c fakes/file-server/file-sftp-session.c \
	fakes/file-server/file-store.c fakes/file-server/file-store.h \
	fakes/ssh-pump.c fakes/ssh-pump.h
