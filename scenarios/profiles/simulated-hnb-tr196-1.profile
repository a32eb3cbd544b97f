profile  "Simulated HNB, data model of TR-196 issue 1"
include  simulated-hnb.profile
map      hnb-tr196-1
