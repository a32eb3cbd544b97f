profile  "Simulated HeNB, plain HTTP"
include  simulated-henb.profile

ics
    tls  no  "everything in clear, as a capture for study has it"

ixit
    initial-hems.scheme  http
