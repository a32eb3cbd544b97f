/*
 * lab-gateway: what makes a namespace of the lab a customer's router: it forwards, translates
 * addresses (NAT, RFC 3022) and keeps out what nobody behind it has asked for. By a child
 * process `nft`.
 */
#ifndef HARNESS_LOOP_LAB_GATEWAY_H
#define HARNESS_LOOP_LAB_GATEWAY_H

#include "protocols/problem.h"

/* In the namespace, lan0 is the customer's side and wan0 the Internet's. 0, or -1 with why and a
 * way on. */
int lab_gateway_set_up(int namespace_fd, struct problem *problem);

#endif
