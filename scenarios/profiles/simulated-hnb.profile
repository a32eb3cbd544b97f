profile  "Simulated HNB"
include  simulated.part
device   hnb
map      hnb-tr262

ixit
    device.product-class     "HNB"
    device.serial            "000002"
    initial-hms.scheme       https
    serving-hms.scheme       http
    config.lac-rac           "1:1"
    config.sac               "1"
    config.cell-id           "256"
