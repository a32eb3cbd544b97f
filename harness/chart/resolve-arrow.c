/* Arrows: roles, message, which side says it, settings, faults, deadlines. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/resolve.h"
#include "harness/chart/settable.h"
#include "protocols/cm-element.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/message-names.h"

void resolve_error(struct resolver *resolver, const struct place *at, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	diagnostics_add(resolver->diagnostics, DIAGNOSTIC_ERROR, at,
			store_source_text(resolver->store, at), "%s", text);
}

const char *resolve_hint(char hint[HINT], const char *word, const char *const *names, size_t count)
{
	const char *near = nearest_word(word, names, count);

	if (near)
		snprintf(hint, HINT, "; did you mean \"%s\"?", near);
	else
		hint[0] = '\0';
	return hint;
}

static bool listed(const struct reference *list, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].text, word) == 0)
			return true;
	return false;
}

static void unknown_role(struct resolver *resolver, const struct frame *frame, const char *word,
			 const struct place *at)
{
	struct names near = { 0 };
	char hint[HINT];
	size_t count;
	const struct role *table = roles(&count);

	for (size_t i = 0; frame && i < frame->header->role_count; i++)
		names_add(&near, frame->header->roles[i].text);
	for (size_t i = 0; frame && i < frame->header->parameter_count; i++)
		names_add(&near, frame->header->parameters[i].text);
	for (size_t i = 0; i < count; i++)
		names_add(&near, table[i].name);
	resolve_error(resolver, at, "no role is called \"%s\"%s", word,
		      resolve_hint(hint, word, (const char *const *)near.list, near.count));
	names_clear(&near);
}

const char *resolve_role(struct resolver *resolver, const struct frame *frame, const char *word,
			 const struct place *at)
{
	const struct chart *header = frame->header;

	if (listed(header->parameters, header->parameter_count, word)) {
		for (size_t i = 0; i < frame->binding_count; i++) {
			if (strcmp(frame->bindings[i].parameter, word) != 0)
				continue;
			if (frame->bindings[i].text)
				resolve_error(resolver, at,
					      "parameter \"%s\" has to be given a role", word);
			return frame->bindings[i].role;
		}
		return frame->bound ? NULL : word;
	}
	const struct role *role = role_find(word);
	if (!role) {
		if (!(frame->roles_unknown && header->is_fragment))
			unknown_role(resolver, frame, word, at);
		return NULL;
	}
	if (!frame->roles_unknown && !listed(header->roles, header->role_count, word))
		resolve_error(resolver, at, "\"%s\" is not listed in \"roles\"", word);
	return role->name;
}

const char *resolve_parameter(struct resolver *resolver, const char *name, const struct place *at)
{
	const struct vocabulary *vocabulary = resolver->vocabulary;
	char hint[HINT] = "";

	if (!vocabulary || vocabulary_parameter(vocabulary, name))
		return name;
	const char *dot = strchr(name, '.');
	char *first = memory_text_length(name, dot ? (size_t)(dot - name) : strlen(name));
	resolve_error(resolver, at, "no parameter is called \"%s\"%s", name,
		      resolve_hint(hint, first, (const char *const *)vocabulary->parameters.list,
				   vocabulary->parameters.count));
	free(first);
	return NULL;
}

static void resolve_term(struct resolver *resolver, const struct frame *frame,
			 struct duration *duration)
{
	if (!duration->variable)
		return;
	for (size_t i = 0; frame && i < frame->binding_count; i++) {
		const struct binding *each = &frame->bindings[i];

		if (strcmp(each->parameter, duration->variable) != 0)
			continue;
		if (!each->text || each->text[0] != '$') {
			resolve_error(resolver, &duration->at,
				      "parameter \"%s\" has to be given a $limit to stand here",
				      each->parameter);
			return;
		}
		duration->variable = store_text(resolver->store, each->text + 1);
		return;
	}
	if (!resolve_variable(resolver, frame, duration->variable)) {
		resolve_unknown_variable(resolver, frame, &duration->at, duration->variable);
	}
}

void resolve_duration(struct resolver *resolver, const struct frame *frame,
		      struct duration *duration)
{
	for (; duration; duration = duration->next)
		resolve_term(resolver, frame, duration);
}

void resolve_message(struct resolver *resolver, const struct arrow *arrow)
{
	size_t count;
	const struct message_name *table = message_names(&count);
	const char *names[256];
	char hint[HINT];

	if (message_name_find(arrow->message))
		return;
	for (size_t i = 0; i < count && i < 256; i++)
		names[i] = table[i].name;
	resolve_error(resolver, &arrow->ends.message, "no message is called \"%s\"%s",
		      arrow->message,
		      resolve_hint(hint, arrow->message, names, count < 256 ? count : 256));
}

/* Has an element of this kind a part in the protocol? */
static bool speaks(enum role_kind kind, const char *protocol)
{
	static const struct {
		const char *protocol;
		unsigned kinds; /* bits, ROLE_BIT of a kind */
	} speakers[] = {
		{ "any", ~0u },
		{ "dns", ROLE_BIT(ROLE_DNS) },
		{ "file", ROLE_BIT(ROLE_FILE_SERVER) },
		{ "cwmp", ROLE_BIT(ROLE_HMS) },
		{ "ike", ROLE_BIT(ROLE_SEGW) },
		{ "esp", ROLE_BIT(ROLE_SEGW) },
		{ "s1ap", ROLE_BIT(ROLE_MME) },
		{ "hnbap", ROLE_BIT(ROLE_HNB_GW) },
		{ "sctp", ROLE_BIT(ROLE_MME) | ROLE_BIT(ROLE_HNB_GW) },
	};

	for (size_t i = 0; i < sizeof(speakers) / sizeof(speakers[0]); i++)
		if (strcmp(speakers[i].protocol, protocol) == 0)
			return (speakers[i].kinds >> kind) & 1u;
	return kind != ROLE_DNS;
}

/* Who may say it, and to whom. */
static void check_side(struct resolver *resolver, const struct arrow *arrow,
		       const struct message_name *message)
{
	const struct role *from = role_find(arrow->from), *to = role_find(arrow->to);
	const struct place *at = &arrow->ends.message;

	if (!from || !to)
		return; /* a parameter of a fragment: known when it is used */
	if (from == to) {
		resolve_error(resolver, &arrow->at, "an arrow goes from one role to another");
		return;
	}
	const struct role *device = from->kind == ROLE_DEVICE ? from : to;
	const struct role *other = device == from ? to : from;
	if (device->kind != ROLE_DEVICE)
		return;
	if ((message->side == SIDE_SERVER && device == from) ||
	    (message->side == SIDE_CLIENT && device == to)) {
		resolve_error(resolver, at, "\"%s\" goes the other way: %s says it to %s",
			      arrow->message, to->name, from->name);
		return;
	}
	if (!speaks(other->kind, message->protocol))
		resolve_error(resolver, at, "\"%s\" is a message of %s: %s, %s, has no part in it",
			      arrow->message, message->protocol, other->name,
			      role_kind_name(other->kind));
}

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* What an arrow's message can be given by "set", for messages that an HMS says. */
static const char *const *arguments_of(const char *message)
{
	static const char *const none[] = { NULL };
	static const char *const fault[] = { "FaultCode", "FaultString", NULL };
	const struct cwmp_method *method = cwmp_method_find(message);
	size_t length = strlen(message);

	if (is(message, "Fault"))
		return fault;
	if (method)
		return method->arguments;
	if (length <= 8 || !is(message + length - 8, "Response"))
		return none;
	char *name = memory_text_length(message, length - 8);
	method = cwmp_method_find(name);
	free(name);
	return method ? method->results : none;
}

static bool sets_parameters(const char *message)
{
	return is(message, "SetParameterValues") || is(message, "SetParameterAttributes") ||
	       is(message, "FileGetResponse"); /* those of a CM file */
}

static bool gets_parameters(const char *message)
{
	return is(message, "GetParameterValues") || is(message, "GetParameterAttributes");
}

/* The arguments by name, but for lists of parameters, which have lines of their own. */
static size_t argument_names(const char *message, const char **names, size_t most)
{
	const char *const *arguments = arguments_of(message);
	size_t count = 0;

	for (size_t i = 0; arguments[i] && count + 1 < most; i++)
		if (!((sets_parameters(message) && is(arguments[i], "ParameterList")) ||
		      (gets_parameters(message) && is(arguments[i], "ParameterNames"))))
			names[count++] = arguments[i];
	if (!is(message, "FileGetResponse"))
		names[count++] = "HoldRequests";
	return count;
}

/* A field of a message that is not CWMP's. */
static void resolve_field(struct resolver *resolver, const struct arrow *arrow,
			  const struct setting *setting)
{
	const char *const *names = settable_names(arrow->message);
	const char *text = setting->value ? setting->value->text : NULL;
	char hint[HINT], *value = NULL;
	size_t count = 0;

	while (names[count] && !is(names[count], setting->name))
		count++;
	if (!names[count] || !text) {
		resolve_error(resolver, &setting->at, "%s has no field \"%s\" to set%s",
			      arrow->message, setting->name,
			      resolve_hint(hint, setting->name, names, count));
		return;
	}
	char form = expression_single(text);
	if (form == '1')
		value = memory_text(text);
	else if (form == '"')
		value = memory_text_length(text + 1, strlen(text) - 2);
	const char *wanted = value ? settable_wrong(arrow->message, setting->name, value) : NULL;

	if (wanted)
		resolve_error(resolver, &setting->value->at, "%s has to be %s", setting->name,
			      wanted);
	free(value);
}

/* What is set in a file's FileGetResponse is written into a CM file (TS 32.584 clause 4). */
static void check_file_holds(struct resolver *resolver, const struct arrow *arrow,
			     const struct setting *setting)
{
	const struct vocabulary *vocabulary = resolver->vocabulary;
	unsigned generations = !arrow->to	    ? CM_UMTS | CM_LTE
			       : is(arrow->to, "henb") ? CM_LTE
			       : is(arrow->to, "hnb")  ? CM_UMTS
						       : CM_UMTS | CM_LTE;

	if (vocabulary && vocabulary_parameter(vocabulary, setting->name) &&
	    !vocabulary_file_parameter(vocabulary, generations, setting->name))
		resolve_error(resolver, &setting->at,
			      "a CM file%s has no place for \"%s\"",
			      generations == CM_LTE    ? " of a HeNB"
			      : generations == CM_UMTS ? " of an HNB"
						       : "",
			      setting->name);
}

static void resolve_setting(struct resolver *resolver, const struct frame *frame,
			    const struct arrow *arrow, struct setting *setting)
{
	const char *names[32];
	size_t count = argument_names(arrow->message, names, 32);
	char hint[HINT];

	if (!setting->value) {
		setting->is_parameter = true;
		if (!gets_parameters(arrow->message))
			resolve_error(resolver, &setting->at,
				      "\"get\" belongs to GetParameterValues and "
				      "GetParameterAttributes, not to %s",
				      arrow->message);
		else
			resolve_setting_name(resolver, frame, setting);
		return;
	}
	for (size_t i = 0; i < count; i++)
		if (is(names[i], setting->name))
			return;
	if (sets_parameters(arrow->message)) {
		setting->is_parameter = true;
		resolve_setting_name(resolver, frame, setting);
		if (is(arrow->message, "FileGetResponse"))
			check_file_holds(resolver, arrow, setting);
		return;
	}
	if (gets_parameters(arrow->message) && resolver->vocabulary &&
	    vocabulary_parameter(resolver->vocabulary, setting->name)) {
		resolve_error(resolver, &setting->at, "%s reads parameters: write \"get %s\"",
			      arrow->message, setting->name);
		return;
	}
	resolve_error(resolver, &setting->at, "%s has no argument \"%s\"%s", arrow->message,
		      setting->name, resolve_hint(hint, setting->name, names, count));
}

/* A bare true or false is the word; another bare name would be an element of a message, which
 * nobody means here. */
static void setting_value(struct resolver *resolver, const struct frame *frame,
			  struct expression *value)
{
	if (!value || !value->text)
		return;
	if (is(value->text, "true") || is(value->text, "false")) {
		char *quoted = store_take(resolver->store, strlen(value->text) + 3);

		strcat(strcat(strcat(quoted, "'"), value->text), "'");
		value->text = quoted;
	} else if (expression_single(value->text) == 'n') {
		resolve_error(resolver, &value->at, "text stands in quotes: \"%s\"", value->text);
		return;
	}
	resolve_expression(resolver, frame, value);
}

static void resolve_settings(struct resolver *resolver, const struct frame *frame,
			     struct arrow *arrow, const struct message_name *message)
{
	const struct role *from = arrow->from ? role_find(arrow->from) : NULL;
	bool cwmp = message && (is(message->protocol, "cwmp") || sets_parameters(arrow->message));

	for (size_t i = 0; i < arrow->setting_count; i++) {
		struct setting *setting = &arrow->settings[i];

		setting_value(resolver, frame, setting->value);
		for (size_t j = 0; j < i; j++)
			if (is(arrow->settings[j].name, setting->name)) {
				resolve_error(resolver, &setting->at,
					      "\"%s\" stands here a second time", setting->name);
				break;
			}
		if (from && from->kind == ROLE_DEVICE)
			resolve_error(resolver, &setting->at,
				      "%s chooses by itself what it says: \"check\" it instead",
				      from->name);
		else if (message && !cwmp && !settable_names(arrow->message)[0])
			resolve_error(resolver, &setting->at, "%s has nothing to set",
				      arrow->message);
		else if (message && !cwmp)
			resolve_field(resolver, arrow, setting);
		else if (message)
			resolve_setting(resolver, frame, arrow, setting);
	}
}

/* Is the protocol one of those of a fault, which stand with ", " between? */
static bool is_listed(const char *list, const char *protocol)
{
	size_t length = strlen(protocol);

	for (const char *at = list; *at; at += strspn(at, ", ")) {
		size_t word = strcspn(at, ",");

		if (word == length && strncmp(at, protocol, word) == 0)
			return true;
		at += word;
	}
	return false;
}

/* http carries cwmp, and sctp S1AP and HNBAP, so that its faults fit what it carries. */
static bool fault_fits(const char *fault, const char *message)
{
	return is(fault, "any") || is_listed(fault, message) ||
	       (is_listed(fault, "http") && is(message, "cwmp")) ||
	       (is(fault, "sctp") && (is(message, "s1ap") || is(message, "hnbap")));
}

static void resolve_faults(struct resolver *resolver, const struct arrow *arrow,
			   const struct message_name *message)
{
	const struct role *from = arrow->from ? role_find(arrow->from) : NULL;

	for (size_t i = 0; i < arrow->fault_count; i++) {
		const struct fault *fault = &arrow->faults[i];
		const char *protocol = fault->kind->protocol;

		if (from && from->kind == ROLE_DEVICE)
			resolve_error(resolver, &fault->at,
				      "a fault is what a played element does: %s is the device",
				      from->name);
		else if (message && !fault_fits(protocol, message->protocol))
			resolve_error(resolver, &fault->at,
				      "\"%s\" is a fault of %s, and %s is a message of %s",
				      fault->kind->name, protocol, arrow->message,
				      message->protocol);
	}
}

static void no_more_than_checks(struct resolver *resolver, const struct arrow *arrow)
{
	if (arrow->setting_count > 0)
		resolve_error(resolver, &arrow->settings[0].at,
			      "an arrow under \"tolerate\" or \"never\" has checks only");
	if (arrow->should_count > 0)
		resolve_error(resolver, &arrow->shoulds[0]->at,
			      "an arrow under \"tolerate\" or \"never\" has checks only");
	if (arrow->keep_count > 0)
		resolve_error(resolver, &arrow->keeps[0].at,
			      "an arrow under \"tolerate\" or \"never\" has checks only");
	if (arrow->fault_count > 0)
		resolve_error(resolver, &arrow->faults[0].at,
			      "an arrow under \"tolerate\" or \"never\" has checks only");
	if (arrow->within)
		resolve_error(resolver, &arrow->within->at,
			      "an arrow under \"tolerate\" or \"never\" has checks only");
}

void resolve_arrow(struct resolver *resolver, const struct frame *frame, struct arrow *arrow,
		   bool pattern_only)
{
	const struct message_name *message = message_name_find(arrow->message);

	arrow->from = resolve_role(resolver, frame, arrow->from, &arrow->ends.from);
	arrow->to = resolve_role(resolver, frame, arrow->to, &arrow->ends.to);
	resolve_message(resolver, arrow);
	if (message && arrow->from && arrow->to)
		check_side(resolver, arrow, message);
	if (pattern_only) {
		no_more_than_checks(resolver, arrow);
	} else {
		resolve_duration(resolver, frame, arrow->within);
		resolve_settings(resolver, frame, arrow, message);
		resolve_faults(resolver, arrow, message);
	}
	resolve_rests(resolver, &arrow->rests);
	for (size_t i = 0; i < arrow->check_count; i++) {
		resolve_expression(resolver, frame, arrow->checks[i]);
		resolve_rests(resolver, &arrow->checks[i]->rests);
	}
	for (size_t i = 0; i < arrow->should_count; i++) {
		resolve_expression(resolver, frame, arrow->shoulds[i]);
		resolve_rests(resolver, &arrow->shoulds[i]->rests);
	}
	for (size_t i = 0; i < arrow->keep_count; i++) {
		resolve_expression(resolver, frame, arrow->keeps[i].value);
		names_add(&resolver->kept, arrow->keeps[i].name);
	}
}
