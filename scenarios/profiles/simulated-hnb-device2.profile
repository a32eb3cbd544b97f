profile  "Simulated HNB, data model Device:2"
include  simulated-hnb.profile
map      hnb-device2
