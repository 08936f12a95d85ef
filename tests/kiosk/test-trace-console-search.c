// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an officer asks at the console, and what may be asked.

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "kiosk/trace/trace-case.h"
#include "tests/kiosk/console-officer.h"

#define CASE       "\"case\":\"HN-1\","
#define INDEX      "\"index\":{\"subject\":\"" AN "\"},"
#define GOOD       "{" CASE INDEX QUESTION "}"
#define DEADLINE_S 60
#define CARD                                                                                       \
  "034303000017||Trần Thị Kiểm|21032003|Nữ|Thôn Đông, An Quý, Quỳnh Phụ, Thái Bình|14082021"
#define CARD_SUBJECT "cccd:034303000017"

static void
set_up (Officer *officer, gconstpointer postgres)
{
  officer_set_up (officer, postgres);
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  officer_open_case (officer, "HN-1");
}

static char *
start (Officer *officer, const char *body)
{
  if (officer_ask (officer, "POST", "/api/search", body) != 202)
    g_error ("%s", officer->text);
  return g_strdup (officer_get_text (officer, "id"));
}

static JsonObject *
get_row (const Officer *officer, guint n)
{
  JsonArray *rows = json_object_get_array_member (officer->json, "rows");
  g_assert_cmpuint (n, <, json_array_get_length (rows));
  return json_array_get_object_element (rows, n);
}

static gboolean
is_logged (Officer *officer, const char *action, const char *what)
{
  gint64 n = 0;
  g_assert_true (trace_db_query_int (
      trace_store_get_db (officer->store),
      "SELECT count (*) FROM audit WHERE officer = 'lan' AND action = $1 AND case_id = 'HN-1'"
      " AND what LIKE $2",
      TRACE_VALUES (TRACE_TEXT (action), TRACE_TEXT (what)), 0, &n, NULL));
  return n > 0;
}

static void
test_finds_the_chain (Officer *officer, gconstpointer unused)
{
  g_autofree char *id = start (officer, GOOD);
  g_assert_cmpstr (officer_wait_for_search (officer, id), ==, "done");
  g_assert_cmpint (officer_get_int (officer, "n_rows"), ==, 2);
  g_assert_nonnull (strstr (officer->text, "\"levels\":[1,1,0]"));
  JsonObject *ba = get_row (officer, 0), *chi = get_row (officer, 1);
  g_assert_cmpint (json_object_get_int_member (ba, "level"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (ba, "via"), ==, -1);
  g_assert_cmpint (json_object_get_int_member (ba, "exposed_at"), ==, 1002700);
  g_assert_cmpint (json_object_get_int_member (ba, "overlap_s"), ==, 1800);
  g_assert_cmpstr (json_object_get_string_member (ba, "subject"), ==, "0000…00b2");
  g_assert_cmpint (json_object_get_int_member (chi, "level"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (chi, "via"), ==, 0);
  g_assert_cmpstr (json_object_get_string_member (chi, "venue"), ==, "bến xe, cổng 2");
  JsonArray *stays = json_object_get_array_member (officer->json, "stays");
  g_assert_cmpuint (json_array_get_length (stays), ==, 1);
  // Nobody is named in full until it is asked for.
  g_assert_null (strstr (officer->text, AN));
  g_assert_null (strstr (officer->text, BA));
  g_assert_null (strstr (officer->text, CHI));
  g_assert_true (
      is_logged (officer, "search", "F0 " AN ", from 990000 to 1020000, 3 levels, 900 s %"));
}

static void
test_turns_pages (Officer *officer, gconstpointer unused)
{
  officer->options.page_rows = 1;
  officer_restart_console (officer);
  g_autofree char *id = start (officer, GOOD);
  (void) officer_wait_for_search (officer, id);
  gint64 edition = officer_get_int (officer, "edition");
  g_assert_cmpint (officer_get_int (officer, "n_rows"), ==, 2);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (officer->json, "rows")),
                    ==, 1);
  g_autofree char *next =
      g_strdup_printf ("/api/search/%s?after=1&edition=%" G_GINT64_FORMAT, id, edition);
  g_assert_cmpuint (officer_ask (officer, "GET", next, NULL), ==, 200);
  g_assert_cmpint (officer_get_int (officer, "first"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (get_row (officer, 0), "row"), ==, 1);
  g_assert_false (json_object_has_member (officer->json, "stays"));
  // Rows of an earlier edition are others now: from the start.
  g_autofree char *old = g_strdup_printf ("/api/search/%s?after=1&edition=0", id);
  g_assert_cmpuint (officer_ask (officer, "GET", old, NULL), ==, 200);
  g_assert_cmpint (officer_get_int (officer, "first"), ==, 0);
  g_autofree char *wrong = g_strdup_printf ("/api/search/%s?after=-1", id);
  g_assert_cmpuint (officer_ask (officer, "GET", wrong, NULL), ==, 400);
}

static void
test_says_what_was_cut (Officer *officer, gconstpointer unused)
{
  g_autofree char *id = start (officer, "{" CASE INDEX QUESTION ",\"limit\":1}");
  g_assert_cmpstr (officer_wait_for_search (officer, id), ==, "done");
  g_assert_cmpint (officer_get_int (officer, "n_rows"), ==, 1);
  g_assert_cmpint (officer_get_int (officer, "n_cut"), ==, 1);
  g_assert_nonnull (strstr (officer->text, "\"levels\":[1,1,0]"));
}

static guint
ask_about (Officer *officer, const char *id, const char *action, const char *body)
{
  g_autofree char *path = g_strdup_printf ("/api/search/%s/%s", id, action);
  return officer_ask (officer, "POST", path, body);
}

static void
test_explains_a_contact (Officer *officer, gconstpointer unused)
{
  g_autofree char *id = start (officer, GOOD);
  (void) officer_wait_for_search (officer, id);
  g_autofree char *body = g_strdup_printf ("{\"row\":1,\"edition\":%" G_GINT64_FORMAT "}",
                                           officer_get_int (officer, "edition"));
  g_assert_false (is_logged (officer, "explain", CHI));
  g_assert_cmpuint (ask_about (officer, id, "explain", body), ==, 200);
  g_assert_true (is_logged (officer, "explain", CHI));
  JsonArray *steps = json_object_get_array_member (officer->json, "steps");
  g_assert_cmpuint (json_array_get_length (steps), ==, 2);
  JsonObject *chi = json_array_get_object_element (steps, 0);
  g_assert_cmpstr (json_object_get_string_member (chi, "subject"), ==, CHI);
  JsonArray *shared = json_object_get_array_member (chi, "shared");
  g_assert_cmpuint (json_array_get_length (shared), ==, 1);
  JsonObject *one = json_array_get_object_element (shared, 0);
  g_assert_cmpint (json_object_get_int_member (one, "from"), ==, 1010600);
  g_assert_cmpint (json_object_get_int_member (one, "to"), ==, 1012000);
  JsonObject *met = // Ba's stay, by a printed code
      json_array_get_object_element (json_object_get_array_member (one, "via"), 0);
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (met, "doubts"), 0),
                   ==, "static");
  g_assert_cmpstr (json_object_get_string_member (met, "kiosk"), ==, "k1");
  g_assert_cmpint (json_object_get_int_member (met, "seq"), ==, 3);
  g_assert_false (json_object_get_boolean_member (chi, "is_sure"));
  JsonObject *ba = json_array_get_object_element (steps, 1);
  g_assert_cmpstr (json_object_get_string_member (ba, "subject"), ==, BA);
  g_assert_cmpuint (ask_about (officer, id, "explain", "{\"row\":0,\"edition\":99}"), ==, 409);
  g_assert_cmpuint (ask_about (officer, id, "explain", "{\"row\":2,\"edition\":1}"), ==, 409);
  g_assert_cmpuint (ask_about (officer, id, "explain", "{\"row\":-1,\"edition\":1}"), ==, 400);
  g_assert_cmpuint (ask_about (officer, id, "explain", "{\"row\":\"1\",\"edition\":1}"), ==, 400);
}

// A list of moments in which a radio rested does not hide when it was deaf.
static void
test_shows_long_gaps (Officer *officer, gconstpointer unused)
{
  g_autofree char *id = start (officer, GOOD);
  (void) officer_wait_for_search (officer, id);
  g_autofree char *body = g_strdup_printf ("{\"row\":1,\"edition\":%" G_GINT64_FORMAT "}",
                                           officer_get_int (officer, "edition"));
  g_autoptr (GString) script =
      g_string_new ("INSERT INTO gap (venue, zone, from_s, to_s, slack_s, what, stream, seq) VALUES"
                    " ('bến xe, cổng 2', 'main', 1011500, 1011700, 0, 'radio', 1, 1)");
  for (guint i = 0; i < 300; i++)
    g_string_append_printf (script, ", ('bến xe, cổng 2', 'main', %u, %u, 0, 'radio', 1, %u)",
                            1010610 + 4 * i, 1010612 + 4 * i, 10 + i);
  g_string_append_c (script, ';');
  g_assert_true (trace_db_run_script (trace_store_get_db (officer->store), script->str, NULL));
  g_assert_cmpuint (ask_about (officer, id, "explain", body), ==, 200);
  JsonArray *steps = json_object_get_array_member (officer->json, "steps");
  JsonArray *shared =
      json_object_get_array_member (json_array_get_object_element (steps, 0), "shared");
  JsonArray *gaps =
      json_object_get_array_member (json_array_get_object_element (shared, 0), "gaps");
  guint n_long = 0;
  gint64 last_s = 0;
  for (guint i = 0; i < json_array_get_length (gaps); i++) {
    JsonObject *gap = json_array_get_object_element (gaps, i);
    gint64 from_s = json_object_get_int_member (gap, "from");
    g_assert_cmpint (from_s, >=, last_s);
    n_long += json_object_get_int_member (gap, "to") - from_s == 200;
    last_s = from_s;
  }
  g_assert_cmpuint (json_array_get_length (gaps), ==, 100);
  g_assert_cmpuint (n_long, ==, 1);
}

static void
test_exports (Officer *officer, gconstpointer unused)
{
  g_autofree char *id = start (officer, GOOD);
  (void) officer_wait_for_search (officer, id);
  g_assert_cmpuint (ask_about (officer, id, "export", "{\"format\":\"csv\"}"), ==, 200);
  g_assert_cmpstr (officer->text, ==,
                   "level,subject,exposed_at,overlap_s,first,last,venue,zone,via\n"
                   "1," BA ",1002700,1800,1001800,1003600,quan-an,main," AN "\n"
                   "2," CHI ",1011500,1400,1010600,1012000,\"bến xe, cổng 2\",main," BA "\n");
  g_assert_cmpstr (officer_get_field (officer, "content-disposition"), ==,
                   "attachment; filename=\"contacts.csv\"");
  g_assert_true (is_logged (officer, "export", "2 contacts as csv"));
  g_assert_cmpuint (ask_about (officer, id, "export", "{\"format\":\"json\"}"), ==, 200);
  g_assert_true (g_str_has_prefix (officer->text, "{\"level\":1,\"subject\":\"" BA "\""));
  g_assert_cmpuint (ask_about (officer, id, "export", "{\"format\":\"dot\"}"), ==, 200);
  g_assert_true (g_str_has_prefix (officer->text, "digraph"));
  g_assert_cmpuint (ask_about (officer, id, "export", "{\"format\":\"xlsx\"}"), ==, 400);
  g_assert_cmpuint (ask_about (officer, id, "export", "{}"), ==, 400);
}

static void
test_asks_for_a_case (Officer *officer, gconstpointer unused)
{
  static const struct {
    const char *given, *word;
    guint status;
  } cases[] = {
    { "", "case", 400 },
    { "\"case\":null,", "case", 400 },
    { "\"case\":\"\",", "case", 400 },
    { "\"case\":\"HN-1' OR '1'='1\",", "case", 400 },
    { "\"case\":\"HN-2\",", "case-gone", 404 },
    { "\"case\":\"HN-9\",", "case-gone", 404 }, // somebody else's
  };
  TraceDb *db = trace_store_get_db (officer->store);
  g_assert_true (trace_db_run (db,
                               "INSERT INTO cases SELECT 'HN-9', opened_ms, 'minh', rule,"
                               " rule_version, levels, min_overlap_s, window_s, latency_s,"
                               " through_staff, to_s, closed_ms, closed_by, version, computed_ms,"
                               " dropped_before_s FROM cases",
                               TRACE_NO_VALUES, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *body = g_strconcat ("{", cases[i].given, INDEX QUESTION "}", NULL);
    g_assert_cmpuint (officer_ask (officer, "POST", "/api/search", body), ==, cases[i].status);
    g_assert_cmpstr (officer_get_text (officer, "error"), ==, cases[i].word);
  }
  g_assert_true (trace_case_close (db, "HN-1", "lan", "xong", NULL));
  g_assert_cmpuint (officer_ask (officer, "POST", "/api/search", GOOD), ==, 409);
  g_assert_cmpstr (officer_get_text (officer, "error"), ==, "case-closed");
}

static void
test_refuses_wrong_questions (Officer *officer, gconstpointer unused)
{
#define DEEP16 "[[[[[[[[[[[[[[[["
  static const struct {
    const char *body, *word;
    guint status;
  } cases[] = {
    { "", "json", 400 },
    { "[]", "json", 400 },
    { "nothing", "json", 400 },
    { "{\"case\":\"HN-1\"", "json", 400 },
    { "{\"case\":\"HN-1\xff\"}", "json", 400 },
    { "{\"a\":" DEEP16 DEEP16 DEEP16 DEEP16, "json", 400 },
    { "{/*\"*/\"a\":" DEEP16 DEEP16 "/*\"*/}", "json", 400 },
    { "{" CASE QUESTION "}", "index", 400 },
    { "{" CASE "\"index\":\"" AN "\"," QUESTION "}", "index", 400 },
    { "{" CASE "\"index\":{\"subject\":\"" AN "\",\"code\":\"x\"}," QUESTION "}", "index", 400 },
    { "{" CASE "\"index\":{\"subject\":\"' OR 1=1 --\"}," QUESTION "}", "subject", 400 },
    { "{" CASE "\"index\":{\"subject\":\"" AN "00\"}," QUESTION "}", "subject", 400 },
    { "{" CASE "\"index\":{\"subject\":\"ffffffffffffffffffffffffffffffff\"}," QUESTION "}",
      "unknown", 404 },
    { "{" CASE "\"index\":{\"code\":\"" CARD "\"}," QUESTION "}", "no-keys", 400 },
    { "{" CASE INDEX "\"from\":990000}", "span", 400 },
    { "{" CASE INDEX "\"from\":1020000,\"to\":990000}", "span", 400 },
    { "{" CASE INDEX "\"from\":-1,\"to\":990000}", "span", 400 },
    { "{" CASE INDEX "\"from\":\"990000\",\"to\":1020000}", "span", 400 },
    { "{" CASE INDEX "\"from\":1e9,\"to\":1020000}", "span", 400 },
    { "{" CASE INDEX "\"from\":1200000,\"to\":1300000}", "span", 400 }, // not yet
    { "{" CASE INDEX "\"day\":\"1970-02-30\"}", "span", 400 },
    { "{" CASE INDEX QUESTION ",\"levels\":0}", "question", 400 },
    { "{" CASE INDEX QUESTION ",\"levels\":17}", "question", 400 },
    { "{" CASE INDEX QUESTION ",\"min_overlap_s\":0}", "question", 400 },
    { "{" CASE INDEX QUESTION ",\"latency_s\":99999999}", "question", 400 },
    { "{" CASE INDEX QUESTION ",\"limit\":0}", "question", 400 },
    { "{" CASE INDEX QUESTION ",\"limit\":1000000}", "question", 400 },
    { "{" CASE INDEX QUESTION ",\"through_staff\":\"yes\"}", "question", 400 },
    { "{" CASE INDEX QUESTION ",\"rule\":\"../../etc/passwd\"}", "rule", 400 },
    { "{" CASE INDEX QUESTION ",\"rule\":7}", "rule", 400 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].word);
    g_assert_cmpuint (officer_ask (officer, "POST", "/api/search", cases[i].body), ==,
                      cases[i].status);
    g_assert_cmpstr (officer_get_text (officer, "error"), ==, cases[i].word);
    officer->now_ms += 100; // or it would be too often
  }
  g_assert_true (is_logged (officer, "search", "F0 ffffffffffffffffffffffffffffffff, from %"));
  officer->now_ms = G_GINT64_CONSTANT (100) * 86400 * 1000;
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  g_assert_cmpuint (
      officer_ask (officer, "POST", "/api/search", "{" CASE INDEX "\"from\":0,\"to\":8000000}"), ==,
      400);
  g_assert_cmpstr (officer_get_text (officer, "error"), ==, "span-long");
  g_autofree char *large = g_strnfill (TRACE_CONSOLE_BODY_MAX + 1, ' ');
  g_assert_cmpuint (officer_ask (officer, "POST", "/api/search", large), ==, 413);
}

static void
test_follows_a_profile (Officer *officer, gconstpointer unused)
{
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/profiles", NULL), ==, 200);
  g_assert_nonnull (strstr (officer->text, "\"VN-2021-12\""));
  g_autofree char *id =
      start (officer, "{" CASE INDEX "\"rule\":\"VN-2021-12\",\"day\":\"1970-01-13\"}");
  JsonObject *question = json_object_get_object_member (officer->json, "question");
  g_assert_cmpint (json_object_get_int_member (question, "from"), ==,
                   10 * 86400 - 7 * 3600); // two days before, in Việt Nam
  g_assert_cmpint (json_object_get_int_member (question, "to"), ==, 1100000); // now
  g_assert_true (
      g_str_has_prefix (json_object_get_string_member (question, "rule"), "VN-2021-12, version 1"));
  g_assert_cmpstr (officer_wait_for_search (officer, id), ==, "done");
  g_assert_cmpint (officer_get_int (officer, "n_rows"), ==, 2);
}

static void
put (Officer *officer,
     const guint8 *subject,
     TraceEvidence evidence,
     gint64 arrived_s,
     gint64 left_s)
{
  gboolean is_new = FALSE;
  TraceArrival arrival = {
    .venue = "quan-an",
    .zone = "main",
    .arrived_s = arrived_s,
    .left_s = left_s,
    .evidence = evidence,
    .kiosk = "k1",
    .seq = arrived_s,
  };
  memcpy (arrival.subject, subject, TRACE_SUBJECT_SIZE);
  g_assert_true (trace_store_begin (officer->store, NULL));
  g_assert_true (trace_store_put (officer->store, &arrival, &is_new, NULL));
  g_assert_true (trace_store_commit (officer->store, NULL));
}

// By their pseudonym, never by what they were found by.
static gboolean
is_logged_as_searched (Officer *officer, const guint8 *subject)
{
  char digits[2 * TRACE_SUBJECT_SIZE + 1];
  trace_subject_write (subject, digits);
  g_autofree char *what = g_strdup_printf ("F0 %%%s%%, from %%", digits);
  return is_logged (officer, "search", what);
}

static void
remove_keys (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name = NULL; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

// Two identifiers of the search are in the case already, as two people: it is said, and no more
// that the case is closed.
static void
refuse_two_people (Officer *officer, const char *search, guint8 (*heard)[TRACE_SUBJECT_SIZE])
{
  g_autofree char *path = g_strdup_printf ("/api/search/%s/add", search);
  TraceDb *db = trace_store_get_db (officer->store);
  for (guint i = 0; i < 2; i++) {
    TraceIndexCase entry = { .from_s = 950400, .to_s = 952200, .is_slot = TRUE };
    (void) g_snprintf (entry.label, sizeof entry.label, "F0-%u", i + 1);
    memcpy (entry.subject, heard[i], TRACE_SUBJECT_SIZE);
    g_assert_true (trace_case_add (db, "HN-1", &entry, 1, "lan", NULL));
  }
  g_assert_cmpuint (officer_ask (officer, "POST", path, "{}"), ==, 409);
  g_assert_cmpstr (officer_get_text (officer, "error"), ==, "case-label");
}

// A card that was scanned, and the published keys of a phone: both met Ba at lunch.
static void
test_reads_codes_and_keys (Officer *officer, gconstpointer unused)
{
  static const char *const phone[] = { // slots 0 and 1 of the key below
                                       "beacon:bluezone:130cea6472130c185d8643df",
                                       "beacon:bluezone:893dae342437130ce5e23837"
  };
  static const char keys_json[] =
      "{\\\"data\\\":[{\\\"daily_key\\\":\\\"000102030405060708090A0B0C0D0E0F101112131415161718191A"
      "1B1C1D1E1F\\\",\\\"time_start\\\":950400,\\\"max\\\":96,\\\"time_end\\\":1036799}]}";
  g_autofree char *folder = g_build_filename (officer->folder, "keys", NULL);
  g_autoptr (TraceKeys) keys = trace_keys_open (folder, TRUE, NULL);
  guint8 subject[TRACE_SUBJECT_SIZE], heard[2][TRACE_SUBJECT_SIZE];
  officer->options.keys = keys;
  officer_restart_console (officer);
  officer->now_ms = G_GINT64_CONSTANT (1764000000) * 1000; // the card must have been issued
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  trace_keys_make_subject (keys, CARD_SUBJECT, strlen (CARD_SUBJECT), subject);
  put (officer, subject, TRACE_EVIDENCE_QR, 1001000, 1003000);
  for (guint i = 0; i < 2; i++) {
    trace_keys_make_subject (keys, phone[i], strlen (phone[i]), heard[i]);
    put (officer, heard[i], TRACE_EVIDENCE_BLE, 950400 + 900 * i, 951300 + 900 * i);
  }
  put (officer, (const guint8[]){ [15] = 0xd4 }, TRACE_EVIDENCE_QR, 950000, 952000); // Dung

  g_autofree char *by_code =
      start (officer, "{" CASE "\"index\":{\"code\":\"" CARD "\"},\"levels\":1," QUESTION "}");
  g_assert_cmpstr (officer_wait_for_search (officer, by_code), ==, "done");
  g_assert_cmpint (officer_get_int (officer, "n_rows"), ==, 2); // An and Ba
  g_assert_true (is_logged_as_searched (officer, subject));
  g_assert_cmpuint (officer_ask (officer, "POST", "/api/search",
                                 "{" CASE "\"index\":{\"code\":\"https://example.com\"}," QUESTION
                                 "}"),
                    ==, 400);
  g_assert_cmpstr (officer_get_text (officer, "error"), ==, "code");

  g_autofree char *body = g_strconcat ("{" CASE "\"index\":{\"bluezone\":\"", keys_json,
                                       "\"},\"levels\":1,\"from\":940000,\"to\":990000}", NULL);
  g_autofree char *by_keys = start (officer, body);
  g_assert_cmpstr (officer_wait_for_search (officer, by_keys), ==, "done");
  g_assert_cmpint (officer_get_int (officer, "n_rows"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (get_row (officer, 0), "subject"), ==,
                   "0000…00d4");
  g_assert_cmpuint (officer_ask (officer, "POST", "/api/search",
                                 "{" CASE "\"index\":{\"bluezone\":\"{}\"}," QUESTION "}"),
                    ==, 400);
  g_assert_cmpstr (officer_get_text (officer, "error"), ==, "bluezone");
  g_assert_true (is_logged_as_searched (officer, heard[0]));
  refuse_two_people (officer, by_keys, heard);
  g_assert_false (is_logged (officer, "search", "%Kiểm%"));
  g_assert_false (is_logged (officer, "search", "%034303000017%"));
  officer->options.keys = NULL;
  officer_restart_console (officer);
  remove_keys (folder);
}

static void
test_stops_in_time (Officer *officer, gconstpointer unused)
{
  officer->options.search_ms = -1; // over before it began
  officer_restart_console (officer);
  g_autofree char *id = start (officer, GOOD);
  g_assert_cmpstr (officer_wait_for_search (officer, id), ==, "time");
  g_assert_cmpint (officer_get_int (officer, "n_rows"), ==, 1); // F1 was complete
}

// Another store, which cannot be read while somebody has it to themselves: what is asked of it
// takes as long as the test wants.
typedef struct {
  char *path, *uri;
  sqlite3 *lock;
} Slow;

static void
slow_start (Slow *slow, Officer *officer)
{
  g_autoptr (GError) error = NULL;
  slow->path = g_build_filename (officer->folder, "slow.db", NULL);
  slow->uri = g_strconcat ("sqlite:", slow->path, NULL);
  const TraceOpenStays open_stays = officer->options.open_stays;
  TraceStore *store = trace_store_open (slow->uri, &open_stays, &error);
  g_assert_no_error (error);
  gboolean is_new = FALSE;
  TraceArrival arrival = {
    .venue = "v", .zone = "", .arrived_s = 1000000, .left_s = 1005000, .kiosk = ""
  };
  g_assert_true (trace_store_begin (store, NULL));
  for (guint8 i = 0; i < 3; i++) {
    arrival.subject[0] = i;
    g_assert_true (trace_store_put (store, &arrival, &is_new, NULL));
  }
  g_assert_true (trace_store_commit (store, NULL));
  trace_store_close (store);
  g_assert_cmpint (sqlite3_open (slow->path, &slow->lock), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (slow->lock, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  officer->options.uri = slow->uri;
  officer_restart_console (officer);
}

static void
slow_go_on (Slow *slow)
{
  g_assert_cmpint (sqlite3_close (g_steal_pointer (&slow->lock)), ==, SQLITE_OK);
}

static void
slow_clear (Slow *slow)
{
  g_free (slow->path);
  g_free (slow->uri);
}

static void
test_bounds_searches (Officer *officer, gconstpointer unused)
{
  Slow slow = { 0 };
  slow_start (&slow, officer);
  g_autofree char *first = start (officer, GOOD), *second = start (officer, GOOD);
  g_assert_cmpuint (officer_ask (officer, "POST", "/api/search", GOOD), ==, 409);
  g_assert_cmpstr (officer_get_text (officer, "error"), ==, "searches");
  g_assert_cmpuint (ask_about (officer, first, "export", "{\"format\":\"csv\"}"), ==, 409);
  g_assert_cmpstr (officer_get_text (officer, "error"), ==, "running");

  // Nobody else sees it.
  g_autofree char *hers = g_steal_pointer (&officer->cookie);
  g_autofree char *path = g_strconcat ("/api/search/", first, NULL);
  g_assert_cmpuint (officer_sign_in (officer, "minh", PASSWORD), ==, 200);
  g_assert_cmpuint (officer_ask (officer, "GET", path, NULL), ==, 404);
  g_assert_cmpuint (officer_ask (officer, "DELETE", path, NULL), ==, 404);
  g_free (officer->cookie);
  officer->cookie = g_steal_pointer (&hers);
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/session", NULL), ==, 200);

  g_assert_cmpuint (officer_ask (officer, "DELETE", path, NULL), ==, 200);
  slow_go_on (&slow);
  g_assert_cmpstr (officer_wait_for_search (officer, first), ==, "stopped");
  g_assert_cmpstr (officer_wait_for_search (officer, second), ==, "done");
  g_autofree char *third = start (officer, GOOD);
  g_assert_cmpstr (officer_wait_for_search (officer, third), ==, "done");
  g_assert_true (is_logged (officer, "search-stop", "%"));
  slow_clear (&slow);
}

static void
test_stops_who_signs_out (Officer *officer, gconstpointer unused)
{
  Slow slow = { 0 };
  slow_start (&slow, officer);
  g_autofree char *id = start (officer, GOOD);
  g_assert_cmpuint (officer_ask (officer, "DELETE", "/api/session", NULL), ==, 200);
  slow_go_on (&slow);
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  g_assert_cmpstr (officer_wait_for_search (officer, id), ==, "stopped");
  slow_clear (&slow);
}

static void
test_says_that_it_failed (Officer *officer, gconstpointer unused)
{
  g_autofree char *uri = g_strdup_printf ("sqlite:%s/none/core.db", officer->folder);
  officer->options.uri = uri;
  officer_restart_console (officer);
  g_autofree char *id = start (officer, GOOD);
  g_assert_cmpstr (officer_wait_for_search (officer, id), ==, "failed");
  g_assert_null (strstr (officer->text, "none/core.db"));
}

int
main (int argc, char **argv)
{
  g_autofree char *why = NULL;
  g_test_init (&argc, &argv, NULL);
  g_autoptr (TracePostgres) postgres = trace_postgres_start (&why);
#define ADD(name, func)                                                                            \
  g_test_add ("/trace/console/" name, Officer, NULL, set_up, func, officer_tear_down)
  ADD ("finds-the-chain", test_finds_the_chain);
  ADD ("turns-pages", test_turns_pages);
  ADD ("says-what-was-cut", test_says_what_was_cut);
  ADD ("explains-a-contact", test_explains_a_contact);
  ADD ("shows-long-gaps-among-short-ones", test_shows_long_gaps);
  ADD ("exports-what-was-found", test_exports);
  ADD ("asks-for-a-case", test_asks_for_a_case);
  ADD ("refuses-wrong-questions", test_refuses_wrong_questions);
  ADD ("follows-a-disease-profile", test_follows_a_profile);
  ADD ("reads-codes-and-published-keys", test_reads_codes_and_keys);
  ADD ("stops-in-time", test_stops_in_time);
  ADD ("bounds-searches", test_bounds_searches);
  ADD ("stops-the-searches-of-who-signs-out", test_stops_who_signs_out);
  ADD ("says-that-a-search-failed", test_says_that_it_failed);
#define AGAIN(name, func)                                                                          \
  g_test_add ("/trace/console/postgres/" name, Officer, postgres, set_up, func, officer_tear_down)
  if (postgres == NULL) {
    g_test_message ("without PostgreSQL: %s", why);
    return g_test_run ();
  }
  AGAIN ("finds-the-chain", test_finds_the_chain);
  AGAIN ("explains-a-contact", test_explains_a_contact);
  AGAIN ("shows-long-gaps-among-short-ones", test_shows_long_gaps);
  AGAIN ("exports-what-was-found", test_exports);
  AGAIN ("reads-codes-and-published-keys", test_reads_codes_and_keys);
  return g_test_run ();
}
