-- The device of curl-device.sh. A test puts its ports in place of @...@.
profile  "Home NodeB of shell and curl"
device   hnb
map      hnb-tr262

ics
    discovery-internet  yes
    discovery-private   no   "no tunnel"
    ipsec               no   "no tunnel"
    tls                 @TLS@
    client-certificate  no   "it has none"
    periodic-inform     no   "not built"
    connection-request  yes
    location-in-inform  yes
    cm-rpc              yes
    access-management   yes
    cm-file             no   "not built"
    reboot              no   "not built"
    factory-reset       no   "not built"
    alarms              no   "not built"
    gps                 no   "not built"
    alarm-expedited     no   "not built"
    alarm-queued        no   "not built"
    alarm-logged        no   "not built"
    alarm-tunnel        no   "not built"
    alarm-backhaul      no   "not built"
    pm-upload           no   "not built"
    iuh                 no   "not built"
    usage-indicator     no   "no tunnel"

ixit
    device.simulated                    no
    device.manufacturer                 "Shell"
    device.oui                          ABCDEF
    device.product-class                "Shell HNB"
    device.serial                       "000042"
    device.username                     "femtocell"
    device.password                     "secret"
    device.connection-request-username  "cr-user"
    device.connection-request-password  "cr-secret"
    initial-hms.scheme                  @SCHEME@
    initial-hms.port                    @INITIAL@
    initial-hms.authentication          digest
    serving-hms.scheme                  @SCHEME@
    serving-hms.port                    @SERVING@
    serving-hms.authentication          digest
    outer-dns.port                      @DNS@
    inner-dns.port                      @DNS@
    operator.ca-folder                  "ca"
    config.cell-id                      "256"

limits
    limit.step                20 s   lab
    limit.session             20 s   lab
    limit.bootstrap           @BOOTSTRAP@ s   lab
    limit.registration        20 s   lab
    limit.connection-request @ANSWER@ s   standard "TR-069 3.2.2"
    limit.quiet               1 s   lab
    limit.slack               2 s   lab
    limit.retry-0                5 s   standard "TR-069 3.2.1.1"
    limit.retry-1               10 s   standard "TR-069 3.2.1.1"
    limit.retry-2               20 s   standard "TR-069 3.2.1.1"
    limit.retry-3               40 s   standard "TR-069 3.2.1.1"
    limit.retry-4               80 s   standard "TR-069 3.2.1.1"
    limit.retry-5              160 s   standard "TR-069 3.2.1.1"
    limit.retry-6              320 s   standard "TR-069 3.2.1.1"
    limit.retry-7              640 s   standard "TR-069 3.2.1.1"
    limit.retry-8             1280 s   standard "TR-069 3.2.1.1"
    limit.retry-9             2560 s   standard "TR-069 3.2.1.1"
    limit.retry-10            5120 s   standard "TR-069 3.2.1.1"
    limit.idle-connection   300 s   lab
    limit.settle              3 s   lab   -- a slow lab has a session to end
    limit.scenario           60 s   lab

triggers
    power-on   command "$CURL_DEVICE power-on"
