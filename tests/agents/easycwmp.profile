profile  "easycwmp, a general TR-181 agent"
include  agent-henb.part
map      ./device2.map

ixit
    device.oui               FFFFFF
    device.product-class     "easycwmp"
    device.serial            "FFFFFF123456"
