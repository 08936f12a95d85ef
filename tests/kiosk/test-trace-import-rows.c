// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rows that say something else about the same: what a store has after them, whichever engine and
// whichever row came first.

#include <string.h>

#include "kiosk/trace/trace-conflict.h"
#include "tests/kiosk/trace-postgres.h"
#include "tests/kiosk/trace-program.h"

#define HEADER "subject,venue,zone,arrived,left,evidence,kiosk,seq\n"
#define AN     "000000000000000000000000000000a1"
#define BA     "000000000000000000000000000000b2"
#define ALL    "--from", "1600000000", "--to", "1700000000"

static void
set_up (TraceProgram *program, gconstpointer engine)
{
  trace_program_init (program, (gpointer) engine);
}

static void
tear_down (TraceProgram *program, gconstpointer engine)
{
  trace_program_clear (program);
}

static int
import (TraceProgram *program, const char *rows)
{
  g_autofree char *table = g_strconcat (HEADER, rows, NULL);
  return trace_program_run (program, table, "import", NULL);
}

// What is in the store, without the header.
static char *
list_at (TraceProgram *program, const char *venue)
{
  g_assert_cmpint (trace_program_run (program, NULL, "present", "--venue", venue, ALL, NULL), ==,
                   0);
  return g_strdup (strchr (program->output, '\n') + 1);
}

static void
assert_at (TraceProgram *program, const char *venue, const char *wanted)
{
  g_autofree char *list = list_at (program, venue);
  g_assert_cmpstr (list, ==, wanted);
}

static void
assert_told (TraceProgram *program, const char *what)
{
  if (strstr (program->errors, what) == NULL)
    g_error ("%s, but: %s", what, program->errors);
}

static void
test_keeps_the_later_end (TraceProgram *program, gconstpointer engine)
{
  static const char shorter[] = AN ",v,z,1610000000,1610000300,manual,,\n";
  static const char longer[] = AN ",v,z,1610000000,1610007200,manual,,\n";
  static const char open[] = AN ",v,z,1610000000,,manual,,\n";
  static const char *const files[][3] = {
    { shorter, longer, open }, { longer, open, shorter }, { open, shorter, longer },
    { shorter, open, longer }, { longer, shorter, open }, { open, longer, shorter },
  };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    TraceProgram other;
    trace_program_init (&other, (gpointer) engine);
    g_autofree char *first = g_strconcat (files[i][0], i % 2 == 0 ? files[i][1] : "", NULL);
    g_autofree char *second = g_strconcat (i % 2 == 0 ? "" : files[i][1], files[i][2], NULL);
    g_assert_cmpint (import (&other, first), ==, 0);
    g_assert_cmpint (import (&other, second), ==, 0);
    assert_at (&other, "v", AN ",v,z,1610000000,1610007200,manual\n");
    g_assert_cmpint (import (&other, longer), ==, 0); // what is known changes nothing
    g_assert_cmpstr (other.output, ==, "{\"rows\":1,\"new\":0}\n");
    g_assert_cmpstr (other.errors, ==, "");
    trace_program_clear (&other);
  }
  g_assert_cmpint (import (program, shorter), ==, 0);
  g_assert_cmpstr (program->output, ==, "{\"rows\":1,\"new\":1}\n");
  g_assert_cmpint (import (program, longer), ==, 0); // corrected
  g_assert_cmpstr (program->output, ==, "{\"rows\":1,\"new\":0,\"joined\":1}\n");
  assert_told (program, "import: 1 rows had another end");
  g_assert_cmpint (import (program, shorter), ==, 0);
  assert_told (program, "import: 1 rows had another end");
  g_autofree char *both = g_strconcat (HEADER, longer, shorter, NULL);
  g_assert_cmpint (trace_program_run (program, both, "import", "--lang", "vi", NULL), ==, 0);
  assert_told (program, "import: 1 dòng có giờ rời");
  assert_at (program, "v", AN ",v,z,1610000000,1610007200,manual\n");
}

static void
test_keeps_staff (TraceProgram *program, gconstpointer engine)
{
  static const char qr[] = AN ",v,z,1610000000,1610000300,qr,,\n";
  static const char staff[] = AN ",v,z,1610000000,1610000300,staff,,\n";
  static const char ba[] =
      BA ",v,z,1610000000,1610000300,staff,,\n" BA ",v,z,1610000000,1610000300,qr,,\n";
  g_assert_cmpint (import (program, qr), ==, 0);
  g_assert_cmpint (import (program, staff), ==, 0);
  g_assert_cmpstr (program->output, ==, "{\"rows\":1,\"new\":0,\"joined\":1}\n");
  g_assert_cmpint (import (program, ba), ==, 0);
  assert_at (program, "v",
             AN ",v,z,1610000000,1610000300,staff\n" BA ",v,z,1610000000,1610000300,staff\n");
}

static void
test_refuses_what_contradicts_a_record (TraceProgram *program, gconstpointer engine)
{
  static const char held[] = AN ",v,z,1610000000,1610000300,qr,k,7\n";
  static const char *const others[] = {
    AN ",v,z,1610000000,1610007200,qr,k,7\n",
    AN ",v,z,1610000000,1610000299,qr,k,7\n",
    AN ",v,z,1610000000,1610000300,staff,k,7\n",
  };
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    TraceProgram fresh;
    trace_program_init (&fresh, (gpointer) engine);
    g_autofree char *one = g_strconcat (held, BA ",v,z,1610000000,,qr,k,8\n", others[i], NULL);
    g_autofree char *two = g_strconcat (others[i], BA ",v,z,1610000000,,qr,k,8\n", held, NULL);
    g_assert_cmpint (import (&fresh, one), ==, 1);
    assert_told (&fresh, "row 4: another end or evidence of the same record");
    g_assert_cmpint (import (&fresh, two), ==, 1);
    assert_told (&fresh, "row 4: another end or evidence of the same record");
    // Where no case before had that venue it is not known, either.
    (void) trace_program_run (&fresh, NULL, "present", "--venue", "v", ALL, NULL);
    g_assert_null (strstr (fresh.output, BA));
    g_assert_cmpint (import (&fresh, held), ==, 0);
    g_assert_cmpint (import (&fresh, others[i]), ==, 1); // what the store has counts as well
    assert_told (&fresh, "row 2: another end or evidence of the same record");
    assert_at (&fresh, "v", AN ",v,z,1610000000,1610000300,qr\n");
    trace_program_clear (&fresh);
  }
  // A visit that has not ended says nothing against its end.
  g_assert_cmpint (import (program, AN ",v,z,1610000000,,qr,k,7\n"), ==, 0);
  g_assert_cmpint (import (program, held), ==, 0);
  g_assert_cmpint (import (program, AN ",v,z,1610000000,,qr,k,7\n"), ==, 0);
  g_assert_cmpint (import (program, held), ==, 0);
  g_assert_cmpstr (program->output, ==, "{\"rows\":1,\"new\":0}\n");
  assert_at (program, "v", AN ",v,z,1610000000,1610000300,qr\n");
}

// As two keyboards and a sheet write it.
#define COMPOSED "Ch\u1ee3 H\u00e0n"
#define APART    "Cho\u031b\u0323 Ha\u0300n"
#define SHEET    "\u00a0Ch\u1ee3\u3000 H\u00e0n \u200b"

static void
test_spells_names_one_way (TraceProgram *program, gconstpointer engine)
{
  static const char wanted[] = AN "," COMPOSED ",z 1,1610000000,1610000300,qr\n" BA "," COMPOSED
                                  ",z 1,1610000000,1610000300,qr\n";
  static const char *const spellings[] = { COMPOSED, APART, SHEET };
  static const char line[] = "{\"subject\":\"\u00a0" BA "\u2003\",\"venue\":\"" APART
                             "\",\"zone\":\"z\u00a01\",\"arrived\":1610000000,"
                             "\"left\":1610000300,\"evidence\":\"qr\"}\n";
  g_assert_cmpint (import (program, AN "," SHEET ",z  1 ,1610000000,1610000300,qr,,\n"), ==, 0);
  g_assert_cmpint (
      import (program, "\u00a0" AN "\u00a0," APART ",z 1,1610000000,1610000300,qr,,\n"), ==, 0);
  g_assert_cmpstr (program->output, ==, "{\"rows\":1,\"new\":0}\n");
  g_assert_cmpint (trace_program_run (program, line, "import", "--format", "ndjson", NULL), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (spellings); i++)
    assert_at (program, spellings[i], wanted);
  g_assert_cmpint (
      trace_program_run (program, NULL, "venues", "--subject", " " AN "\u00a0", ALL, NULL), ==, 0);
  g_assert_nonnull (strstr (program->output, AN "," COMPOSED ",z 1,"));
  g_assert_cmpint (import (program, AN ",\u00a0 ,z,1610000000,1610000300,qr,,\n"), ==, 1);
  assert_told (program, "row 2, column venue: empty");
  g_assert_cmpint (import (program, AN ",\"a\tb\",z,1610000000,1610000300,qr,,\n"), ==, 1);
  assert_told (program, "row 2, column venue: too long, or not plain");
}

// A list that somebody else's tool wrote again in another normal form.
static void
test_spells_names_of_lists_one_way (TraceProgram *program, gconstpointer engine)
{
  static const char note[] =
      "guest; at \"" APART "\"/\"z\" 2021-01-07T13:13:20+07:00/"
      "2021-01-07T13:18:20+07:00 qr; subject " AN "; officer \"Ha\"; tramxanh-note/1";
  g_autofree char *escaped = g_strescape (note, APART);
  g_autofree char *list =
      g_strdup_printf ("{\"guests\":[{\"firstName\":\"" AN "\",\"lastName\":\"tramxanh\","
                       "\"attendanceInformation\":{\"additionalInformation\":\"%s\"}}]}",
                       escaped);
  g_assert_cmpint (trace_program_run (program, list, "import", "--format", "iris", NULL), ==, 0);
  assert_at (program, COMPOSED, AN "," COMPOSED ",z,1610000000,1610000300,qr\n");
}

// Whom only the radio has seen, and of whom a list says that they are staff.
static const char heard_staff[] =
    "{\"guests\":[{\"firstName\":\"" AN "\",\"lastName\":\"tramxanh\","
    "\"attendanceInformation\":{\"additionalInformation\":\"guest; staff; at \\\"v\\\"/\\\"z\\\""
    " 2021-01-07T13:13:20+07:00/2021-01-07T13:18:20+07:00 ble; subject " AN
    "; officer \\\"Ha\\\"; tramxanh-note/1\"}}]}";

// That they are ends no stay of theirs that began in the same second and that nobody ended.
static void
test_staff_stay_open (TraceProgram *program, gconstpointer engine)
{
  static const char rows[] =
      AN ",v,z,1610000000,,manual,,\n" BA ",v,z,1610001800,1610005400,qr,,\n";
  for (guint i = 0; i < 2; i++) {
    TraceProgram other;
    trace_program_init (&other, (gpointer) engine);
    if (i == 0)
      g_assert_cmpint (import (&other, rows), ==, 0);
    g_assert_cmpint (trace_program_run (&other, heard_staff, "import", "--format", "iris", NULL),
                     ==, 0);
    if (i == 1)
      g_assert_cmpint (import (&other, rows), ==, 0);
    g_assert_cmpint (trace_program_run (&other, NULL, "contacts", "--subject", AN, ALL, NULL), ==,
                     0);
    g_assert_nonnull (strstr (other.output, "\n1," BA ",1610002700,3600,"));
    g_assert_cmpint (trace_program_run (&other, NULL, "contacts", "--subject", BA, "--format",
                                        "json", ALL, NULL),
                     ==, 0);
    g_assert_nonnull (strstr (other.output, "\"subject\":\"" AN "\""));
    g_assert_nonnull (strstr (other.output, "staff"));
    trace_program_clear (&other);
  }
}

// How many tables of days there are.
static guint
count_days (TraceProgram *program)
{
  g_autofree char *n =
      trace_postgres_ask (program->uri + strlen ("postgres:"),
                          "SELECT count (*) FROM pg_inherits WHERE inhparent = 'stay'::regclass");
  return (guint) g_ascii_strtoull (n, NULL, 10);
}

// So many days before T, one row each; the first is row 2.
static void
append_days (GString *table, guint n_days)
{
  for (guint i = 0; i < n_days; i++)
    g_string_append_printf (table, AN ",v,z,%u,%u,qr,,\n", 1700000000 - i * 86400,
                            1700000060 - i * 86400);
}

static void
test_a_refused_file_leaves_no_days (TraceProgram *program, gconstpointer engine)
{
  g_autoptr (GString) table = g_string_new (HEADER);
  append_days (table, 20);
  for (guint i = 0; i < 60000; i++) // more than are taken in at once
    g_string_append_printf (table, "%032x,v,z,1700000000,1700000060,qr,,\n", i);
  g_string_append (table, BA ",v,z,1700000000,1600000000,qr,,\n");
  g_assert_cmpint (trace_program_run (program, table->str, "import", NULL), ==, 1);
  assert_told (program, "row 60022, column left: not later");
  g_assert_cmpuint (count_days (program), ==, 0);
  g_assert_cmpint (import (program, BA ",v,z,1700000000,1700000060,qr,,\n"), ==, 0);
  g_assert_cmpint (trace_program_run (program, table->str, "import", NULL), ==, 1);
  g_assert_cmpuint (count_days (program), ==, 1); // what is in use stays
  g_assert_cmpint (trace_program_run (program, table->str, "import", "--dry-run", NULL), ==, 1);
  g_assert_cmpuint (count_days (program), ==, 1);
}

static void
test_names_the_day_too_many (TraceProgram *program, gconstpointer engine)
{
  const char *conninfo = program->uri + strlen ("postgres:");
  g_autoptr (GString) table = g_string_new (HEADER);
  g_assert_cmpint (import (program, BA ",v,z,1700000000,1700000060,qr,,\n"), ==, 0);
  g_autofree char *max = trace_postgres_ask (conninfo, "SELECT stay_days_max ()");
  guint n_max = (guint) g_ascii_strtoull (max, NULL, 10);
  append_days (table, n_max + 1);
  g_autofree char *wanted =
      g_strdup_printf ("row %u, column arrived: one different day more", n_max + 2);
  g_assert_cmpint (trace_program_run (program, table->str, "import", NULL), ==, 1);
  assert_told (program, wanted);
  g_assert_cmpint (trace_program_run (program, table->str, "import", "--dry-run", NULL), ==, 1);
  assert_told (program, wanted);
  g_assert_cmpuint (count_days (program), ==, 1);
}

static void
test_refuses_what_is_hardly_true (TraceProgram *program, gconstpointer engine)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *soon = g_strdup_printf (AN ",v,z,%" G_GINT64_FORMAT ",,qr,,\n", now_s + 80000);
  g_autofree char *later = g_strdup_printf (AN ",v,z,%" G_GINT64_FORMAT ",,qr,,\n", now_s + 90000);
  const struct {
    const char *row, *why, *option;
  } cases[] = {
    { AN ",v,z,912345678,912345679,qr,,\n", "row 2, column arrived: before 2020", "--any-date" },
    { AN ",v,z,1577836799,,qr,,\n", "row 2, column arrived: before 2020", "--any-date" },
    { AN ",v,z,3995708800,,qr,,\n", "row 2, column arrived: more than a day", "--any-date" },
    { later, "row 2, column arrived: more than a day", "--any-date" },
    { AN ",v,z,1610000000,1610090000,qr,,\n", "row 2, column left: more than 24", "--any-length" },
    { AN ",v,z,1610000000,1610086401,qr,,\n", "row 2, column left: more than 24", "--any-length" },
  };
  g_assert_cmpint (import (program, soon), ==, 0);
  g_assert_cmpint (import (program, AN ",v,z,1577836800,,qr,,\n"), ==, 0);
  g_assert_cmpint (import (program, AN ",v,z,1610000000,1610086400,qr,,\n"), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *table = g_strconcat (HEADER, cases[i].row, NULL);
    g_assert_cmpint (trace_program_run (program, table, "import", NULL), ==, 1);
    assert_told (program, cases[i].why);
    g_assert_cmpint (trace_program_run (program, table, "import", cases[i].option, NULL), ==, 0);
  }
  g_assert_cmpint (trace_program_run (program, HEADER AN ",v,z,1500000000,,qr,,\n", "import",
                                      "--lang", "vi", NULL),
                   ==, 1);
  assert_told (program, "dòng 2, cột arrived: trước năm 2020");
  g_assert_cmpint (trace_program_run (program, HEADER AN ",v,z,1610000000,1650000000,qr,,\n",
                                      "import", "--any-length", NULL),
                   ==, 1);
  assert_told (program, "more than a year");
  // A clock's doubt has widened it, in a store that we were told of.
  g_assert_cmpint (
      trace_program_run (program,
                         "subject,venue,zone,arrived,left,evidence,kiosk,seq,doubts\n" AN
                         ",w,z,1610000000,1610200000,qr,,,clock\n",
                         "import", NULL),
      ==, 0);
  g_assert_cmpint (
      trace_program_run (program,
                         "A00000000000000000000001\tB00000000000000000000002\t-67\t1005000000123\n",
                         "import", "--format", "bluezone", NULL),
      ==, 1);
  assert_told (program, "row 1, column time: before 2020");
}

// Of An at three places, Ba at none twice; and what is no contradiction.
static const char *const wanderers[] = {
  AN ",v,z,1610000000,1610003600,qr,,\n",     // 0: until the hour,
  AN ",w,z,1610003599,1610005000,manual,,\n", // 1: and there a second before
  AN ",w,z,1610005000,1610006000,qr,,\n",     // 2: from one to the next
  AN ",x,z,1610006000,,qr,,\n",               // 3: nobody ended it
  AN ",v,z,1610007000,1610008000,qr,,\n",     // 4: so this is none
  AN ",x,y,1610009000,1610010000,qr,k,1\n",   // 5: two zones of one venue
  AN ",x,z,1610009100,1610009200,qr,k,2\n",   // 6
  AN ",v,z,1610009300,1610009400,ble,,\n",    // 7: a beacon that somebody else has
  AN ",v,z,1610020000,1610021000,qr,,\n",     // 8: in the same second
  AN ",w,z,1610020000,,staff,,\n",            // 9
  BA ",w,z,1610000000,1610003600,qr,,\n",     // 10
};

static void
test_marks_two_places_at_once (TraceProgram *program, gconstpointer engine)
{
  static const char wanted[] =
      "0: 4\n1: 4\n2: 0\n3: 0\n4: 0\n5: 0\n6: 0\n7: 0\n8: 4\n9: 4\n10: 0\n";
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  for (guint round = 0; round < 12; round += 3) {
    TraceProgram other;
    g_autoptr (GString) first = g_string_new (NULL), second = g_string_new (NULL);
    g_autoptr (GString) found = g_string_new (NULL);
    guint order[G_N_ELEMENTS (wanderers)];
    trace_program_init (&other, (gpointer) engine);
    for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
      guint at = (guint) g_rand_int_range (random, 0, (gint32) i + 1);
      order[i] = order[at];
      order[at] = i;
    }
    for (guint i = 0; i < G_N_ELEMENTS (order); i++)
      g_string_append (i < round ? first : second, wanderers[order[i]]);
    g_assert_cmpint (import (&other, first->str), ==, 0);
    g_assert_cmpint (import (&other, second->str), ==, 0);
    if (round == 0)
      g_assert_nonnull (strstr (other.output, ",\"conflicts\":4}"));
    g_assert_cmpint (import (&other, first->str), ==, 0); // what is known changes nothing
    g_assert_null (strstr (other.output, "conflicts"));
    g_assert_null (strstr (other.output, "joined"));
    g_autoptr (TraceStore) store = trace_program_open_store (&other);
    for (guint i = 0; i < G_N_ELEMENTS (wanderers); i++) {
      g_auto (GStrv) fields = g_strsplit (wanderers[i], ",", -1);
      gint64 doubts = -1;
      g_assert_true (trace_db_query_int (
          trace_store_get_db (store),
          "SELECT stay.doubts FROM stay JOIN place ON place.id = stay.place"
          " JOIN subject ON subject.id = stay.subject"
          " WHERE venue = $1 AND zone = $2 AND arrived_s = $3 AND key = $4",
          TRACE_VALUES (TRACE_TEXT (fields[1]), TRACE_TEXT (fields[2]),
                        TRACE_INT (g_ascii_strtoll (fields[3], NULL, 10)),
                        TRACE_BYTES (i == 10 ? "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xb2"
                                             : "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xa1",
                                     TRACE_SUBJECT_SIZE)),
          -1, &doubts, NULL));
      g_string_append_printf (found, "%u: %d\n", i, (int) doubts);
    }
    g_assert_cmpstr (found->str, ==, wanted);
    g_clear_pointer (&store, trace_store_close);
    trace_program_clear (&other);
  }
}

static gboolean
began_within (const TraceVisit *one, const TraceVisit *other)
{
  return other->to_s > other->from_s && one->earliest_s >= other->from_s &&
         one->from_s < other->to_s;
}

static void
test_conflicts_are_an_oracles (void)
{
  static const char *const venues[] = { "u", "v", "w" };
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  guint n_marked = 0;
  for (guint world = 0; world < 3000; world++) {
    TraceVisit visits[9];
    guint n = (guint) g_rand_int_range (random, 0, 10);
    for (guint i = 0; i < n; i++) {
      gint64 arrived_s = g_rand_int_range (random, 0, 40), slack_s = world % 2;
      visits[i] = (TraceVisit){ .venue = venues[g_rand_int_range (random, 0, 3)],
                                .earliest_s = arrived_s - slack_s,
                                .from_s = arrived_s + slack_s };
      if (g_rand_int_range (random, 0, 4) > 0)
        visits[i].to_s = arrived_s + g_rand_int_range (random, 1, 20) - slack_s;
    }
    trace_conflicts_find (visits, n);
    for (guint i = 0; i < n; i++) {
      gboolean is_conflicting = FALSE;
      for (guint j = 0; j < n; j++)
        is_conflicting |=
            visits[i].venue != visits[j].venue &&
            (began_within (&visits[i], &visits[j]) || began_within (&visits[j], &visits[i]));
      g_assert_cmpint (visits[i].is_conflicting, ==, is_conflicting);
      n_marked += is_conflicting != FALSE;
    }
  }
  g_assert_cmpuint (n_marked, >, 1000);
}

// Who is staff was said by an empty stay that stores of before have among the others.
static void
test_staff_are_nowhere (TraceProgram *program, gconstpointer engine)
{
  TraceArrival empty = { .venue = "v", .zone = "z", .kiosk = "", .evidence = TRACE_EVIDENCE_STAFF };
  empty.arrived_s = empty.left_s = 1610000000;
  g_assert_true (trace_subject_read (AN, empty.subject));
  g_assert_cmpint (import (program, BA ",v,z,1610000000,,qr,,\n"), ==, 0);
  trace_program_put (program, &empty);
  g_assert_cmpint (import (program, AN ",w,z,1609999000,1610003600,qr,,\n"), ==, 0);
  g_assert_null (strstr (program->output, "conflicts"));
  g_assert_cmpint (import (program, AN ",x,z,1610001000,1610003600,qr,,\n"), ==, 0);
  g_assert_nonnull (strstr (program->output, ",\"conflicts\":2}"));
}

static void
add_cases (TraceEngine *engine)
{
#define ADD(name, function)                                                                        \
  TRACE_ENGINE_ADD (engine, "import-rows", name, TraceProgram, set_up, function, tear_down)
  ADD ("keeps-the-later-end-in-any-order", test_keeps_the_later_end);
  ADD ("keeps-who-is-staff", test_keeps_staff);
  ADD ("staff-stay-where-nobody-ended-it", test_staff_stay_open);
  ADD ("spells-names-one-way", test_spells_names_one_way);
  ADD ("spells-names-of-lists-one-way", test_spells_names_of_lists_one_way);
  ADD ("refuses-what-is-hardly-true", test_refuses_what_is_hardly_true);
  ADD ("who-is-staff-is-nowhere-by-that", test_staff_are_nowhere);
  ADD ("marks-two-places-at-once-in-any-order", test_marks_two_places_at_once);
  if (trace_engine_is_postgres (engine)) {
    ADD ("a-refused-file-leaves-no-days", test_a_refused_file_leaves_no_days);
    ADD ("names-the-day-too-many", test_names_the_day_too_many);
  }
  ADD ("refuses-what-contradicts-a-record", test_refuses_what_contradicts_a_record);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/import-rows/conflicts-are-an-oracles", test_conflicts_are_an_oracles);
  return trace_engines_run (add_cases);
}
