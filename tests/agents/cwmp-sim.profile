profile  "cwmp-sim, a general TR-181 agent"
include  agent-henb.part
map      ./device2.map

ixit
    device.oui               000000
    device.product-class     "Simulator"
    device.serial            "123456"
