// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Visitors' own cards: vCard in three versions, MeCARD, BIZCARD. Numbers are of ranges that nobody
// has.

#include <glib.h>
#include <string.h>

#include "kiosk/core/ct-credential.h"

typedef struct {
  const char *behaviour;
  const char *payload;
  enum ct_refusal refusal;
  const char *subject;
  const char *name;
} Case;

#define V3(lines) "BEGIN:VCARD\r\nVERSION:3.0\r\n" lines "END:VCARD\r\n"
#define V2(lines) "BEGIN:VCARD\r\nVERSION:2.1\r\n" lines "END:VCARD\r\n"

// clang-format off
static const Case cases[] = {
  { "reads-version-3", V3 ("FN:Nguyễn Văn An\r\nTEL;TYPE=CELL:0900000123\r\n"), CT_REFUSAL_NONE, "card:+84900000123", "Nguyễn Văn An" },
  { "reads-version-2-1-in-quoted-printable", V2 ("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Nguy=E1=BB=85n V=C4=83n An\r\nTEL;CELL:0900000123\r\n"), CT_REFUSAL_NONE, "card:+84900000123", "Nguyễn Văn An" },
  { "joins-soft-line-breaks", V2 ("FN;CHARSET=UTF-8;QUOTED-PRINTABLE:Nguy=E1=BB=\r\n=85n An\r\nTEL:0900000123\r\n"), CT_REFUSAL_NONE, "card:+84900000123", "Nguyễn An" },
  { "keeps-the-space-of-a-folded-line-in-version-2-1", V2 ("FN:Nguyen\r\n An\r\nTEL:0900000123\r\n"), CT_REFUSAL_NONE, "card:+84900000123", "Nguyen An" },
  { "drops-the-space-of-a-folded-line-in-version-3", V3 ("FN:Nguy\r\n en An\r\nTEL:0900000123\r\n"), CT_REFUSAL_NONE, "card:+84900000123", "Nguyen An" },
  { "refuses-a-character-that-was-folded", V3 ("FN:Nguy\xE1\xBB\r\n\t\x85n An\r\nTEL:0900000123\r\n"), CT_REFUSAL_ENCODING, NULL, NULL },
  { "reads-version-4-with-groups-and-uris", "BEGIN:VCARD\nVERSION:4.0\nitem1.FN:Trần Thị Bình\nitem1.TEL;VALUE=uri;TYPE=\"cell,home\":tel:+84-900-000-123;ext=5\nEND:VCARD", CT_REFUSAL_NONE, "card:+84900000123", "Trần Thị Bình" },
  { "does-not-end-parameters-inside-quotes", "BEGIN:VCARD\nVERSION:4.0\nFN:An\nTEL;X=\"a:b;c\":0900000123\nEND:VCARD", CT_REFUSAL_NONE, "card:+84900000123", "An" },
  { "reads-carriage-returns-alone", "BEGIN:VCARD\rVERSION:3.0\rFN:An\rTEL:0900000123\rEND:VCARD", CT_REFUSAL_NONE, "card:+84900000123", "An" },
  { "orders-a-structured-name-as-in-viet-nam", V3 ("N:Nguyễn;An;Văn;;\r\nTEL:0900000123\r\n"), CT_REFUSAL_NONE, "card:+84900000123", "Nguyễn Văn An" },
  { "prefers-the-formatted-name", V3 ("N:Nguyễn;An;Văn;;\r\nFN:Anh An\r\nTEL:0900000123\r\n"), CT_REFUSAL_NONE, "card:+84900000123", "Anh An" },
  { "undoes-escapes", V3 ("FN:An\\, Ba\\; \\\\Tư\r\nTEL:0900000123\r\n"), CT_REFUSAL_NONE, "card:+84900000123", "An, Ba; \\Tư" },
  { "refuses-an-escaped-line-end-in-a-name", V3 ("FN:An\\nINFO door opened\r\nTEL:0900000123\r\n"), CT_REFUSAL_CONTROL, NULL, NULL },
  { "refuses-a-line-end-in-quoted-printable", V2 ("FN;QUOTED-PRINTABLE:An=0D=0AINFO\r\nTEL:0900000123\r\n"), CT_REFUSAL_CONTROL, NULL, NULL },
  { "refuses-broken-quoted-printable", V2 ("FN;QUOTED-PRINTABLE:An=G0\r\nTEL:0900000123\r\n"), CT_REFUSAL_FORMAT, NULL, NULL },
  { "refuses-cut-quoted-printable", V2 ("FN;QUOTED-PRINTABLE:An=C\r\nTEL:0900000123\r\n"), CT_REFUSAL_FORMAT, NULL, NULL },
  { "reads-latin-1", V2 ("FN;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:M=FCller\r\nTEL:+49 30 0000000\r\n"), CT_REFUSAL_NONE, "card:+49300000000", "Müller" },
  { "refuses-other-character-sets", V2 ("FN;CHARSET=WINDOWS-1258;QUOTED-PRINTABLE:Nguy=EAn\r\nTEL:0900000123\r\n"), CT_REFUSAL_ENCODING, NULL, NULL },
  { "refuses-latin-1-that-says-it-is-utf8", V2 ("FN;CHARSET=UTF-8;QUOTED-PRINTABLE:M=FCller\r\nTEL:0900000123\r\n"), CT_REFUSAL_ENCODING, NULL, NULL },
  { "refuses-other-versions", "BEGIN:VCARD\nVERSION:5.0\nFN:An\nTEL:0900000123\nEND:VCARD", CT_REFUSAL_FORMAT, NULL, NULL },
  { "refuses-a-card-that-was-cut", "BEGIN:VCARD\nVERSION:3.0\nFN:An\nTEL:0900000123\n", CT_REFUSAL_FORMAT, NULL, NULL },
  { "refuses-two-cards", V3 ("FN:An\r\nTEL:0900000123\r\n") V3 ("FN:Ba\r\nTEL:0900000124\r\n"), CT_REFUSAL_FORMAT, NULL, NULL },
  { "refuses-a-card-without-number-or-address", V3 ("FN:An\r\n"), CT_REFUSAL_FORMAT, NULL, NULL },
  { "accepts-a-card-without-a-name", V3 ("TEL:0900000123\r\n"), CT_REFUSAL_NONE, "card:+84900000123", "" },
  { "passes-over-lines-that-are-none", V3 ("nonsense\r\nTEL:0900000123\r\n"), CT_REFUSAL_NONE, "card:+84900000123", "" },
  { "uses-the-address-when-there-is-no-number", V3 ("FN:An\r\nEMAIL:An.Nguyen@Example.ORG\r\n"), CT_REFUSAL_NONE, "card:an.nguyen@example.org", "An" },
  { "uses-the-first-number-that-makes-sense", V3 ("TEL:hotline\r\nTEL:12\r\nTEL:0900000123\r\nTEL:0900000124\r\nEMAIL:a@b.vn\r\n"), CT_REFUSAL_NONE, "card:+84900000123", "" },
  { "does-not-join-lines-that-merely-end-with-an-equals-sign", V3 ("NOTE:a=\r\nTEL:0900000123\r\n"), CT_REFUSAL_NONE, "card:+84900000123", "" },
  { "reads-a-mecard", "MECARD:N:Nguyễn,Văn An;TEL:+84900000123;EMAIL:an@example.org;;", CT_REFUSAL_NONE, "card:+84900000123", "Nguyễn Văn An" },
  { "reads-a-mecard-with-one-name", "MECARD:N:An;TEL:0900000123;;", CT_REFUSAL_NONE, "card:+84900000123", "An" },
  { "undoes-escapes-of-a-mecard", "MECARD:N:A\\;n\\:\\\\;TEL:0900000123;;", CT_REFUSAL_NONE, "card:+84900000123", "A;n:\\" },
  { "accepts-a-mecard-ended-once", "MECARD:N:An;TEL:0900000123;", CT_REFUSAL_NONE, "card:+84900000123", "An" },
  { "refuses-a-mecard-that-was-cut", "MECARD:N:An;TEL:0900000123", CT_REFUSAL_FORMAT, NULL, NULL },
  { "refuses-an-empty-mecard", "MECARD:", CT_REFUSAL_FORMAT, NULL, NULL },
  { "refuses-a-mecard-of-nothing", "MECARD:;;", CT_REFUSAL_FORMAT, NULL, NULL },
  { "reads-a-bizcard", "BIZCARD:N:An;X:Nguyễn;T:Kỹ sư;C:Trạm;B:+84900000123;E:an@example.org;;", CT_REFUSAL_NONE, "card:+84900000123", "Nguyễn An" },
  { "reads-the-address-of-a-bizcard", "BIZCARD:N:An;E:an@example.org;;", CT_REFUSAL_NONE, "card:an@example.org", "An" },
};
// clang-format on

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  const struct ct_read_context context = { .clock_trusted = false };
  struct ct_credential credential;
  enum ct_kind hint;
  enum ct_refusal refusal = ct_credential_read (&context, (const guint8 *) test->payload,
                                                strlen (test->payload), &credential, &hint);
  g_assert_cmpstr (ct_refusal_to_string (refusal), ==, ct_refusal_to_string (test->refusal));
  if (refusal != CT_REFUSAL_NONE)
    return;
  g_assert_cmpint (credential.kind, ==, CT_KIND_CARD);
  g_assert_cmpstr (credential.subject, ==, test->subject);
  g_assert_cmpstr (credential.name, ==, test->name);
  g_assert_cmphex (credential.doubts, ==, 0);
}

static enum ct_refusal
read_field (const char *tag, const char *value, struct ct_credential *ret_credential)
{
  const struct ct_read_context context = { .clock_trusted = false };
  g_autofree char *card = g_strconcat ("MECARD:N:An;", tag, ":", value, ";;", NULL);
  return ct_credential_read (&context, (const guint8 *) card, strlen (card), ret_credential, NULL);
}

static void
test_normalises_telephone_numbers (void)
{
  static const struct {
    const char *written, *subject; // NULL: no number
  } numbers[] = {
    { "0900000123", "card:+84900000123" },
    { "090 000 01 23", "card:+84900000123" },
    { "(090) 000-0123", "card:+84900000123" },
    { "090.000.0123", "card:+84900000123" },
    { "+84 900 000 123", "card:+84900000123" },
    { "+84 (0)900 000 123", "card:+84900000123" },
    { "+840900000123", "card:+84900000123" },
    { "0084900000123", "card:+84900000123" },
    { "84900000123", "card:+84900000123" },
    { "tel:+84900000123", "card:+84900000123" },
    { "02400000123", "card:+842400000123" }, // a fixed line
    { "+49 30 0000000", "card:+49300000000" },
    { "+1 (202) 555-0100", "card:+12025550100" },
    { "900000123", NULL },
    { "113", NULL },
    { "0", NULL },
    { "+", NULL },
    { "+0900000123", NULL },
    { "000900000123", NULL },
    { "+1234567890123456", NULL },
    { "0123456789012345678901234567890", NULL },
    { "0900 000 12x", NULL },
    { "09+00000123", NULL },
    { "０９００", NULL },
    { "", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    struct ct_credential credential;
    enum ct_refusal refusal = read_field ("TEL", numbers[i].written, &credential);
    g_test_message ("%s", numbers[i].written);
    g_assert_cmpint (refusal, ==, numbers[i].subject != NULL ? CT_REFUSAL_NONE : CT_REFUSAL_FORMAT);
    if (numbers[i].subject != NULL)
      g_assert_cmpstr (credential.subject, ==, numbers[i].subject);
  }
}

static void
test_checks_mail_addresses (void)
{
  static const char *const wrong[] = { "an",
                                       "@example.org",
                                       "an@",
                                       "an@example",
                                       "an@@example.org",
                                       "a n@example.org",
                                       "an@.",
                                       "an@example.",
                                       "ấn@example.org",
                                       "an@example.org@x.vn" };
  struct ct_credential credential;
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_test_message ("%s", wrong[i]);
    g_assert_cmpint (read_field ("EMAIL", wrong[i], &credential), ==, CT_REFUSAL_FORMAT);
  }
  g_assert_cmpint (read_field ("EMAIL", "mailto:AN@example.org", &credential), ==, CT_REFUSAL_NONE);
  g_assert_cmpstr (credential.subject, ==, "card:an@example.org");

  g_autofree char *local = g_strnfill (90 - strlen ("@b.vn"), 'a');
  g_autofree char *longest = g_strconcat (local, "@b.vn", NULL);
  g_autofree char *longer = g_strconcat ("a", longest, NULL);
  g_assert_cmpint (read_field ("EMAIL", longest, &credential), ==, CT_REFUSAL_NONE);
  g_assert_cmpint (read_field ("EMAIL", longer, &credential), ==, CT_REFUSAL_FORMAT);
}

static void
test_bounds_lines_and_cards (void)
{
  const struct ct_read_context context = { .clock_trusted = false };
  struct ct_credential credential;
  g_autofree char *base64 = g_strnfill (2000, 'A');
  g_autofree char *card = g_strconcat ("BEGIN:VCARD\nVERSION:3.0\nPHOTO;ENCODING=b:", base64,
                                       "\nTEL:0900000123\nEND:VCARD", NULL);
  g_assert_cmpint (
      ct_credential_read (&context, (const guint8 *) card, strlen (card), &credential, NULL), ==,
      CT_REFUSAL_NONE);
  g_autofree char *names =
      g_strconcat ("MECARD:N:", base64, ",", base64 + 1500, ";TEL:0900000123;;", NULL);
  g_assert_cmpint (
      ct_credential_read (&context, (const guint8 *) names, strlen (names), &credential, NULL), ==,
      CT_REFUSAL_TOO_LONG);
  g_autofree char *twice = g_strconcat ("BEGIN:VCARD\nNOTE:", base64, base64, "\nEND:VCARD", NULL);
  g_assert_cmpint (
      ct_credential_read (&context, (const guint8 *) twice, strlen (twice), &credential, NULL), ==,
      CT_REFUSAL_TOO_LONG);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/core/card/", cases[i].behaviour, NULL);
    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/core/card/normalises-telephone-numbers", test_normalises_telephone_numbers);
  g_test_add_func ("/core/card/checks-mail-addresses", test_checks_mail_addresses);
  g_test_add_func ("/core/card/bounds-lines-and-cards", test_bounds_lines_and_cards);
  return g_test_run ();
}
