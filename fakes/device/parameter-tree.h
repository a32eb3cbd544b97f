/*
 * parameter-tree: an instance of a data model: values, attributes, rows of tables, and what
 * was changed by something other than the HMS. Made from a data-model-map; deals with paths
 * only, and knows neither sessions nor files.
 *
 * Memory: the tree owns its parameters; a pointer holds until the row it is in is removed.
 */
#ifndef FAKES_DEVICE_PARAMETER_TREE_H
#define FAKES_DEVICE_PARAMETER_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/judge/data-model-map.h"

struct parameter {
	char *path;                    /* full, with instance numbers */
	const struct map_entry *entry;
	char *value;
	int notification;              /* 0 off, 1 passive, 2 active */
	bool subscriber;               /* "Subscriber" stands in its AccessList */
	bool changed;                  /* not by the HMS, and not yet told to it */
	bool informed;                 /* the change stands in the Inform under way */
};

struct tree_object {
	char *path; /* ends "." */
	bool writable; /* a table: rows can be added; a row: can be deleted */
	bool table;
	unsigned last; /* a table: the highest instance number ever given */
};

struct parameter_tree;

/* The model with its defaults, rows and default attributes. */
struct parameter_tree *tree_new(const struct data_model_map *map);
/* A parameter that the map does not have (a vendor's). entry outlives the tree. */
void tree_add_parameter(struct parameter_tree *tree, const struct map_entry *entry,
			const char *path);
struct parameter_tree *tree_copy(const struct parameter_tree *tree);
void tree_free(struct parameter_tree *tree);
const struct data_model_map *tree_map(const struct parameter_tree *tree);

/* In the order of paths, instance numbers as numbers. */
size_t tree_count(const struct parameter_tree *tree);
struct parameter *tree_at(const struct parameter_tree *tree, size_t index);
struct parameter *tree_find(const struct parameter_tree *tree, const char *path);
size_t tree_object_count(const struct parameter_tree *tree);
const struct tree_object *tree_object_at(const struct parameter_tree *tree, size_t index);
const struct tree_object *tree_object_find(const struct parameter_tree *tree, const char *path);
/* The first parameter whose path ends so (".GPS.LockedLatitude"), or NULL: shapes of the data
 * model differ in where things stand, not in how they are called. */
struct parameter *tree_find_ending(const struct parameter_tree *tree, const char *ending);
/* The first object likewise (".FaultMgmt.SupportedAlarm."), or NULL. */
const struct tree_object *tree_object_ending(const struct parameter_tree *tree,
					     const char *ending);
bool path_ends(const char *path, const char *ending);
bool path_is_below(const char *path, const char *object); /* object "" = everything */

/* Sets a value; no notification. A boolean becomes true or false. */
void parameter_set(struct parameter *parameter, const char *value);
/* The value became another one, and not by the HMS. True when this is to be notified. */
bool parameter_change(struct parameter *parameter, const char *value);
/* Counts as changed whatever it was before (a row that is used anew). */
bool parameter_touch(struct parameter *parameter);

/* A new row of a table: number 0 = the next. Gives its number, or 0 when there is no such table.
 * Whether the HMS may do so is the caller's question. */
unsigned tree_add_row(struct parameter_tree *tree, const char *table, unsigned number);
/* Removes the row "X.3."; false when there is none. */
bool tree_remove_row(struct parameter_tree *tree, const char *row);
/* How many rows it has, and the path of its n-th in order (new memory). */
size_t tree_rows(const struct parameter_tree *tree, const char *table);
char *tree_row(const struct parameter_tree *tree, const char *table, size_t index);

/* Sets attributes of a parameter or of all below an object, those of rows made later too.
 * notification or subscriber -1: stays. */
void tree_set_attributes(struct parameter_tree *tree, const char *path, int notification,
			 int subscriber);

struct attribute_rule {
	char *path;
	int notification, subscriber; /* one of them is -1: does not speak of it */
};
/* What tree_set_attributes was told, in order; for keeping. */
size_t tree_rule_count(const struct parameter_tree *tree);
const struct attribute_rule *tree_rule_at(const struct parameter_tree *tree, size_t index);

/* Changes to tell: is there any (informed or not), any that is active and not in the Inform
 * under way; forgetting all; and what becomes of those in the Inform. */
bool tree_has_changes(const struct parameter_tree *tree);
bool tree_wants_session(const struct parameter_tree *tree);
void tree_mark_informed(struct parameter_tree *tree);
void tree_changes_delivered(struct parameter_tree *tree);
void tree_changes_failed(struct parameter_tree *tree);
void tree_forget_changes(struct parameter_tree *tree);

#endif
