// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Quiet nights of a radio in the real journal: the rests of its scan, told a while later, over
// checkpoints, turns of the day and a restart.

#include <string.h>

#include "kiosk/journal/journal-verify.h"
#include "tests/kiosk/journal-harness.h"

#define NIGHT_MS      (40 * HARNESS_HOUR_MS)
#define SILENCE_MS    275000 // from one round of remedies to the next
#define TOLD_AFTER_MS 65000
#define SCAN_MS       300
#define CYCLE_AT_MS   15000
#define CYCLE_MS      2000
#define GAP_SIZE_MAX  1024 // bytes of the file

typedef struct {
  char *state_dir;
  JournalStore *store;
  guint n_rounds;
} Fixture;

static void
open_store (Fixture *fixture, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  (void) harness_open (fixture->store, after_ms, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->state_dir = harness_make_state_dir ();
  open_store (fixture, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->store != NULL)
    g_assert_finalize_object (fixture->store);
  harness_remove_state_dir (fixture->state_dir);
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer place)
{
  *(GAsyncResult **) place = g_object_ref (result);
}

static void
add_span (GArray *spans, gint64 from_ms, gint64 length_ms)
{
  JournalSpan span = { harness_stamp (from_ms), harness_stamp (from_ms + length_ms) };
  g_array_append_val (spans, span);
}

// Of one round that began at @at_ms.
static void
tell_rests (Fixture *fixture, gint64 at_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (JournalSpan));
  add_span (spans, at_ms, SCAN_MS);
  add_span (spans, at_ms + CYCLE_AT_MS, CYCLE_MS);
  journal_store_append_gaps_async (fixture->store, "radio", spans, NULL, on_ready, &result);
  g_array_set_size (spans, 0); // they were copied
  while (result == NULL)
    (void) g_main_context_iteration (NULL, TRUE);
  g_autoptr (JournalCommitted) committed =
      journal_store_append_gaps_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (committed);
}

// Hours pass, in which somebody comes between the end of a rest and its telling.
static void
pass_nights (Fixture *fixture)
{
  for (gint64 at_ms = SILENCE_MS; at_ms < NIGHT_MS; at_ms += SILENCE_MS, fixture->n_rounds++) {
    g_autoptr (GError) error = NULL;
    gint64 now_ms = at_ms + TOLD_AFTER_MS;
    if (fixture->n_rounds % 100 == 50) { // a restart, too
      g_assert_finalize_object (fixture->store);
      open_store (fixture, now_ms);
    } else {
      g_assert_true (harness_tidy (fixture->store, now_ms, &error));
    }
    tell_rests (fixture, at_ms);
  }
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
}

static gboolean
on_record (const JournalRecord *record, gpointer length_ms, GError **error)
{
  JournalBody body;
  if (record->kind != JOURNAL_KIND_OBSERVATION_GAP)
    return TRUE;
  g_assert_true (journal_record_read (record->kind, record->body.data, record->body.len, &body));
  gint64 gap_ms = (record->stamp.boottime_ns - (gint64) body.gap.from_boottime_ns) / 1000000;
  g_assert_true (gap_ms == SCAN_MS || gap_ms == CYCLE_MS);
  *(gint64 *) length_ms += gap_ms;
  return TRUE;
}

static void
test_nights (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_auto (JournalAudit) audit;
  gint64 length_ms = 0;
  pass_nights (fixture);
  journal_audit_init (&audit);
  (void) journal_verify_each (fixture->state_dir, &audit, on_record, &length_ms, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (audit.n_of_kind[JOURNAL_KIND_OBSERVATION_GAP], ==, 2 * fixture->n_rounds);
  g_assert_cmpint (length_ms, ==, fixture->n_rounds * (SCAN_MS + CYCLE_MS));
  // Bodies are as old as they are, and not erased before their time.
  g_assert_cmpint (audit.uptime_ns, <=, NIGHT_MS * 1000000);
  g_assert_cmpint (audit.uptime_ns, >, (NIGHT_MS - 2 * SILENCE_MS) * 1000000);
  g_autoptr (GByteArray) file = harness_read_file (fixture->state_dir, "journal.db");
  g_test_message ("%u gaps, %u bytes", 2 * fixture->n_rounds, file->len);
  g_assert_cmpuint (file->len, <, 2 * fixture->n_rounds * GAP_SIZE_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/journal/gaps/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("of-quiet-nights-are-all-there", test_nights);
  return g_test_run ();
}
