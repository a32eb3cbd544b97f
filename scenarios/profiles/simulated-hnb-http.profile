profile  "Simulated HNB, plain HTTP"
include  simulated-hnb.profile

ics
    tls  no  "everything in clear, as a capture for study has it"

ixit
    initial-hms.scheme  http
