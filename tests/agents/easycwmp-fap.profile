profile  "easycwmp with FAPService parameters"
include  agent-hnb.part
map      ./device2-fap.map

ixit
    device.oui               FFFFFF
    device.product-class     "easycwmp"
    device.serial            "FFFFFF123456"
