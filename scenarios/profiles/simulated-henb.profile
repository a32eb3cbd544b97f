profile  "Simulated HeNB"
include  simulated.part
device   henb
map      henb-device2

ixit
    device.product-class     "HeNB"
    device.serial            "000001"
    initial-hems.scheme      https
    serving-hems.scheme      http
    config.s1-mode           "One"
    config.tac               "1"
    config.cell-identity     "256"
