profile  "Simulated HeNB, data model Device:1 with TR-262"
include  simulated-henb.profile
map      henb-tr262
