/* The MME and the HNB gateway fakes, asked over SCTP in virtual time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/fake.h"
#include "fakes/sctp/association.h"
#include "protocols/hnbap.h"
#include "protocols/memory.h"
#include "protocols/s1ap.h"
#include "tests/fakes/own-network.h"
#include "tests/suite.h"

struct lab {
	struct loop *loop;
	struct bench *bench;
	struct profile *profile;
	struct stage stage;
	const struct fake_kind *kind;
	const char *role;
	struct fake *fake;
	struct association *association;
	struct message *said; /* by the fake, the last one */
	uint32_t ppid;
	unsigned answers, downs;
	enum association_down how;
	int64_t said_at;
	/* the cue that the stage gives once */
	struct arrow arrow;
	struct fault fault;
	struct fault_kind fault_kind;
	struct judge_setting settings[4];
	struct cue cue;
	bool cue_ready;
	unsigned taken;
};

static const struct cue *give_cue(void *context, const char *role, const char *peer,
				  bool (*accept)(void *accept_context, const struct arrow *arrow),
				  void *accept_context)
{
	struct lab *lab = context;

	ck_assert_str_eq(role, lab->role);
	ck_assert_ptr_null(peer);
	if (!lab->cue_ready || !accept(accept_context, &lab->arrow))
		return NULL;
	lab->cue_ready = false;
	return &lab->cue;
}

static void take_cue(void *context, const struct arrow *arrow)
{
	struct lab *lab = context;

	ck_assert_ptr_eq(arrow, &lab->arrow);
	lab->taken++;
}

static void message_came(void *context, struct association *association, uint32_t ppid,
			 uint16_t stream, const void *octets, size_t length)
{
	struct lab *lab = context;

	ck_assert_ptr_eq(association, lab->association);
	ck_assert_uint_eq(stream, 0);
	message_free(lab->said);
	lab->said = lab->kind == &mme_fake ? s1ap_message_decode(octets, length)
					   : hnbap_message_decode(octets, length);
	lab->ppid = ppid;
	lab->answers++;
	lab->said_at = loop_now(lab->loop);
}

static void went_down(void *context, struct association *association, enum association_down how)
{
	struct lab *lab = context;

	(void)association;
	lab->association = NULL;
	lab->downs++;
	lab->how = how;
}

static const struct association_calls calls = { .message = message_came, .down = went_down };

static void run(struct lab *lab)
{
	for (unsigned rounds = 0; loop_once(lab->loop); rounds++)
		ck_assert_uint_lt(rounds, 100000);
}

static void lab_connect(struct lab *lab)
{
	struct address local, remote;
	struct problem problem = { "" };
	char name[32];

	address_parse("127.0.1.1", &local);
	snprintf(name, sizeof(name), "%s.address", lab->role);
	ck_assert_int_eq(address_parse(bench_variable(lab->bench, name), &remote), 0);
	snprintf(name, sizeof(name), "%s.port", lab->role);
	remote.port = (uint16_t)atoi(bench_variable(lab->bench, name));
	lab->association =
	    association_connect(lab->loop, &local, &remote, 1, &calls, lab, &problem);
	ck_assert_msg(lab->association != NULL, "%s", problem.text);
	run(lab);
}

static void lab_start(struct lab *lab, const struct fake_kind *kind)
{
	struct problem problem = { "" };
	struct diagnostics diagnostics = { 0 };
	char *file = suite_path("tests/fakes/ran.profile"), *maps = suite_path("scenarios/maps");

	memset(lab, 0, sizeof(*lab));
	lab->loop = loop_new(CLOCK_VIRTUAL_TIME);
	lab->profile = profile_load(file, maps, &diagnostics);
	diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(lab->profile);
	lab->bench = bench_new("loopback", lab->profile, &problem);
	ck_assert_msg(lab->bench != NULL, "%s", problem.text);
	lab->stage = (struct stage){ .loop = lab->loop,
				     .bench = lab->bench,
				     .profile = lab->profile,
				     .cue = give_cue,
				     .cue_taken = take_cue,
				     .context = lab };
	lab->kind = kind;
	lab->role = kind == &mme_fake ? "mme" : "hnb-gw";
	lab->fake = kind->start(&lab->stage, lab->role, &problem);
	ck_assert_msg(lab->fake != NULL, "%s", problem.text);
	lab->cue.arrow = &lab->arrow;
	lab->cue.settings = lab->settings;
	diagnostics_clear(&diagnostics);
	free(file);
	free(maps);
	lab_connect(lab);
}

static void lab_stop(struct lab *lab)
{
	association_abandon(lab->association);
	lab->kind->stop(lab->fake);
	ck_assert_uint_eq(loop_lost(lab->loop), 0);
	loop_free(lab->loop);
	bench_free(lab->bench);
	profile_free(lab->profile);
	message_free(lab->said);
	free(lab->arrow.message);
}

static void set_cue(struct lab *lab, const char *message, const char *fault)
{
	free(lab->arrow.message);
	lab->arrow.message = memory_text(message);
	lab->fault_kind.name = fault;
	lab->fault = (struct fault){ .kind = &lab->fault_kind, .number = SECONDS(3) };
	lab->arrow.faults = &lab->fault;
	lab->arrow.fault_count = fault ? 1 : 0;
	lab->cue.setting_count = 0;
	lab->cue_ready = true;
}

static void set_field(struct lab *lab, const char *name, const char *value)
{
	lab->settings[lab->cue.setting_count++] =
	    (struct judge_setting){ .name = name, .value = value };
}

static void write_request(const struct lab *lab, const char *plmn, struct buffer *out)
{
	const char *plmns[] = { plmn };
	const struct s1ap_tracking_area area = { .code = 1, .plmns = plmns, .plmn_count = 1 };
	const struct s1ap_setup_request setup = { .plmn = plmn,
						  .id_type = S1AP_HOME_ENB_ID,
						  .id = 256,
						  .areas = &area,
						  .area_count = 1,
						  .paging_drx = 128 };
	const struct hnbap_register_request registration = {
		.identity = "1ABCDEF-000001@lab.example",
		.plmn = plmn,
		.cell = 256,
		.lac = 1,
		.sac = 1,
		.rac = 1,
		.access = HNBAP_OPEN,
	};

	if (lab->kind == &mme_fake)
		s1ap_write_setup_request(&setup, out);
	else
		hnbap_write_register_request(&registration, out);
}

/* Says the request with this network, and waits for all that follows. */
static void ask(struct lab *lab, const char *plmn)
{
	struct buffer octets = { 0 };

	write_request(lab, plmn, &octets);
	ck_assert_int_eq(association_send(lab->association,
					  lab->kind == &mme_fake ? S1AP_PPID : HNBAP_PPID, 0,
					  octets.octets, octets.length),
			 0);
	buffer_free(&octets);
	run(lab);
}

/* The first element of that name below the node. */
static const xmlNode *find(const xmlNode *node, const char *name)
{
	for (const xmlNode *child = node->children; child; child = child->next) {
		if (strcmp((const char *)child->name, name) == 0)
			return child;
		const xmlNode *inner = find(child, name);

		if (inner)
			return inner;
	}
	return NULL;
}

static void assert_text(const struct lab *lab, const char *element, const char *expected)
{
	const xmlNode *node = find(lab->said->body, element);

	ck_assert_msg(node && node->children, "no %s", element);
	ck_assert_str_eq((const char *)node->children->content, expected);
}

static void assert_attribute(const struct lab *lab, const char *element, const char *name,
			     const char *expected)
{
	const xmlNode *node = find(lab->said->body, element);

	ck_assert_msg(node != NULL, "no %s", element);
	xmlChar *text = xmlGetProp(node, (const xmlChar *)name);

	ck_assert_str_eq((const char *)text, expected);
	xmlFree(text);
}

static void assert_said(const struct lab *lab, const char *message)
{
	ck_assert_uint_eq(lab->answers, 1);
	ck_assert_str_eq(lab->said->name, message);
	ck_assert_uint_eq(lab->ppid, lab->kind == &mme_fake ? S1AP_PPID : HNBAP_PPID);
}

START_TEST(test_setup_response)
{
	struct lab lab;

	lab_start(&lab, &mme_fake);
	ask(&lab, "00101");
	assert_said(&lab, "S1SetupResponse");
	assert_text(&lab, "MMEname", "mme1");
	assert_text(&lab, "PLMNidentity", "00101");
	assert_text(&lab, "MME-Group-ID", "32769");
	assert_text(&lab, "RelativeMMECapacity", "255");
	lab_stop(&lab);
}
END_TEST

START_TEST(test_unknown_network)
{
	struct lab lab;

	lab_start(&lab, &mme_fake);
	ask(&lab, "99999");
	assert_said(&lab, "S1SetupFailure");
	assert_attribute(&lab, "Cause", "value", "unknown-PLMN");
	ck_assert_ptr_null(find(lab.said->body, "TimeToWait"));
	lab_stop(&lab);
}
END_TEST

START_TEST(test_cue_and_fields)
{
	struct lab lab;

	lab_start(&lab, &mme_fake);
	set_cue(&lab, "S1SetupFailure", NULL);
	set_field(&lab, "Cause", "misc/control-processing-overload");
	set_field(&lab, "TimeToWait", "20");
	ask(&lab, "00101");
	assert_said(&lab, "S1SetupFailure");
	ck_assert_uint_eq(lab.taken, 1);
	assert_attribute(&lab, "Cause", "value", "control-processing-overload");
	assert_attribute(&lab, "TimeToWait", "seconds", "20");
	set_cue(&lab, "S1SetupResponse", NULL);
	set_field(&lab, "MMEname", "another");
	set_field(&lab, "MME-Code", "9");
	lab.answers = 0;
	ask(&lab, "99999");
	assert_said(&lab, "S1SetupResponse");
	assert_text(&lab, "MMEname", "another");
	assert_text(&lab, "MME-Code", "9");
	lab_stop(&lab);
}
END_TEST

START_TEST(test_faults)
{
	struct lab lab;

	lab_start(&lab, &mme_fake);
	set_cue(&lab, "S1SetupResponse", "no-answer");
	ask(&lab, "00101");
	ck_assert_uint_eq(lab.answers, 0);
	ck_assert_uint_eq(lab.taken, 1);
	set_cue(&lab, "S1SetupResponse", "delay");
	int64_t asked = loop_now(lab.loop);
	ask(&lab, "00101");
	assert_said(&lab, "S1SetupResponse");
	ck_assert(lab.said_at - asked >= SECONDS(3));
	set_cue(&lab, "S1SetupResponse", "wrong-ppid");
	ask(&lab, "00101");
	ck_assert_uint_eq(lab.answers, 2);
	ck_assert_uint_eq(lab.ppid, 0);
	set_cue(&lab, "S1SetupResponse", "malformed-s1ap");
	ask(&lab, "00101");
	ck_assert_str_eq(lab.said->name, "S1apMalformed");
	set_cue(&lab, "S1SetupResponse", "abort");
	ask(&lab, "00101");
	ck_assert_uint_eq(lab.answers, 3);
	ck_assert_int_eq(lab.how, ASSOCIATION_ABORTED);
	lab_stop(&lab);
}
END_TEST

START_TEST(test_what_is_no_request)
{
	struct lab lab;
	struct buffer octets = { 0 };

	lab_start(&lab, &mme_fake);
	write_request(&lab, "00101", &octets);
	ck_assert_int_eq(association_send(lab.association, 0, 0, octets.octets, octets.length), 0);
	ck_assert_int_eq(association_send(lab.association, S1AP_PPID, 0, "\xff\xff", 2), 0);
	run(&lab);
	ck_assert_uint_eq(lab.answers, 0);
	ask(&lab, "00101"); /* and it goes on */
	assert_said(&lab, "S1SetupResponse");
	buffer_free(&octets);
	lab_stop(&lab);
}
END_TEST

static int act(struct lab *lab, const char *action)
{
	struct problem problem = { "" };
	int result = lab->kind->act(lab->fake, action, NULL, NULL, &problem);

	run(lab);
	ck_assert(result == 0 || problem.text[0]);
	return result;
}

START_TEST(test_actions)
{
	struct lab lab;

	lab_start(&lab, &mme_fake);
	ck_assert_int_eq(act(&lab, "close-association"), 0);
	ck_assert_int_eq(lab.how, ASSOCIATION_SHUTDOWN);
	ck_assert_int_eq(act(&lab, "close-association"), 0); /* nobody is there any more */
	ck_assert_int_eq(act(&lab, "close-connection"), -1);
	lab_connect(&lab);
	ck_assert_int_eq(act(&lab, "abort-association"), 0);
	ck_assert_int_eq(lab.how, ASSOCIATION_ABORTED);
	ck_assert_int_eq(act(&lab, "go-silent"), 0);
	lab_connect(&lab);
	ck_assert_int_eq(lab.how, ASSOCIATION_NO_ANSWER);
	ck_assert_int_eq(act(&lab, "answer-again"), 0);
	lab_connect(&lab);
	ask(&lab, "00101");
	assert_said(&lab, "S1SetupResponse");
	ck_assert_int_eq(act(&lab, "go-silent"), 0);
	lab.kind->reset(lab.fake);
	association_abandon(lab.association);
	lab_connect(&lab);
	lab.answers = 0;
	ask(&lab, "00101"); /* a new scenario finds it as it was */
	assert_said(&lab, "S1SetupResponse");
	lab_stop(&lab);
}
END_TEST

START_TEST(test_register)
{
	struct lab lab;

	lab_start(&lab, &hnb_gw_fake);
	ask(&lab, "00101");
	assert_said(&lab, "HnbRegisterAccept");
	assert_text(&lab, "RNC-ID", "77");
	set_cue(&lab, "HnbRegisterAccept", NULL);
	set_field(&lab, "RNC-ID", "4660");
	lab.answers = 0;
	ask(&lab, "00101");
	assert_said(&lab, "HnbRegisterAccept");
	assert_text(&lab, "RNC-ID", "4660");
	lab_stop(&lab);
}
END_TEST

START_TEST(test_reject)
{
	struct lab lab;

	lab_start(&lab, &hnb_gw_fake);
	set_cue(&lab, "HnbRegisterReject", NULL);
	set_field(&lab, "Cause", "radioNetwork/unauthorised-HNB");
	ask(&lab, "00101");
	assert_said(&lab, "HnbRegisterReject");
	assert_attribute(&lab, "Cause", "value", "unauthorised-HNB");
	ck_assert_ptr_null(find(lab.said->body, "BackoffTimer"));
	set_cue(&lab, "HnbRegisterReject", NULL);
	set_field(&lab, "Cause", "radioNetwork/overload");
	set_field(&lab, "BackoffTimer", "90");
	ask(&lab, "00101");
	assert_attribute(&lab, "BackoffTimer", "seconds", "90");
	set_cue(&lab, "HnbRegisterReject", NULL);
	set_field(&lab, "Cause", "radioNetwork/overload");
	ask(&lab, "00101");
	assert_attribute(&lab, "BackoffTimer", "seconds", "60");
	lab_stop(&lab);
}
END_TEST

START_TEST(test_de_register)
{
	struct lab lab;

	lab_start(&lab, &hnb_gw_fake);
	ask(&lab, "00101");
	lab.answers = 0;
	lab.kind->cue(lab.fake);
	run(&lab);
	ck_assert_uint_eq(lab.answers, 0);
	set_cue(&lab, "HnbDeRegister", NULL);
	lab.kind->cue(lab.fake);
	run(&lab);
	assert_said(&lab, "HnbDeRegister");
	assert_attribute(&lab, "Cause", "value", "normal");
	lab_stop(&lab);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ran-fake");
	TCase *test = tcase_create("ran-fake");

	if (own_network() < 0)
		return 0;
	tcase_add_test(test, test_setup_response);
	tcase_add_test(test, test_unknown_network);
	tcase_add_test(test, test_cue_and_fields);
	tcase_add_test(test, test_faults);
	tcase_add_test(test, test_what_is_no_request);
	tcase_add_test(test, test_actions);
	tcase_add_test(test, test_register);
	tcase_add_test(test, test_reject);
	tcase_add_test(test, test_de_register);
	suite_add_tcase(suite, test);
	return suite_run(suite);
}
