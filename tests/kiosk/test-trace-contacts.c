// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanh-trace contacts and rules: who the index case is, by which rule, and why somebody has a
// level.

#include <json-glib/json-glib.h>
#include <string.h>

#include "trace-program.h"

#define HEADER "subject,venue,zone,arrived,left,evidence,kiosk,seq\n"
#define AN     "000000000000000000000000000000a1"
#define BA     "000000000000000000000000000000b2"
#define CHI    "000000000000000000000000000000c3"

// In 1970: An has lunch with Ba on 12 January, Ba meets Chi at the station afterwards.
static const char town[] = HEADER AN
    ",quan-an,main,1000000,1003600,qr,k1,1\n" BA ",quan-an,main,1001800,1005400,qr,k1,2\n" BA
    ",ben-xe,main,1010000,1012000,qr,k2,1\n" CHI ",ben-xe,main,1010600,1014000,ble,k2,2\n";

static void
set_up (TraceProgram *program, gconstpointer engine)
{
  trace_program_init (program, (gpointer) engine);
  g_assert_cmpint (trace_program_run (program, town, "import", "--any-date", NULL), ==, 0);
}

static void
tear_down (TraceProgram *program, gconstpointer engine)
{
  trace_program_clear (program);
}

static void
test_lists_the_rules (TraceProgram *program, gconstpointer engine)
{
  g_assert_cmpint (trace_program_run_alone (program, NULL, "rules", NULL), ==, 0);
  g_assert_nonnull (strstr (program->output, "VN-2021-12, version 1 (in force from 2021-12-29"));
  g_assert_cmpint (trace_program_run_alone (program, NULL, "rules", "--json", NULL), ==, 0);
  g_auto (GStrv) lines = g_strsplit (program->output, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 8 + 1);
  for (guint i = 0; i < 8; i++) {
    g_autoptr (JsonParser) parser = json_parser_new ();
    g_assert_true (json_parser_load_from_data (parser, lines[i], -1, NULL));
    JsonObject *rule = json_node_get_object (json_parser_get_root (parser));
    g_assert_cmpint (json_object_get_int_member (rule, "version"), >, 0);
    g_assert_cmpint (json_object_get_int_member (rule, "merge_gap_s"), ==, 600);
  }
}

static void
test_refuses_an_odd_rule_by_its_line (TraceProgram *program, gconstpointer engine)
{
  g_autofree char *path =
      trace_program_write (program, "rules/x.conf", "name = X\nspeed = 3\n", -1);
  g_autofree char *folder = g_path_get_dirname (path);
  g_assert_cmpint (trace_program_run_alone (program, NULL, "rules", "--rules", folder, NULL), ==,
                   2);
  g_assert_nonnull (strstr (program->errors, "x.conf, line 2: no such key"));
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--subject", AN, "--onset",
                                      "1970-01-13", "--rules", folder, NULL),
                   ==, 2);
  g_assert_nonnull (strstr (program->errors, "x.conf, line 2: no such key"));
  g_assert_cmpstr (program->output, ==, "");
}

static void
test_a_profile_fills_the_question (TraceProgram *program, gconstpointer engine)
{
  static const struct {
    const char *profile, *option, *value;
    gboolean has_ba, has_chi;
    const char *named;
  } cases[] = {
    { "VN-2021-07", "--onset", "1970-01-13", TRUE, TRUE, "rule VN-2021-07, version 1 (" },
    { "VN-2021-07", "--onset", "1970-01-16", FALSE, FALSE, "VN-2021-07" }, // from the 13th on
    { "VN-2021-07", "--sample", "1970-01-16", TRUE, TRUE, "VN-2021-07" },
    { "CDC-2020-10@1", "--onset", "1970-01-13", TRUE, FALSE, "rule CDC-2020-10, version 1 (" },
    { "default", "--from", "990000", TRUE, TRUE, "rule default, version 1 (" },
    { "WHO-2020", "--onset", "1970-01-01", TRUE, FALSE, "WHO-2020" },
    { "WHO-2020", "--from", "1003000", FALSE, FALSE, "WHO-2020" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s %s %s", cases[i].profile, cases[i].option, cases[i].value);
    g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--subject", AN, "--profile",
                                        cases[i].profile, cases[i].option, cases[i].value, NULL),
                     ==, 0);
    g_assert_cmpint (strstr (program->output, "\n1," BA ",") != NULL, ==, cases[i].has_ba);
    g_assert_cmpint (strstr (program->output, "\n2," CHI ",") != NULL, ==, cases[i].has_chi);
    g_assert_nonnull (strstr (program->errors, cases[i].named));
  }
}

static void
test_explicit_options_win (TraceProgram *program, gconstpointer engine)
{
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--subject", AN, "--profile",
                                      "CDC-2020-10", "--onset", "1970-01-13", "--levels", "2",
                                      "--min-overlap", "1500", NULL),
                   ==, 0);
  g_assert_nonnull (strstr (program->output, "\n1," BA ",1003300,")); // 1500 s, not 900
  g_assert_null (strstr (program->output, CHI));                      // 1400 s
  g_assert_nonnull (strstr (program->errors, ", but --min-overlap 1500, but --levels 2\n"));
}

static void
test_refuses_odd_questions (TraceProgram *program, gconstpointer engine)
{
  static const char *const questions[][6] = {
    { "--subject", AN },
    { "--onset", "1970-01-13" },
    { "--subject", AN, "--onset", "13/01/1970" },
    { "--subject", AN, "--onset", "1970-01-13T00:00" },
    { "--subject", AN, "--profile", "none", "--onset", "1970-01-13" },
    { "--subject", AN, "--credential", "-", "--onset", "1970-01-13" },
    { "--credential", "079090012345", "--onset", "1970-01-13" },
    { "--subject", AN, "--onset", "1970-01-13", "--explain", "x" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++) {
    g_assert_cmpint (trace_program_run (program, NULL, "contacts", questions[i][0], questions[i][1],
                                        questions[i][2], questions[i][3], questions[i][4],
                                        questions[i][5], NULL),
                     ==, 2);
    g_assert_cmpstr (program->output, ==, "");
    g_assert_cmpstr (program->errors, !=, "");
  }
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--subject", AN, "--onset",
                                      "1970-01-13", "--sample", "1970-01-13", NULL),
                   ==, 2);
}

// The windows on both sides of where the question begins are one stay: 900 s of it are asked for.
static void
test_cuts_what_was_heard_as_one (TraceProgram *program, gconstpointer engine)
{
  static const char heard[] =
      HEADER AN ",cho,main,1020000,1020300,ble,k3,1\n" AN ",cho,main,1020800,1021400,ble,k3,2\n" CHI
                ",cho,main,1019000,1023000,qr,k3,3\n";
  g_assert_cmpint (trace_program_run (program, heard, "import", "--any-date", NULL), ==, 0);
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--subject", AN, "--from",
                                      "1020500", "--to", "1030000", NULL),
                   ==, 0);
  g_assert_nonnull (strstr (program->output, "\n1," CHI ",1021400,900,1020500,1021400,cho,"));
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--subject", AN, "--from",
                                      "1020500", "--to", "1030000", "--explain", CHI, NULL),
                   ==, 0);
  g_assert_nonnull (strstr (program->output, "900 s together"));
}

static void
import_as (TraceProgram *program, const char *identity, const char *rest)
{
  guint8 subject[TRACE_SUBJECT_SIZE];
  char digits[2 * TRACE_SUBJECT_SIZE + 1];
  trace_keys_make_subject (program->keys, identity, strlen (identity), subject);
  trace_subject_write (subject, digits);
  g_autofree char *rows = g_strconcat (HEADER, digits, rest, NULL);
  g_assert_cmpint (trace_program_run (program, rows, "import", "--any-date", NULL), ==, 0);
}

#define TAG_ID "000102030405060708090a0b0c0d0e0f"
#define CARD   "079090012345||Trần Thị Thử|15081990|Nam|1 Phố Thử, Quận 1|01012022"

static void
test_finds_a_card_by_its_code (TraceProgram *program, gconstpointer engine)
{
  import_as (program, "cccd:079090012345", ",quan-an,main,1002000,1003600,qr,k1,3\n");
  g_assert_cmpint (trace_program_run (program, CARD, "contacts", "--credential", "-", "--keys",
                                      trace_keys_get_folder (program->keys), "--from", "990000",
                                      "--to", "1020000", NULL),
                   ==, 0);
  g_assert_nonnull (strstr (program->output, "\n1," BA ",1002900,1600,"));
  g_assert_nonnull (strstr (program->output, "\n1," AN ",1002900,1600,"));
  g_assert_null (strstr (program->errors, "0790"));
}

// However a tag is written down: as its subject, as the configuration has it, as a label may.
static void
test_finds_a_tag_by_its_name (TraceProgram *program, gconstpointer engine)
{
  static const char *const names[] = { "tag:eddystone-uid:" TAG_ID "\n", "eddystone-uid:" TAG_ID,
                                       " eddystone-uid:000102030405060708090A0B0C0D0E0F\r\n" };
  import_as (program, "tag:eddystone-uid:" TAG_ID, ",quan-an,main,1002000,1003600,ble,k1,3\n");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_assert_cmpint (trace_program_run (program, names[i], "contacts", "--credential", "-",
                                        "--keys", trace_keys_get_folder (program->keys), "--from",
                                        "990000", "--to", "1020000", NULL),
                     ==, 0);
    g_assert_nonnull (strstr (program->output, "\n1," BA ",1002900,1600,"));
  }
}

static void
test_tells_nothing_of_a_code_it_cannot_read (TraceProgram *program, gconstpointer engine)
{
  static const char *const codes[] = { "", "bí mật 0790900123", "https://example.org/bi-mat" };
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++) {
    g_assert_cmpint (trace_program_run (program, codes[i], "contacts", "--credential", "-",
                                        "--keys", trace_keys_get_folder (program->keys), "--from",
                                        "990000", "--to", "1020000", NULL),
                     ==, 2);
    g_assert_null (strstr (program->errors, "mật"));
    g_assert_null (strstr (program->errors, "mat"));
    g_assert_null (strstr (program->errors, "0790"));
  }
  g_assert_cmpint (trace_program_run (program, CARD, "contacts", "--credential", "-", "--keys",
                                      "/nowhere", "--from", "990000", "--to", "1020000", NULL),
                   ==, 2);
}

#define KEY                                                                                        \
  "{\"data\":[{\"daily_key\":"                                                                     \
  "\"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\","                          \
  "\"time_start\":1036800,\"max\":96,\"time_end\":1123199}]}"

// A phone's first two identifiers are beside An's card for 600 s each; somebody sends the first one
// again at the station, beside Chi.
static void
test_finds_a_phone_by_published_keys (TraceProgram *program, gconstpointer engine)
{
  static const char rows[] =
      HEADER AN ",cho,main,1036800,1039000,qr,k1,4\n" CHI ",ben-xe,main,1050000,1060000,qr,k2,4\n";
  g_autofree char *path = trace_program_write (program, "keys.json", KEY, -1);
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--bluezone-keys", path, "--keys",
                                      trace_keys_get_folder (program->keys), "--from", "1036800",
                                      "--to", "1123200", NULL),
                   ==, 1);
  g_assert_true (g_str_has_suffix (program->errors, "of 96 identifiers kiosks have heard none so "
                                                    "far\n"));
  import_as (program, "beacon:bluezone:130cea6472130c185d8643df",
             ",cho,main,1037000,1037600,ble,k1,5\n");
  import_as (program, "beacon:bluezone:893dae342437130ce5e23837",
             ",cho,main,1037700,1038300,ble,k1,6\n");
  import_as (program, "beacon:bluezone:130cea6472130c185d8643df",
             ",ben-xe,main,1050000,1055000,ble,k2,7\n");
  g_assert_cmpint (trace_program_run (program, rows, "import", "--any-date", NULL), ==, 0);
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--bluezone-keys", path, "--keys",
                                      trace_keys_get_folder (program->keys), "--from", "1036800",
                                      "--to", "1123200", NULL),
                   ==, 0);
  g_assert_nonnull (strstr (program->output, "\n1," AN ","));
  g_assert_null (strstr (program->output, CHI));
  g_assert_nonnull (strstr (program->errors, "of 96 identifiers kiosks heard 2\n"));
  g_assert_cmpint (trace_program_run (program, KEY "x", "contacts", "--bluezone-keys", "-",
                                      "--keys", trace_keys_get_folder (program->keys), "--from",
                                      "1036800", "--to", "1123200", NULL),
                   ==, 2);
  g_assert_nonnull (strstr (program->errors, "bluezone keys: not JSON"));
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--bluezone-keys", "/nowhere",
                                      "--keys", trace_keys_get_folder (program->keys), "--from",
                                      "1036800", "--to", "1123200", NULL),
                   ==, 3);
}

static int
explain (TraceProgram *program, const char *subject, const char *format)
{
  return trace_program_run (program, NULL, "contacts", "--subject", AN, "--from", "990000", "--to",
                            "1020000", "--explain", subject, "--format", format, NULL);
}

static void
test_explains_the_path (TraceProgram *program, gconstpointer engine)
{
  g_assert_cmpint (explain (program, CHI, "tree"), ==, 0);
  g_assert_cmpstr (
      program->output, ==,
      "rule default, version 1 (in force from 2026-01-01: Trạm Xanh: 15 minutes "
      "within 24 hours in the same zone of a venue)\n"
      "  900 s together within 86400 s; 0 s from an exposure to being infectious\n"
      "F0 " AN "\n"
      "F1 " BA "\n"
      "  exposed 1970-01-12T21:31:40+07:00 by F0 " AN ", 1800 s together\n"
      "    quan-an, main  1970-01-12T21:16:40+07:00 to 1970-01-12T21:46:40+07:00  1800 s\n"
      "      " AN "  qr  k1 #1  1970-01-12T20:46:40+07:00 to 1970-01-12T21:46:40+07:00\n"
      "      " BA "  qr  k1 #2  1970-01-12T21:16:40+07:00 to 1970-01-12T22:16:40+07:00\n"
      "F2 " CHI "\n"
      "  exposed 1970-01-12T23:58:20+07:00 by F1 " BA ", 1400 s together\n"
      "    ben-xe, main  1970-01-12T23:43:20+07:00 to 1970-01-13T00:06:40+07:00  1400 s\n"
      "      " BA "  qr  k2 #1  1970-01-12T23:33:20+07:00 to 1970-01-13T00:06:40+07:00\n"
      "      " CHI "  ble  k2 #2  1970-01-12T23:43:20+07:00 to 1970-01-13T00:40:00+07:00\n"
      "      in doubt: a beacon that can be imitated\n"
      "  rests on: a beacon that can be imitated\n"
      "  WEAK: beyond doubt they shared 0 s, which is no contact\n");
  g_assert_cmpint (explain (program, AN, "tree"), ==, 0);
  g_assert_true (g_str_has_suffix (program->output, "F0 " AN "\n"));
  g_assert_cmpint (explain (program, "000000000000000000000000000000d4", "tree"), ==, 1);
  g_assert_cmpstr (program->output, ==, "");
}

static JsonObject *
parse (const char *text, JsonParser *parser)
{
  g_assert_true (json_parser_load_from_data (parser, text, -1, NULL));
  return json_node_get_object (json_parser_get_root (parser));
}

static void
test_explains_as_json (TraceProgram *program, gconstpointer engine)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_assert_cmpint (explain (program, CHI, "json"), ==, 0);
  JsonObject *answer = parse (program->output, parser);
  g_assert_cmpint (json_object_get_int_member (answer, "level"), ==, 2);
  JsonArray *path = json_object_get_array_member (answer, "path");
  g_assert_cmpuint (json_array_get_length (path), ==, 2);
  JsonObject *step = json_array_get_object_element (path, 0);
  g_assert_false (json_object_get_boolean_member (step, "weak"));
  g_assert_cmpint (json_object_get_int_member (step, "sure_s"), ==, 1800);
  step = json_array_get_object_element (path, 1);
  g_assert_true (json_object_get_boolean_member (step, "weak"));
  g_assert_cmpstr (json_object_get_string_member (step, "via"), ==, BA);
  JsonObject *span =
      json_array_get_object_element (json_object_get_array_member (step, "spans"), 0);
  g_assert_cmpint (json_object_get_int_member (span, "seconds"), ==, 1400);
  JsonObject *record =
      json_array_get_object_element (json_object_get_array_member (span, "records"), 0);
  g_assert_cmpstr (json_object_get_string_member (record, "kiosk"), ==, "k2");
  g_assert_cmpint (json_object_get_int_member (record, "seq"), ==, 2);
}

// What is left when the doubtful part is taken away decides whether a contact is weak.
static void
test_says_what_rests_on_doubt (TraceProgram *program, gconstpointer engine)
{
  static const struct {
    gint64 static_s, sure_s;
    gboolean is_weak;
  } cases[] = { { 1000, 100, TRUE }, { 1000, 950, FALSE }, { 100, 1000, FALSE } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 dung[TRACE_SUBJECT_SIZE] = { 0xd4, (guint8) i };
    char digits[2 * TRACE_SUBJECT_SIZE + 1];
    TraceArrival arrival = { .venue = "quan-an",
                             .zone = "main",
                             .arrived_s = 1000000,
                             .left_s = 1000000 + cases[i].static_s,
                             .doubts = TRACE_DOUBT_STATIC,
                             .kiosk = "k1",
                             .seq = 10 + i };
    memcpy (arrival.subject, dung, sizeof dung);
    trace_program_put (program, &arrival);
    arrival.arrived_s = 1002000;
    arrival.left_s = 1002000 + cases[i].sure_s;
    arrival.doubts = 0;
    arrival.seq += 100;
    trace_program_put (program, &arrival);
    trace_subject_write (dung, digits);
    g_assert_cmpint (explain (program, digits, "tree"), ==, 0);
    g_assert_cmpint (strstr (program->output, "\n  WEAK: ") != NULL, ==, cases[i].is_weak);
    g_assert_nonnull (strstr (program->output, "in doubt: a code that can be copied\n"));
  }
}

static void
test_the_tree_says_what_is_in_doubt (TraceProgram *program, gconstpointer engine)
{
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--subject", AN, "--from",
                                      "990000", "--to", "1020000", "--format", "tree", NULL),
                   ==, 0);
  g_assert_nonnull (strstr (program->output, "30 min  quan-an, main\n"));
  g_assert_nonnull (strstr (program->output, "23 min  ben-xe, main  (rests on: a beacon that can "
                                             "be imitated)\n"));
}

static void
test_shows_when_nobody_looked (TraceProgram *program, gconstpointer engine)
{
  g_autoptr (TraceStore) store = trace_program_open_store (program);
  g_assert_true (trace_db_run_script (
      trace_store_get_db (store),
      "INSERT INTO gap (venue, zone, from_s, to_s, slack_s, what, stream, seq) VALUES"
      " ('ben-xe', 'main', 1011000, 1011300, 0, 'radio', 1, 1),"
      " ('ben-xe', 'main', 1013000, 1013300, 0, 'camera', 1, 2),"    // after
      " ('ben-xe', 'back', 1011000, 1011300, 0, 'power', 1, 3),"     // elsewhere
      " ('quan-an', 'main', 1003700, 1003800, 200, 'power', 1, 4);", // its clock may be wrong
      NULL));
  g_assert_cmpint (explain (program, CHI, "tree"), ==, 0);
  g_assert_nonnull (strstr (program->output,
                            "      nobody looked (radio): 1970-01-12T23:50:00+07:00 to "
                            "1970-01-12T23:55:00+07:00\n"));
  g_assert_nonnull (strstr (program->output, "nobody looked (power): 1970-01-12T21:48:20+07:00"));
  g_assert_null (strstr (program->output, "camera"));
  g_assert_null (strstr (strstr (program->output, "F2"), "power"));
}

// Hundreds of short gaps are one line, in which a second that two of them hold is one second; long
// ones, and those of which there are few, have a line each.
static void
test_sums_short_gaps (TraceProgram *program, gconstpointer engine)
{
  g_autoptr (TraceStore) store = trace_program_open_store (program);
  g_autoptr (GString) script =
      g_string_new ("INSERT INTO gap (venue, zone, from_s, to_s, slack_s, what, stream, seq) VALUES"
                    " ('ben-xe', 'main', 1010650, 1010710, 0, 'radio', 1, 1),"
                    " ('ben-xe', 'main', 1010700, 1010712, 0, 'camera', 1, 2),"
                    " ('ben-xe', 'main', 1011010, 1011015, 0, 'radio', 1, 3)");
  for (guint i = 0; i < 300; i++)
    g_string_append_printf (script, ", ('ben-xe', 'main', %u, %u, 0, 'radio', 1, %u)",
                            1010720 + 4 * i, 1010722 + 4 * i, 10 + i);
  g_string_append_c (script, ';');
  g_assert_true (trace_db_run_script (trace_store_get_db (store), script->str, NULL));
  g_assert_cmpint (explain (program, CHI, "tree"), ==, 0);
  const char *told = strstr (program->output, "      nobody looked");
  g_assert_nonnull (told);
  g_assert_true (g_str_has_prefix (
      told, "      nobody looked (radio): 1970-01-12T23:44:10+07:00 to 1970-01-12T23:45:10+07:00\n"
            "      nobody looked (camera): 1970-01-12T23:45:00+07:00 to 1970-01-12T23:45:12+07:00\n"
            "      nobody looked (radio) for moments: 301 gaps, 603 s in all, "
            "1970-01-12T23:45:20+07:00 to 1970-01-13T00:05:18+07:00\n"
            "  rests on:"));
}

#define NOBODY "0000000000000000000000000000dead"
#define WHEN   "--from", "990000", "--to", "1020000"

// Whom nobody recorded has no answer; who met nobody has one.
static void
test_tells_the_unknown_from_the_lonely (TraceProgram *program, gconstpointer engine)
{
  static const char none[] = "the store knows no such subject\n";
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--subject", NOBODY, WHEN, NULL),
                   ==, 1);
  g_assert_cmpstr (program->output, ==, "");
  g_assert_true (g_str_has_suffix (program->errors, none));
  g_assert_cmpint (trace_program_run (program, NULL, "venues", "--subject", NOBODY, WHEN, NULL), ==,
                   1);
  g_assert_true (g_str_has_suffix (program->errors, none));
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--subject", AN, WHEN, "--explain",
                                      NOBODY, NULL),
                   ==, 1);
  g_assert_true (g_str_has_suffix (program->errors, none));
  g_assert_cmpint (trace_program_run (program, NULL, "export", "--subject", NOBODY, WHEN,
                                      "--officer", "lan", "--format", "csv", NULL),
                   ==, 1);
  g_assert_cmpstr (program->output, ==, "");
  g_assert_true (g_str_has_suffix (program->errors, none));
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--subject", CHI, "--from", "1",
                                      "--to", "2", NULL),
                   ==, 0);
  g_assert_cmpint (trace_program_run (program, NULL, "venues", "--subject", CHI, "--from", "1",
                                      "--to", "2", NULL),
                   ==, 0);
  g_assert_cmpstr (program->output, ==, "subject,venue,zone,arrived,left,evidence\n");
}

static void
test_tells_the_unknown_venue_from_the_empty (TraceProgram *program, gconstpointer engine)
{
  static const char none[] = "the store knows no such venue\n";
  g_assert_cmpint (trace_program_run (program, NULL, "present", "--venue", "quan-am", WHEN, NULL),
                   ==, 1);
  g_assert_cmpstr (program->output, ==, "");
  g_assert_true (g_str_has_suffix (program->errors, none));
  g_assert_cmpint (trace_program_run (program, NULL, "export", "--venue", "quan-am", WHEN,
                                      "--officer", "lan", "--format", "csv", NULL),
                   ==, 1);
  g_assert_true (g_str_has_suffix (program->errors, none));
  g_assert_cmpint (trace_program_run (program, NULL, "present", "--venue", "quan-an", "--from", "1",
                                      "--to", "2", NULL),
                   ==, 0);
  g_assert_cmpstr (program->output, ==, "subject,venue,zone,arrived,left,evidence\n");
  g_autoptr (TraceStore) store = trace_program_open_store (program); // a kiosk that is new there
  g_assert_true (trace_db_run (trace_store_get_db (store),
                               "INSERT INTO kiosk (id, key, venue, zone, profile, enrolled_ms)"
                               " VALUES ($1, $1, 'cho', 'main', 'default', 1)",
                               TRACE_VALUES (TRACE_BYTES (AN, 16)), NULL, NULL));
  g_assert_cmpint (trace_program_run (program, NULL, "present", "--venue", "cho", WHEN, NULL), ==,
                   0);
}

// A name that was mistyped is not a store without anybody in it.
static void
test_makes_no_store_to_ask_it (TraceProgram *program, gconstpointer engine)
{
  static const char *const asking[][6] = {
    { "contacts", "--subject", AN, "--from", "1", "--to=2" },
    { "venues", "--subject", AN, "--from", "1", "--to=2" },
    { "present", "--venue", "quan-an", "--from", "1", "--to=2" },
    { "export", "--venue=quan-an", "--from=1", "--to=2", "--officer=lan", "--format=csv" },
    { "case", "list" },
    { "audit", "verify" },
    { "kiosks" },
    { "revoke", AN },
    { "officer", "list" },
    { "officer", "remove", "lan" },
    { "reveal", "--case=C", "--key=k", "--officer=lan", "--reason=r" },
    { "retain", "--days", "3" },
    { "stats", "--json" },
  };
  g_free (program->uri);
  program->uri = engine != NULL && trace_engine_is_postgres (engine)
                     ? trace_engine_make_uri ((gpointer) engine)
                     : g_strdup_printf ("sqlite:%s/croe.db", program->folder);
  for (gsize i = 0; i < G_N_ELEMENTS (asking); i++) {
    const char *const *words = asking[i];
    g_assert_cmpint (trace_program_run (program, NULL, words[0], words[1], words[2], words[3],
                                        words[4], words[5], NULL),
                     ==, 3);
    g_assert_cmpstr (program->output, ==, "");
    g_assert_nonnull (strstr (program->errors, "there is no"));
    g_assert_nonnull (strstr (program->errors, "import, serve, enroll and officer add make one\n"));
  }
  g_assert_cmpint (trace_program_run (program, NULL, "index", NULL), ==,
                   g_str_has_prefix (program->uri, "postgres:") ? 2 : 3);
  g_assert_false (trace_program_has (program, "croe.db"));
  g_assert_cmpint (trace_program_run (program, town, "import", "--any-date", NULL), ==, 0);
  g_assert_cmpint (trace_program_run (program, NULL, "stats", NULL), ==, 0);
}

// Where an answer ends that is asked until now. (transfer full)
static char *
without_now (const char *errors)
{
  const char *to = strstr (errors, " to ");
  return to != NULL ? g_strndup (errors, (gsize) (to - errors)) : g_strdup (errors);
}

// The officer's day is Việt Nam's, whatever the server, or the officer's own machine, has for a
// zone.
static void
test_days_are_those_of_vietnam (TraceProgram *program, gconstpointer engine)
{
  static const char *const zones[] = { "Asia/Ho_Chi_Minh", "UTC", "America/New_York", "XYZ-14" };
  static const char *const questions[][8] = {
    { "contacts", "--subject", AN, "--onset", "1970-01-14" },
    { "contacts", "--subject", AN, "--onset", "1970-01-14", "--format", "tree" },
    { "contacts", "--subject", AN, "--onset", "1970-01-14", "--summary", "day" },
    { "contacts", "--subject", AN, "--onset", "1970-01-14", "--explain", CHI },
    { "contacts", "--subject", AN, "--from", "1970-01-12T20:46:40", "--to", "1970-01-13T02:20:00" },
    { "venues", "--subject", BA, "--from", "1970-01-12T23:33:20", "--to", "1970-01-12T23:33:21" },
    { "present", "--venue", "ben-xe", "--from", "1970-01-13T00:30:00", "--to=1970-01-13T01:00:00" },
    { "export", "--subject", AN, "--onset", "1970-01-14", "--officer=lan", "--format=csv" },
    { "stats" },
  };
  static const char *const wanted[G_N_ELEMENTS (questions)] = {
    "\n1," BA ",1002700,",
    "  1970-01-12T23:58:20+07:00",
    "day,level,contacts\n1970-01-12,1,1\n1970-01-12,2,1\n",
    "exposed 1970-01-12T21:31:40+07:00 by F0",
    "\n1," BA ",1002700,",
    "evidence\n" BA ",ben-xe,main,1010000,1012000,qr\n",
    "evidence\n" CHI ",ben-xe,main,1010600,1014000,ble\n",
    "1970-01-12T21:31:40+07:00",
    "first    1000000\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++) {
    g_autofree char *output = NULL, *errors = NULL;
    for (gsize j = 0; j < G_N_ELEMENTS (zones); j++) {
      const char *const *words = questions[i];
      trace_program_set_environment (program, "TZ", zones[j]);
      g_assert_cmpint (trace_program_run (program, NULL, words[0], words[1], words[2], words[3],
                                          words[4], words[5], words[6], words[7], NULL),
                       ==, 0);
      g_assert_nonnull (strstr (program->output, wanted[i]));
      if (output == NULL) {
        output = g_strdup (program->output);
        errors = without_now (program->errors);
      }
      g_autofree char *now_errors = without_now (program->errors);
      g_assert_cmpstr (program->output, ==, output);
      g_assert_cmpstr (now_errors, ==, errors);
    }
  }
}

// A time without a zone is said back with it.
static void
test_tells_the_zone_it_asked_in (TraceProgram *program, gconstpointer engine)
{
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--subject", AN, "--from",
                                      "1970-01-12T20:46:40", "--to", "1970-01-13T00:00:00Z", NULL),
                   ==, 0);
  g_assert_nonnull (strstr (program->errors, ": from 1970-01-12T20:46:40+07:00 to "
                                             "1970-01-13T07:00:00+07:00, rule default"));
  g_assert_cmpint (trace_program_run (program, NULL, "contacts", "--subject", AN, "--profile",
                                      "VN-2021-12", "--onset", "1970-01-14", NULL),
                   ==, 0);
  g_assert_nonnull (strstr (program->errors, ": from 1970-01-12T00:00:00+07:00 to "));
  g_assert_cmpint (trace_program_run (program, NULL, "venues", "--subject", AN, "--from",
                                      "yesterday", "--to", "2", NULL),
                   ==, 2);
  g_assert_nonnull (strstr (program->errors, "(without a zone +07:00)"));
}

static void
add_cases (TraceEngine *engine)
{
#define ADD(name, function)                                                                        \
  TRACE_ENGINE_ADD (engine, "contacts", name, TraceProgram, set_up, function, tear_down)
  ADD ("cuts-what-was-heard-as-one", test_cuts_what_was_heard_as_one);
  ADD ("finds-a-card-by-its-code", test_finds_a_card_by_its_code);
  ADD ("finds-a-phone-by-published-keys", test_finds_a_phone_by_published_keys);
  ADD ("explains-the-path", test_explains_the_path);
  ADD ("shows-when-nobody-looked", test_shows_when_nobody_looked);
  ADD ("sums-short-gaps", test_sums_short_gaps);
  ADD ("tells-the-unknown-from-the-lonely", test_tells_the_unknown_from_the_lonely);
  ADD ("tells-the-unknown-venue-from-the-empty", test_tells_the_unknown_venue_from_the_empty);
  ADD ("makes-no-store-to-ask-it", test_makes_no_store_to_ask_it);
  ADD ("days-are-those-of-vietnam", test_days_are_those_of_vietnam);
  if (trace_engine_is_postgres (engine))
    return;
  ADD ("tells-the-zone-it-asked-in", test_tells_the_zone_it_asked_in);
  ADD ("lists-the-rules", test_lists_the_rules);
  ADD ("refuses-an-odd-rule-by-its-line", test_refuses_an_odd_rule_by_its_line);
  ADD ("a-profile-fills-the-question", test_a_profile_fills_the_question);
  ADD ("explicit-options-win", test_explicit_options_win);
  ADD ("refuses-odd-questions", test_refuses_odd_questions);
  ADD ("finds-a-tag-by-its-name", test_finds_a_tag_by_its_name);
  ADD ("tells-nothing-of-a-code-it-cannot-read", test_tells_nothing_of_a_code_it_cannot_read);
  ADD ("explains-as-json", test_explains_as_json);
  ADD ("says-what-rests-on-doubt", test_says_what_rests_on_doubt);
  ADD ("the-tree-says-what-is-in-doubt", test_the_tree_says_what_is_in_doubt);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  return trace_engines_run (add_cases);
}
