/* The schemas of CM files: what they let pass, and what each of their parts catches. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/grammar.h"
#include "protocols/cm-file.h"
#include "protocols/file-message.h"
#include "protocols/memory.h"
#include "tests/grammar/shipped.h"
#include "tests/suite.h"

#define FRAME(ns, header, data, footer) \
	"<configDataFile xmlns=\"" ns "\">\n" header "\n" data "\n" footer "</configDataFile>"
#define HEADER "<fileHeader fileFormatVersion=\"32.584 V12.0\" senderName=\"a\" vendorName=\"b\"/>"
#define FOOTER "<fileFooter dateTime=\"2026-01-01T00:00:00Z\"/>"
#define DATA(content) "<configData><managedElement localDn=\"x\"/>" content "</configData>"
#define UMTS(content) FRAME(CM_UMTS_NAMESPACE, HEADER, DATA(content), FOOTER)
#define LTE(content) FRAME(CM_LTE_NAMESPACE, HEADER, DATA(content), FOOTER)
#define SERVICE(content) UMTS("<FAPService>" content "</FAPService>")
#define ACCESS(content) SERVICE("<AccessMgmt>" content "</AccessMgmt>")
#define PROFILE(content) SERVICE("<Transport><Security><CryptoProfile>" content \
				 "</CryptoProfile></Security></Transport>")
#define CRYPTO "<AuthMethod>RSA</AuthMethod><IKEEncrypt>AES-CBC</IKEEncrypt><IKEPRF>HMAC-SHA1" \
	"</IKEPRF><IKEIntegrity>HMAC-SHA1-96</IKEIntegrity><IKEDH>1024-bit MODP</IKEDH><ESPEncrypt>" \
	"AES-CBC</ESPEncrypt><ESPIntegrity>HMAC-SHA1-96</ESPIntegrity>"

static struct grammar *grammar;

static void begin(void)
{
	grammar = shipped_grammar();
}

static void end(void)
{
	grammar_free(grammar);
}

static enum grammar_answer ask(const char *text, char **words)
{
	struct file_request request = { .transport = "http", .path = "/cm.xml" };
	struct file_answer answer = { .outcome = FILE_OK, .status = 200 };
	struct file_contents *contents = file_contents_new();
	const struct grammar_breach *breach;
	struct problem problem = { "" };

	file_contents_add(contents, text, strlen(text));
	struct message *message =
		file_message_get_response(&request, &answer, contents, true, -1);
	enum grammar_answer found = grammar_ask(grammar, message, &breach, &problem);

	ck_assert_msg(found != GRAMMAR_UNKNOWN, "%s", problem.text);
	*words = breach ? memory_format("%s: %s, %s", breach->field, breach->expected,
					breach->actual) : memory_text("");
	message_free(message);
	file_contents_free(contents);
	return found;
}

static const char *const lawful[] = {
	FRAME(CM_UMTS_NAMESPACE, HEADER, "", FOOTER),
	UMTS("<DeviceInfo><ProvisioningCode/></DeviceInfo><ManagementServer><URL>u</URL>"
	     "<X_A_Own><x/></X_A_Own></ManagementServer><Time><Enable>1</Enable></Time>"),
	SERVICE("<FAPControl><AdminState>true</AdminState><UMTS><Gateway><FAPGWServer1>a"
		"</FAPGWServer1><FAPGWPort>29169</FAPGWPort></Gateway></UMTS></FAPControl>"
		"<CellConfig><UMTS><CN><LACRAC>1:1</LACRAC></CN></UMTS></CellConfig><Transport>"
		"<IPsec><IpsecUsageIndicator>false</IpsecUsageIndicator></IPsec></Transport>"),
	ACCESS("<AccessMode>Open Access</AccessMode><MemberDetail><Modifier>delete</Modifier>"
	       "</MemberDetail><MemberDetail><IMSI>1</IMSI></MemberDetail>"),
	PROFILE("<Modifier>update</Modifier><X_A_Own/><Enable>1</Enable>" CRYPTO
		"<MaxChildSA>1</MaxChildSA>"),
	LTE("<FAPService><FAPControl><LTE><AdminState>1</AdminState></LTE></FAPControl>"
	    "<AccessMgmt><LTE><CSGID>1</CSGID></LTE></AccessMgmt></FAPService>"),
	"<configDataFile/>", "<measCollecFile/>", "no XML",
};

START_TEST(what_is_lawful_passes)
{
	char *words;

	ck_assert_msg(ask(lawful[_i], &words) == GRAMMAR_VALID, "%s\n%s", lawful[_i], words);
	free(words);
}
END_TEST

static const struct {
	const char *file, *words; /* the words are among those of the breach */
} broken[] = {
	{ FRAME(CM_UMTS_NAMESPACE, "", DATA(""), FOOTER), "fileHeader" },
	{ FRAME(CM_UMTS_NAMESPACE, "<fileHeader/>", DATA(""), FOOTER),
	  "the attribute fileFormatVersion" },
	{ FRAME(CM_UMTS_NAMESPACE, "<fileHeader fileFormatVersion=\"a\" other=\"b\"/>", DATA(""),
		FOOTER), "no attribute other" },
	{ FRAME(CM_UMTS_NAMESPACE, HEADER, DATA(""), ""), "fileFooter" },
	{ FRAME(CM_UMTS_NAMESPACE, HEADER, DATA(""), "<fileFooter/>"), "the attribute dateTime" },
	{ FRAME(CM_UMTS_NAMESPACE, HEADER, DATA(""), "<fileFooter dateTime=\"now\"/>"),
	  "fileFooter" },
	{ FRAME(CM_UMTS_NAMESPACE, HEADER, "<configData/>", FOOTER), "managedElement" },
	{ UMTS("<Time/><ManagementServer/>"), "ManagementServer" },
	{ UMTS("<FaultMgmt/>"), "FaultMgmt" },
	{ UMTS("<ManagementServer><Username/><URL/></ManagementServer>"), "URL" },
	{ UMTS("<ManagementServer><URL/><URL/></ManagementServer>"), "URL" },
	{ UMTS("<ManagementServer><PeriodicInformInterval>often</PeriodicInformInterval>"
	       "</ManagementServer>"), "PeriodicInformInterval" },
	{ UMTS("<DeviceInfo><SerialNumber/></DeviceInfo>"), "SerialNumber" },
	{ UMTS("<Modifier>update</Modifier>"), "Modifier" },
	{ SERVICE("<GPS/><DNPrefix/>"), "DNPrefix" },
	{ SERVICE("<FAPControl><LTE/></FAPControl>"), "LTE" },
	{ SERVICE("<FAPControl><AdminState>on</AdminState></FAPControl>"), "AdminState" },
	{ SERVICE("<FAPControl><UMTS><Gateway><FAPGWServer4/></Gateway></UMTS></FAPControl>"),
	  "FAPGWServer4" },
	{ SERVICE("<Transport><IPsec><IpsecUsageIndicator>yes</IpsecUsageIndicator></IPsec>"
		  "</Transport>"), "IpsecUsageIndicator" },
	{ ACCESS("<CSGID>1</CSGID><AccessMode/>"), "AccessMode" },
	{ ACCESS("<NonCSGUEAccessDecision>Ask</NonCSGUEAccessDecision>"),
	  "NonCSGUEAccessDecision" },
	{ ACCESS("<HomeZoneName>1234567890123456789012345678901234567890123456789</HomeZoneName>"),
	  "HomeZoneName" },
	{ ACCESS("<MemberDetail/><HNBName/>"), "HNBName" },
	{ LTE("<FAPService><FAPControl><AdminState>1</AdminState></FAPControl></FAPService>"),
	  "AdminState" },
	{ PROFILE(""), "CryptoProfile" },
	{ PROFILE("<AuthMethod>RSA</AuthMethod>"), "CryptoProfile" },
	{ PROFILE(CRYPTO "<IKEDH>1024-bit MODP</IKEDH>"), "IKEDH" },
	{ PROFILE("<Modifier>change</Modifier>" CRYPTO), "Modifier" },
	{ LTE("<ManagementServer xmlns=\"urn:x\"/>"), "ManagementServer" },
};

START_TEST(what_is_broken_is_told)
{
	char *words;

	ck_assert_msg(ask(broken[_i].file, &words) == GRAMMAR_BROKEN, "%s", broken[_i].file);
	ck_assert_msg(strstr(words, broken[_i].words) != NULL, "%s\n%s", broken[_i].file, words);
	free(words);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("file-grammar");
	TCase *files = tcase_create("files");

	tcase_add_checked_fixture(files, begin, end);
	tcase_add_loop_test(files, what_is_lawful_passes, 0,
			    (int)(sizeof(lawful) / sizeof(lawful[0])));
	tcase_add_loop_test(files, what_is_broken_is_told, 0,
			    (int)(sizeof(broken) / sizeof(broken[0])));
	suite_add_tcase(suite, files);
	return suite_run(suite);
}
