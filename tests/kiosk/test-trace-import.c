// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What people send, and what they are told about it.

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "tests/kiosk/trace-program.h"

#define HEADER      "subject,venue,zone,arrived,left,evidence,kiosk,seq\n"
#define AN          "000000000000000000000000000000a1"
#define BA          "000000000000000000000000000000b2"
#define OWN         "A00000000000000000000001"
#define NEAR        "B00000000000000000000002"
#define FAR         "C00000000000000000000003"
#define SUBJECT(id) "5458425a" id // as TXBZ and the identifier's bytes
#define PATIENCE_US (120 * G_USEC_PER_SEC)

typedef struct {
  TraceProgram program;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  trace_program_init (&fixture->program, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  trace_program_clear (&fixture->program);
}

static void
check_count (Fixture *fixture, int n_stays)
{
  g_autofree char *wanted = g_strdup_printf ("{\"stays\":%d,", n_stays);
  g_assert_cmpint (trace_program_run (&fixture->program, NULL, "stats", "--json", NULL), ==, 0);
  g_assert_true (g_str_has_prefix (fixture->program.output, wanted));
}

static int
import (Fixture *fixture, const char *text, const char *option, const char *value)
{
  return trace_program_run (&fixture->program, text, "import", "--any-date", option, value, NULL);
}

static void
test_takes_every_kind_of_table (Fixture *fixture, gconstpointer unused)
{
  static const char *const tables[] = {
    HEADER AN ",v,z,1,2,qr,k,1\n",
    "\xEF\xBB\xBF" HEADER AN ",v,z,1,2,qr,k,1",
    "subject;venue;zone;arrived;left;evidence;kiosk;seq\r\n" AN ";v;z;1;2;qr;k;1\r\n",
    "subject\tvenue\tzone\tarrived\tleft\tevidence\tkiosk\tseq\r" AN "\tv\tz\t1\t2\tqr\tk\t1\r",
    " Subject ,VENUE,zone,arrived,left,evidence,kiosk,seq\n\n# paper of May\n" AN
    ",v,z, 1 ,2 ,qr,k,1\n",
    "seq,kiosk,evidence,left,arrived,zone,venue,subject\n1,k,qr,2,1,z,v," AN "\n",
    HEADER AN ",v,z,1970-01-01T07:00:01+07:00,1970-01-01T00:00:02Z,qr,k,1\n",
    HEADER AN ",v,z,1,2,qr,k,1\n#rows,1,Hà,tramxanh-guests/1\n",
  };
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_assert_cmpint (import (fixture, tables[i], NULL, NULL), ==, 0);
    g_assert_cmpstr (fixture->program.output, ==,
                     i == 0 ? "{\"rows\":1,\"new\":1}\n" : "{\"rows\":1,\"new\":0}\n");
  }
  g_assert_cmpint (import (fixture, "subject|venue\n", "--separator", ","), ==, 1);
  g_assert_cmpint (import (fixture, HEADER, "--separator", "|"), ==, 2);
  g_assert_cmpint (import (fixture, HEADER, "--lang", "fr"), ==, 2);
}

static void
test_refuses_other_files (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    const char *bytes;
    gsize len;
    const char *why;
  } files[] = {
    { "", 0, "no header" },
    { "\xFF\xFEs\0u\0", 6, "UTF-16" },
    { "\xFE\xFF\0s\0u", 6, "UTF-16" },
    { "PK\x03\x04xl/workbook.xml", 20, "CSV UTF-8" },
    { "\x1F\x8B\x08\0\0", 5, "unpack" },
    { "\xD0\xCF\x11\xE0\xA1\xB1", 6, "(xls)" },
    { HEADER "\0", sizeof HEADER, "zero byte" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path =
        trace_program_write (&fixture->program, "file", files[i].bytes, (gssize) files[i].len);
    g_assert_cmpint (import (fixture, NULL, path, NULL), ==, 1);
    if (strstr (fixture->program.errors, files[i].why) == NULL)
      g_error ("%s, but: %s", files[i].why, fixture->program.errors);
  }
  g_autofree char *folder = g_strdup (fixture->program.folder);
  g_assert_cmpint (import (fixture, NULL, folder, NULL), ==, 3);
  check_count (fixture, 0);
}

static void
test_refuses_wrong_headers (Fixture *fixture, gconstpointer unused)
{
  static const char without[] = "subject,venue,zone,arrived,left,kiosk,seq\n";
  static const char twice[] = "subject,venue,zone,arrived,left,evidence,kiosk,seq,Venue\n";
  static const char extra[] =
      "subject,venue,zone,arrived,left,evidence,kiosk,seq,colour\n" AN ",v,z,1,2,qr,k,1,red\n";
  g_assert_cmpint (import (fixture, without, NULL, NULL), ==, 1);
  g_assert_nonnull (strstr (fixture->program.errors, "row 1, column evidence: missing"));
  g_assert_cmpint (import (fixture, twice, NULL, NULL), ==, 1);
  g_assert_nonnull (strstr (fixture->program.errors, "row 1, column 9: twice"));
  g_assert_cmpint (import (fixture, extra, NULL, NULL), ==, 1);
  g_assert_nonnull (strstr (fixture->program.errors, "row 1, column 9: no column"));
  // Without a header the first line is about somebody: it is not repeated.
  g_assert_cmpint (import (fixture, "Nguyễn Văn An,0912345678\n", NULL, NULL), ==, 1);
  g_assert_null (strstr (fixture->program.errors, "Nguy"));
  g_assert_cmpint (import (fixture, extra, "--ignore-extra", NULL), ==, 0);
  check_count (fixture, 1);
}

static void
test_tells_a_hundred_faults_in_vietnamese (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GString) text = g_string_new (HEADER AN ",v,z,1,2,qr,k,1\n");
  for (guint i = 0; i < 130; i++)
    g_string_append (text, AN ",v,z,5,4,qr,k,1\n");
  g_assert_cmpint (import (fixture, text->str, "--lang", "vi"), ==, 1);
  g_assert_nonnull (strstr (fixture->program.errors, "không nhận dòng nào"));
  g_assert_nonnull (
      strstr (fixture->program.errors, "dòng 3, cột left: không muộn hơn lúc đến\ndòng 4"));
  g_assert_nonnull (strstr (fixture->program.errors, "dòng 102, cột left"));
  g_assert_null (strstr (fixture->program.errors, "dòng 103"));
  g_assert_nonnull (strstr (fixture->program.errors, "… 30 lỗi nữa"));
  trace_program_set_environment (&fixture->program, "LANGUAGE", "vi");
  trace_program_set_environment (&fixture->program, "LC_ALL", "vi_VN.UTF-8");
  g_assert_cmpint (import (fixture, text->str, "--dry-run", NULL), ==, 1);
  g_assert_nonnull (strstr (fixture->program.errors, "dòng 3"));
  g_ptr_array_set_size (fixture->program.environment, 0);
  check_count (fixture, 0);
}

static void
test_the_last_row_counts (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GString) text = g_string_new (HEADER);
  for (guint i = 0; i < 199998; i++)
    g_string_append_printf (text, "%032x,v,,%u,%u,qr,k,%u\n", i % 5000, i, i + 60, i + 1);
  g_string_append (text, AN ",v,,5,4,qr,k,1\n");
  g_assert_cmpint (import (fixture, text->str, NULL, NULL), ==, 1);
  g_assert_nonnull (strstr (fixture->program.errors, "row 200000, column left"));
  check_count (fixture, 0);
}

static void
test_takes_ndjson (Fixture *fixture, gconstpointer unused)
{
  static const char lines[] =
      "{\"subject\":\"" AN "\",\"venue\":\"bến xe\",\"zone\":\"\",\"arrived\":1000,\"left\":2000,"
      "\"evidence\":\"qr\",\"kiosk\":\"k\",\"seq\":1}\n\n"
      "{\"subject\":\"" BA "\",\"venue\":\"bến xe\",\"arrived\":\"1970-01-01T07:20:00+07:00\","
      "\"left\":null,\"evidence\":\"manual\"}\n";
  static const struct {
    const char *line, *why;
  } wrong[] = {
    { "{\"subject\":\"" AN "\",\"venue\":\"v\",\"arrived\":1.5,\"evidence\":\"qr\"}",
      "row 1: not a" },
    { "{\"subject\":\"" AN "\",\"venue\":[\"v\"],\"arrived\":1,\"evidence\":\"qr\"}",
      "row 1: not a" },
    { "{\"subject\":\"" AN "\",\"venue\":\"v\",\"arrived\":1,\"evidence\":\"qr\",\"x\":1}",
      "row 1: no column" },
    { "{\"subject\":\"" AN "\",\"venue\":\"\\ud800\",\"arrived\":1,\"evidence\":\"qr\"}", "row 1" },
    { "{\"subject\":\"" AN "\",\"venue\":\"a\\u202eb\",\"arrived\":1,\"evidence\":\"qr\"}",
      "column venue: hidden" },
    { "{\"subject\":\"" AN "\",\"venue\":\"v\",\"arrived\":\"2023-02-30T00:00:00Z\"}",
      "column arrived: not a time" },
    { "{\"subject\":\"" AN "\",\"venue\":\"v\",\"arrived\":\"2023-02-03T00:00:00\"}",
      "column arrived: a time without its zone" },
    { "{\"note\":\"hello\"}", "column note" },
    { "[]", "row 1: not a" },
    { "{\"rows\":3}", "a part is missing" },
  };
  g_assert_cmpint (import (fixture, lines, "--format", "ndjson"), ==, 0);
  g_assert_cmpstr (fixture->program.output, ==, "{\"rows\":2,\"new\":2}\n");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_cmpint (import (fixture, wrong[i].line, "--format", "ndjson"), ==, 1);
    if (strstr (fixture->program.errors, wrong[i].why) == NULL)
      g_error ("%s, but: %s", wrong[i].why, fixture->program.errors);
  }
  g_assert_cmpint (import (fixture, "{\"guests\":{}}", "--format", "iris"), ==, 1);
  g_assert_nonnull (strstr (fixture->program.errors, "no list of this format"));
  g_assert_cmpint (import (fixture, "[{\"riskReason\":\"near\"}]", "--format", "godata"), ==, 1);
  g_assert_nonnull (strstr (fixture->program.errors, "row 1"));
  check_count (fixture, 2);
}

// OWN hears NEAR for half an hour, and FAR at the same time.
static char *
make_history (void)
{
  GString *history = g_string_new (NULL);
  for (gint64 ms = 1605000000123; ms < 1605001800000; ms += 240000) {
    g_string_append_printf (history, OWN "\t" NEAR "\t-67\t%" G_GINT64_FORMAT "\n", ms);
    g_string_append_printf (history, OWN "\t" FAR "\t-89\t%" G_GINT64_FORMAT "\n", ms + 7);
  }
  return g_string_free (history, FALSE);
}

static void
test_bluezone_comes_back (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *history = make_history ();
  g_assert_cmpint (import (fixture, history, "--format", "bluezone"), ==, 0);
  g_assert_nonnull (strstr (fixture->program.output, "\"rows\":16,\"new\":32}"));
  g_assert_cmpint (import (fixture, history, "--format", "bluezone"), ==, 0);
  g_assert_nonnull (strstr (fixture->program.output, "\"new\":0}"));
  g_assert_cmpint (trace_program_run (&fixture->program, NULL, "export", "--officer", "Hà",
                                      "--format", "bluezone", "--venue", "bluezone:" OWN, "--from",
                                      "1600000000", "--to", "1610000000", NULL),
                   ==, 0);
  g_assert_cmpstr (fixture->program.output, ==, history);
  // NEAR has met OWN, and not FAR, whom it may never have been near.
  g_assert_cmpint (trace_program_run (&fixture->program, NULL, "contacts", "--subject",
                                      SUBJECT (NEAR), "--from", "1600000000", "--to", "1610000000",
                                      "--levels", "1", NULL),
                   ==, 0);
  g_autofree char *list = g_ascii_strdown (fixture->program.output, -1);
  g_autofree char *own = g_ascii_strdown (OWN, -1);
  g_autofree char *far = g_ascii_strdown ("5458425a" FAR ",", -1);
  g_assert_nonnull (strstr (list, own));
  g_assert_null (strstr (list, far));
}

static void
test_refuses_other_histories (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    const char *line, *why;
  } wrong[] = {
    { "A0000000000000000000001\t" NEAR "\t-67\t1605000000123\n", "row 1, column own" },
    { OWN "\tB0000000000000000000000G\t-67\t1605000000123\n", "row 1, column peer" },
    { OWN "\t" NEAR "\tloud\t1605000000123\n", "row 1, column rssi" },
    { OWN "\t" NEAR "\t-67\t-1\n", "row 1, column time" },
    { OWN "\t" NEAR "\t-67\n", "row 1: not as many columns" },
    { OWN "," NEAR ",-67,1605000000123\n", "row 1: not as many columns" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_cmpint (import (fixture, wrong[i].line, "--format", "bluezone"), ==, 1);
    if (strstr (fixture->program.errors, wrong[i].why) == NULL)
      g_error ("%s, but: %s", wrong[i].why, fixture->program.errors);
  }
  check_count (fixture, 0);
}

static gint64
get_size (Fixture *fixture, const char *name)
{
  g_autofree char *path = trace_program_get_path (&fixture->program, name);
  GStatBuf facts;
  return g_stat (path, &facts) == 0 ? facts.st_size : 0;
}

static void
test_killed (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GString) text = g_string_new (HEADER);
  for (guint i = 0; i < 400000; i++)
    g_string_append_printf (text, "%032x,v,,%u,%u,qr,k,%u\n", i, i, i + 60, i + 1);
  g_autofree char *path =
      trace_program_write (&fixture->program, "large.csv", text->str, (gssize) text->len);
  g_assert_cmpint (import (fixture, HEADER, NULL, NULL), ==, 0); // so that the store is there
  gint64 size = get_size (fixture, "core.db") + get_size (fixture, "core.db-wal");
  const char *const words[] = {
    "import", "--any-date", "--store", fixture->program.uri, path, NULL
  };
  g_autoptr (GSubprocess) child = trace_program_start (&fixture->program, words);
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  while (get_size (fixture, "core.db") + get_size (fixture, "core.db-wal") < size + 5000000)
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
  g_subprocess_send_signal (child, SIGKILL);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));
  g_assert_true (g_subprocess_get_if_signaled (child));
  check_count (fixture, 0);
  g_assert_cmpint (import (fixture, NULL, path, NULL), ==, 0);
  check_count (fixture, 400000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/trace/import/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("takes-every-kind-of-table", test_takes_every_kind_of_table);
  ADD ("refuses-other-files", test_refuses_other_files);
  ADD ("refuses-wrong-headers", test_refuses_wrong_headers);
  ADD ("tells-a-hundred-faults-in-vietnamese", test_tells_a_hundred_faults_in_vietnamese);
  ADD ("the-last-row-of-many-counts", test_the_last_row_counts);
  ADD ("takes-ndjson", test_takes_ndjson);
  ADD ("bluezone-comes-back", test_bluezone_comes_back);
  ADD ("refuses-other-histories", test_refuses_other_histories);
  ADD ("killed-it-keeps-nothing", test_killed);
  return g_test_run ();
}
