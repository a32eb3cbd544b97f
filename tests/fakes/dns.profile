profile  "For the tests of the DNS fake"
device   henb
map      henb-device2

ics

ixit
    mme.address     "2001:db8::51"
    zone.1          "_hems._tcp.lab.example SRV 10 5 7547 serving-hems.lab.example"
    zone.2          "hems.lab.example CNAME serving-hems.lab.example"
    zone.3          "lost.lab.example CNAME nowhere.lab.example"
    zone.4          "loop.lab.example CNAME loop.lab.example"
    zone.5          "multi.lab.example A 192.0.2.3"
    zone.6          "multi.lab.example A 192.0.2.1"
    zone.7          "multi.lab.example A 192.0.2.2"
    zone.8          "six.lab.example AAAA 2001:db8::6"
    zone.9          "lab.example MX 10 mail.lab.example."
    zone.10         "lab.example NS public-dns.lab.example"
    zone.11         "lab.example TXT several-words"
    zone.12         "9.2.0.192.in-addr.arpa PTR nine.lab.example"
    zone.13         "lab.example NAPTR 10 100 s hems+tcp !^.*$!x! _hems._tcp.lab.example"
