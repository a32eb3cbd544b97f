/*
 * notify: which changes are still to be told (TR-069 A.3.3.1): a parameter whose notification
 * is on and that something other than the HMS changed is in every Inform until one with it
 * was answered. A change that comes while an Inform is under way is told by the next.
 */
#include "fakes/device/parameter-tree.h"

bool tree_has_changes(const struct parameter_tree *tree)
{
	for (size_t i = 0; i < tree_count(tree); i++)
		if (tree_at(tree, i)->changed)
			return true;
	return false;
}

bool tree_wants_session(const struct parameter_tree *tree)
{
	for (size_t i = 0; i < tree_count(tree); i++) {
		const struct parameter *parameter = tree_at(tree, i);
		if (parameter->changed && !parameter->informed && parameter->notification == 2)
			return true;
	}
	return false;
}

void tree_mark_informed(struct parameter_tree *tree)
{
	for (size_t i = 0; i < tree_count(tree); i++)
		tree_at(tree, i)->informed = tree_at(tree, i)->changed;
}

void tree_changes_delivered(struct parameter_tree *tree)
{
	for (size_t i = 0; i < tree_count(tree); i++) {
		struct parameter *parameter = tree_at(tree, i);
		if (parameter->informed)
			parameter->changed = parameter->informed = false;
	}
}

void tree_changes_failed(struct parameter_tree *tree)
{
	for (size_t i = 0; i < tree_count(tree); i++)
		tree_at(tree, i)->informed = false;
}

void tree_forget_changes(struct parameter_tree *tree)
{
	for (size_t i = 0; i < tree_count(tree); i++)
		tree_at(tree, i)->changed = tree_at(tree, i)->informed = false;
}
