// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Taking in, in the embedded store.

#include "trace-ingest-cases.h"
#include "trace-ingest-clock.h"
#include "trace-ingest-fixture.h"
#include "trace-ingest-radio.h"

static char *
make_uri (gpointer unused)
{
  return g_strdup ("sqlite::memory:");
}

#define N_TRIALS 1000

// A kiosk's card is cloned, or a piece of what it recorded is gone: the next batch shows it.
static void
test_notices_every_fork_and_gap (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  Core core;
  guint n_forks = 0, n_gaps = 0;
  core_open (&core, "sqlite::memory:");
  for (guint trial = 0; trial < N_TRIALS; trial++) {
    g_autoptr (TestKiosk) kiosk = core_join (&core, 2 + trial, 1);
    JournalStamp at = core_stamp (MINUTE);
    guint n_common = (guint) g_rand_int_range (rand, 1, 6);
    guint n_more = (guint) g_rand_int_range (rand, 1, 6);
    while (kiosk->seq < n_common)
      test_kiosk_fix (kiosk, &at, 1);
    g_autoptr (TestKiosk) clone = test_kiosk_copy (kiosk);
    for (guint i = 0; i < n_more; i++)
      test_kiosk_fix (kiosk, &at, 1);
    for (guint i = 0; i < n_more + 2; i++)
      test_kiosk_fix (clone, &at, 2);
    g_assert_cmpint (core_send (&core, kiosk, 1, kiosk->seq).result, ==, TRACE_INGEST_TAKEN);
    if (g_rand_boolean (rand)) { // by whatever batch of its own
      guint64 first = (guint64) g_rand_int_range (rand, 1, (gint32) kiosk->seq + 2);
      guint64 last = (guint64) g_rand_int_range (rand, (gint32) MAX (first, n_common + 1),
                                                 (gint32) clone->seq + 1);
      g_assert_cmpint (core_send (&core, clone, first, last).result, ==, TRACE_INGEST_FORK);
      n_forks++;
    } else {
      test_kiosk_fix (kiosk, &at, 1);
      test_kiosk_fix (kiosk, &at, 1);
      TraceIngestAnswer answer = core_send (&core, kiosk, kiosk->seq, kiosk->seq);
      g_assert_cmpint (answer.result, ==, TRACE_INGEST_GAP);
      g_assert_cmpuint (answer.expected, ==, kiosk->seq - 1);
      n_gaps++;
    }
  }
  g_assert_cmpint (core_ask (&core, "SELECT count (*) FROM incident"), >=, 1);
  g_test_message ("%u forks, %u gaps", n_forks, n_gaps);
  core_close (&core);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  trace_ingest_cases_add ("sqlite", make_uri, NULL);
  trace_ingest_clock_add ("sqlite", make_uri, NULL);
  trace_ingest_radio_add ("sqlite", make_uri, NULL);
  g_test_add_func ("/trace/ingest/sqlite/notices-every-fork-and-gap",
                   test_notices_every_fork_and_gap);
  return g_test_run ();
}
