profile  "Simulated HNB, all in TLS, Basic at every HMS"
include  ../../../scenarios/profiles/simulated-hnb.profile

ixit
    initial-hms.authentication  basic
    serving-hms.authentication  basic
    serving-hms.scheme          https
