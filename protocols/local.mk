libprotocols_a_SOURCES += \
	protocols/address.c protocols/address.h \
	protocols/buffer.c protocols/buffer.h \
	protocols/cwmp-announced.c protocols/cwmp-announced.h \
	protocols/cwmp-asked.c protocols/cwmp-asked.h \
	protocols/cwmp-decode.c protocols/cwmp-decode-parts.h protocols/cwmp-decode-read.c \
	protocols/cwmp-encode.c protocols/cwmp.h \
	protocols/cwmp-events.c protocols/cwmp-faults.c protocols/cwmp-methods.c \
	protocols/cwmp-record.c protocols/cwmp-record.h protocols/cwmp-record-events.c \
	protocols/cwmp-values.c protocols/cwmp-values.h \
	protocols/cwmp-past.c protocols/cwmp-past.h protocols/cwmp-retry.c protocols/cwmp-retry.h \
	protocols/cwmp-session.c protocols/cwmp-session.h \
	protocols/cwmp-session-over.c \
	protocols/cwmp-skeleton.c protocols/cwmp-skeleton.h \
	protocols/cwmp-cookies.c protocols/cwmp-cookies.h \
	protocols/dissector.c protocols/dissector.h \
	protocols/dissector-answer.c protocols/dissector-cwmp.c protocols/dissector-devices.c \
	protocols/dissector-dns.c protocols/dissector-session.c \
	protocols/dissector-ftp.c protocols/dissector-ftp.h protocols/dissector-ftp-transfer.c \
	protocols/dissector-file.c protocols/dissector-http.c protocols/dissector-parts.h \
	protocols/dissector-post.c protocols/dissector-request.c \
	protocols/dissector-ipsec.c protocols/dissector-ipsec.h \
	protocols/dissector-ike.c protocols/dissector-ike-said.c protocols/dissector-esp.c \
	protocols/dissector-sctp.c protocols/sctp-read.c protocols/sctp-read.h \
	protocols/cm-element.c protocols/cm-element.h \
	protocols/cm-file.c protocols/cm-file-read.c protocols/cm-file-write.c protocols/cm-file.h \
	protocols/file-message.c protocols/file-message.h \
	protocols/ftp.c protocols/ftp-address.c protocols/ftp.h \
	protocols/pm-past.c protocols/pm-past.h \
	protocols/pm-file.h protocols/pm-file-read.c protocols/pm-file-write.c protocols/pm-name.c \
	protocols/http-auth.c protocols/http-auth.h \
	protocols/http-message.c protocols/http-parse.c protocols/http-write.c protocols/http.h \
	protocols/limits.c protocols/limits.h \
	protocols/memory.c protocols/memory.h \
	protocols/message.c protocols/message.h \
	protocols/message-names.c protocols/message-names.h \
	protocols/problem.c protocols/problem.h \
	protocols/sftp.c protocols/sftp.h \
	protocols/dissector-sftp.c protocols/dissector-ssh.c protocols/dissector-ssh.h \
	protocols/ssh.c protocols/ssh.h \
	protocols/xml-bounds.c protocols/xml-bounds.h \
	protocols/xml-build.c protocols/xml-build.h \
	protocols/xml-scan.c protocols/xml-scan.h \
	protocols/xml-write.c protocols/xml-write.h \
	protocols/xml.c protocols/xml.h
