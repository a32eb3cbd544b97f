/*
 * cm-element: what a CM file can hold, and what it is called there: the elements of TS 32.584
 * clause 4 (HNB) and, by analogy, of TS 32.594 (HeNB), and the parameters of the data model that
 * they stand for.
 *
 * An element has a path from configData on: "ManagementServer/URL", "FAPService[1]/AccessMgmt/
 * MemberDetail[2]/IMSI". [N] says which of those of a name beside one another, from 1; it stands
 * behind each element that may stand there several times. The parameter is known by its full path
 * with any root: "Device.Services.FAPService.1.AccessMgmt.UMTS.MemberDetail.2.IMSI"; both ways of
 * TR-196, issue 1 and 2, lead to the same element.
 */
#ifndef PROTOCOLS_CM_ELEMENT_H
#define PROTOCOLS_CM_ELEMENT_H

#include <stdbool.h>
#include <stddef.h>

enum cm_generation { CM_UMTS = 1, CM_LTE = 2 };

enum cm_kind {
	CM_LEAF,
	CM_GROUP,     /* elements, in their order */
	CM_MANY,      /* the same, and it may stand there several times */
	CM_OPEN,      /* elements that the table does not list: they are called as in the data model */
	CM_OPEN_MANY,
};

struct cm_element { /* a row */
	const char *path; /* without [N] */
	unsigned generations;
	enum cm_kind kind;
};

/* In the order of the file; NULL past the end. */
const struct cm_element *cm_element_at(size_t index);
/* The row of a path, whose instances are passed over; its length octets only. NULL: not listed. */
const struct cm_element *cm_element_find(unsigned generations, const char *path, size_t length);
/* Can a file of one of these generations hold it? What is listed, what stands in what is open, and a
 * vendor's "X_VENDOR_Name" anywhere. */
bool cm_element_fits(unsigned generations, const char *path);
/* The element that a parameter or object (full path; {i} for an instance is fine) stands for: new
 * memory. NULL: the format has no place for it, as for alarms and measurements. */
char *cm_element_of(unsigned generations, const char *parameter);
/* How the format spells a value of the element that issue 2 of TR-196 spells otherwise; the value
 * itself when they agree. Static text, or value. */
const char *cm_element_spelling(const char *path, const char *value);
bool cm_element_is_vendor(const char *name); /* "X_00D09E_Name" */

#endif
