profile  "genieacs-sim, a general TR-098 gateway"
include  agent-henb.part
map      ./gateway.map

ixit
    device.oui               202BC1
    device.product-class     "BM632w"
    device.serial            "000000"
