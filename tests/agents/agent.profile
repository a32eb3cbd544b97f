profile  "The agent of the talks"
include  agent-henb.part
map      ./device2.map

ixit
    device.oui            0000AA
    device.product-class  "agent"
    device.serial         "17"
    initial-hems.address  192.0.2.1
    initial-hems.host     192.0.2.1
