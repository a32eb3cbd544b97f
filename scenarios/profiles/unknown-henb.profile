profile  "A HeNB of which no profile says anything"
include  simulated-henb-http.profile

-- Stands in when a capture is judged without a profile: nothing is claimed that a device need not
-- have, and what is fixed for one device is taken from the capture.

ics
    location-in-inform  no  "no profile was given"

ixit
    device.simulated  no
    device.stand-in   yes
