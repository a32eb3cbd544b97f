profile  "Simulated HeNB that was given addresses in the factory, no names"
include  simulated-henb-private.profile

ics
    factory-addresses   yes

ixit
    initial-segw.host   "198.51.100.30"
    initial-hems.host   "10.99.0.20"
