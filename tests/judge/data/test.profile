profile  "The judge's test cell"
device   henb
map      test
ics
    alarms  yes
    ipsec   no   "no tunnel"
ixit
    device.serial  "000001"
    device.period  "900"
limits
    limit.step     20 s   lab
    limit.session  30 s   standard "TR-069 3.2.2"
    limit.s1       10 s   lab
    limit.settle   5 s    lab
rules
    RAISED   fail
    LOWERED  warning
