/*
 * device-tls: what defects make of the device's TLS.
 */
#ifndef FAKES_DEVICE_DEVICE_TLS_H
#define FAKES_DEVICE_DEVICE_TLS_H

struct device;

/* Before a connection to an HMS: its context is made as the device's defects want it. */
void device_tls_adjust(struct device *device);

#endif
