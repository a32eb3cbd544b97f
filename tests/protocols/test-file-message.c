/* What a file message says of contents: whole or not, packed or not, in order or not. */
#include <libxml/xpath.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "protocols/file-message.h"
#include "protocols/limits.h"
#include "protocols/memory.h"
#include "tests/suite.h"

static const struct file_request request = { .transport = "ftp", .path = "/a", .user = "u",
					     .method = "STOR" };

/* The XPath from the body gives this text. */
static void says(struct message *message, const char *path, const char *expected)
{
	xmlXPathContext *context = xmlXPathNewContext(message->document);

	context->node = message->body;
	xmlXPathObject *result = xmlXPathEval((const xmlChar *)path, context);
	ck_assert_msg(result != NULL, "%s", path);
	xmlChar *text = xmlXPathCastToString(result);
	ck_assert_msg(!strcmp((char *)text, expected), "%s gives \"%s\" instead of \"%s\"", path,
		      text, expected);
	xmlFree(text);
	xmlXPathFreeObject(result);
	xmlXPathFreeContext(context);
}

static struct message *told(struct file_contents *contents, bool whole, int64_t announced)
{
	struct message *message = file_message_contents(&request, contents, whole, announced);

	file_contents_free(contents);
	return message;
}

static struct message *told_text(const char *text)
{
	struct file_contents *contents = file_contents_new();

	file_contents_add(contents, text, strlen(text));
	return told(contents, true, -1);
}

static const struct {
	const char *text, *format;
} formats[] = {
	{ "", "empty" },
	{ "plain, of\ttwo\r\nlines", "text" },
	{ "a\001b", "binary" },
	{ "<a><b/></a>", "xml" },
	{ "\xef\xbb\xbf \r\n<a/>", "xml" },
	{ "<a><b></a>", "text" },
};

START_TEST(format)
{
	struct message *message = told_text(formats[_i].text);

	says(message, "string(@format)", formats[_i].format);
	says(message, "string(@compressed)", "no");
	message_free(message);
}
END_TEST

START_TEST(document)
{
	struct message *message = told_text("<m:a xmlns:m='urn:m' x='1'><m:b>2</m:b></m:a>");

	says(message, "concat(a/@x, ' ', a/@ns, ' ', a/b)",
	     "1 urn:m 2");
	message_free(message);
	message = told_text("<a>");
	says(message, "@why != ''", "true");
	message_free(message);
}
END_TEST

/* sha256sum of "abc" and of nothing. */
START_TEST(hash)
{
	struct message *message = told_text("abc");

	says(message, "concat(@size, ' ', @whole, ' ', @announced, ' ', @sha256)",
	     "3 true  ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	message_free(message);
	message = told(file_contents_new(), false, 7);
	says(message, "concat(@size, ' ', @whole, ' ', @announced, ' ', @sha256)",
	     "0 false 7 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	message_free(message);
}
END_TEST

static void pack(const char *text, struct buffer *out)
{
	uint8_t octets[4096];
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)strlen(text),
			    .next_out = octets, .avail_out = sizeof(octets) };

	ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8,
				      Z_DEFAULT_STRATEGY), Z_OK);
	ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
	buffer_add(out, octets, sizeof(octets) - stream.avail_out);
	deflateEnd(&stream);
}

START_TEST(packed)
{
	struct buffer octets = { 0 };
	struct file_contents *contents = file_contents_new();

	pack("<a b='c'/>", &octets);
	file_contents_add(contents, octets.octets, octets.length);
	struct message *message = told(contents, true, -1);

	says(message, "concat(@compressed, ' ', @format, ' ', a/@b)", "gzip xml c");
	message_free(message);
	contents = file_contents_new();
	file_contents_add(contents, octets.octets, octets.length - 6);
	message = told(contents, true, -1);
	says(message, "concat(@compressed, ' ', @format, ' ', @why)",
	     "gzip  it is no whole gzip file");
	message_free(message);
	buffer_free(&octets);
}
END_TEST

/* SFTP writes where it likes. */
START_TEST(out_of_order)
{
	struct file_contents *contents = file_contents_new();

	file_contents_put(contents, 2, "c", 1);
	file_contents_put(contents, 0, "xb", 2);
	file_contents_put(contents, 0, "a", 1);
	ck_assert_uint_eq(file_contents_size(contents), 3);
	struct message *message = told(contents, true, -1);

	says(message, "string(@sha256)",
	     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	message_free(message);
	contents = file_contents_new();
	file_contents_put(contents, LIMIT_FILE_KEPT + 1, "c", 1);
	file_contents_put(contents, (uint64_t)LIMIT_HTTP_FILE + 1, "c", 1);
	message = told(contents, true, -1);
	says(message, "concat(@size - 16777216, ' ', @kept, ' ', @sha256, ' ', @format)",
	     "2 false  ");
	message_free(message);
}
END_TEST

/* More than is kept is hashed still, in order; what nobody kept is only counted. */
START_TEST(large)
{
	struct file_contents *contents = file_contents_new();
	char *piece = memory_new(LIMIT_FILE_KEPT);

	file_contents_add(contents, piece, LIMIT_FILE_KEPT);
	file_contents_add(contents, piece, 1);
	struct message *message = told(contents, true, -1);

	says(message, "concat(@size - 16777216, ' ', @kept, ' ', string-length(@sha256))",
	     "1 false 64");
	message_free(message);
	contents = file_contents_new();
	file_contents_add(contents, "abc", 3);
	file_contents_skip(contents, 2);
	message = told(contents, true, 5);
	says(message, "concat(@size, ' ', @kept, ' ', @sha256)", "5 false ");
	message_free(message);
	free(piece);
}
END_TEST

static void expect(struct message *message, const char *name, const char *path,
		   const char *expected)
{
	ck_assert_str_eq(message->name, name);
	ck_assert_str_eq(message->protocol, "file");
	says(message, path, expected);
	message_free(message);
}

START_TEST(messages)
{
	const struct file_answer answer = { FILE_FULL, 452, NULL };

	expect(file_message_login("sftp", NULL, "public-key"), "FileLogin",
	       "concat(@transport, ' ', @user, ' ', @method)", "sftp  public-key");
	expect(file_message_login_response("ftp", "u", false, 530, "no"), "FileLoginResponse",
	       "concat(@accepted, ' ', @status, ' ', @text)", "false 530 no");
	expect(file_message_host_key("ssh-ed25519", "SHA256:x"), "SshHostKey",
	       "concat(@algorithm, ' ', @fingerprint)", "ssh-ed25519 SHA256:x");
	expect(file_message_get(&request), "FileGet", "concat(@path, ' ', @offset)", "/a 0");
	expect(file_message_get_response(&request, &answer, NULL, false, -1), "FileGetResponse",
	       "concat(@outcome, ' ', @size)", "full ");
	expect(file_message_put(&request), "FilePut", "concat(@method, ' ', @append)", "STOR false");
	expect(file_message_put_response(&request, &answer), "FilePutResponse",
	       "concat(@outcome, ' ', @status, @text)", "full 452");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("file-message");
	TCase *tests = tcase_create("contents");

	tcase_add_loop_test(tests, format, 0, (int)(sizeof(formats) / sizeof(formats[0])));
	tcase_add_test(tests, document);
	tcase_add_test(tests, hash);
	tcase_add_test(tests, packed);
	tcase_add_test(tests, out_of_order);
	tcase_add_test(tests, large);
	tcase_add_test(tests, messages);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
