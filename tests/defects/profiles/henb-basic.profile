profile  "Simulated HeNB, all in TLS, Basic at every HMS"
include  ../../../scenarios/profiles/simulated-henb.profile

ixit
    initial-hems.authentication  basic
    serving-hems.authentication  basic
    serving-hems.scheme          https
