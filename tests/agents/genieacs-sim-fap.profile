profile  "genieacs-sim with FAPService parameters"
include  agent-hnb.part
map      ./device2-fap.map

ixit
    device.oui               AABBCC
    device.product-class     "HNB"
    device.serial            "000000"
