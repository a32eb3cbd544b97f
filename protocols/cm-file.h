/*
 * cm-file: the configuration file that an HNB or HeNB downloads (TS 32.584 clause 4, TS 32.594):
 *
 *   <configDataFile xmlns="http://www.3gpp.org/ftp/specs/archive/32_series/32.584#configData">
 *     <fileHeader fileFormatVersion="32.584 V12.0" senderName="..." vendorName="..."/>
 *     <configData>
 *       <managedElement localDn="HNB=4711"/>
 *       <ManagementServer><PeriodicInformInterval>600</PeriodicInformInterval></ManagementServer>
 *       <FAPService>...</FAPService>
 *     </configData>
 *     <fileFooter dateTime="2026-01-01T00:00:00Z"/>
 *   </configDataFile>
 *
 * A list of values has the paths of cm-element.h. What is to become of an instance stands in its element
 * Modifier: create, delete or update, which goes without saying. An instance without a number of its own
 * is the Nth of its name beside one another, which the standard does not say.
 *
 * That the LTE file has the namespace 32.594#configData, and the tree of TR-196 issue 2 below FAPService,
 * is by analogy.
 */
#ifndef PROTOCOLS_CM_FILE_H
#define PROTOCOLS_CM_FILE_H

#include "protocols/buffer.h"
#include "protocols/cm-element.h"
#include "protocols/problem.h"

#define CM_UMTS_NAMESPACE "http://www.3gpp.org/ftp/specs/archive/32_series/32.584#configData"
#define CM_LTE_NAMESPACE "http://www.3gpp.org/ftp/specs/archive/32_series/32.594#configData"
#define CM_VALUES_MOST 20000

struct cm_value {
	char *element; /* "FAPService[1]/DNPrefix" */
	char *value;
};

struct cm_file { /* texts are its own; NULL = not there */
	enum cm_generation generation;
	char *ns;              /* of what is written: NULL = the generation's, "none" = it has none */
	char *version;         /* fileFormatVersion */
	char *sender, *vendor; /* senderName, vendorName */
	char *managed_element; /* localDn of the managed element */
	char *date_time;       /* of the footer */
	struct cm_value *values;
	size_t count, room;
};

void cm_file_clear(struct cm_file *file);
/* Adds a value; the texts are copied. */
void cm_file_add(struct cm_file *file, const char *element, const char *value);
/* The file's octets, elements in the order of the format. version NULL: that of the standard's newest
 * issue; managed_element NULL: it goes without a name. -1 with problem when there is no place in the
 * format for one of the values, or two have the same place. */
int cm_file_write(const struct cm_file *file, struct buffer *out, struct problem *problem);
/* Reads a file into *file, which is cleared first; values in the file's order, a vendor's elements are
 * passed over, and elements that the format does not know are told like those that it does. -1 with
 * problem when it is no CM file: it is not well-formed, has another root or namespace, lacks header,
 * footer or managed element, or has elements out of their order. */
int cm_file_read(const void *octets, size_t length, struct cm_file *file, struct problem *problem);

#endif
