profile  "Simulated HNB that was given addresses in the factory, no names"
include  simulated-hnb-private.profile

ics
    factory-addresses   yes

ixit
    initial-segw.host   "198.51.100.30"
    initial-hms.host    "10.99.0.22"
