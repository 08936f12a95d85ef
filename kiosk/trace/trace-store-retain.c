// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Letting old stays go, and whom nothing is known of any more: who they were too, unless a case
// that is open is about them.

#define G_LOG_DOMAIN "trace-store"

#include "kiosk/trace/trace-store-private.h"

#define LOCK_POSTGRES "SELECT pg_advisory_xact_lock (7236002)"

// Place by place: that is how the stays lie.
static gboolean
delete_stays (TraceStore *store, gint64 before_s, gint64 *n_stays, GError **error)
{
  gint64 n_places = 0;
  if (!trace_db_query_int (store->db, "SELECT max (id) FROM place", TRACE_NO_VALUES, 0, &n_places,
                           error))
    return FALSE;
  for (gint64 place = 1; place <= n_places; place++) {
    gint64 n = 0;
    if (!trace_db_run (store->db, "DELETE FROM stay WHERE place = $1 AND arrived_s < $2",
                       TRACE_VALUES (TRACE_INT (place), TRACE_INT (before_s)), &n, error))
      return FALSE;
    *n_stays += n;
  }
  return TRUE;
}

static gboolean
tidy (TraceStore *store, gint64 before_s, GError **error)
{
  return trace_db_run (store->db,
                       "DELETE FROM open_visit WHERE arrived_s < $1 AND NOT EXISTS"
                       " (SELECT 1 FROM stay WHERE stay.place = open_visit.place"
                       " AND stay.arrived_s = open_visit.arrived_s"
                       " AND stay.subject = open_visit.subject)",
                       TRACE_VALUES (TRACE_INT (before_s)), NULL, error) &&
         trace_db_run (store->db,
                       "DELETE FROM subject WHERE NOT EXISTS"
                       " (SELECT 1 FROM stay WHERE stay.subject = subject.id)",
                       TRACE_NO_VALUES, NULL, error) &&
         trace_db_run (store->db,
                       "DELETE FROM detail WHERE NOT EXISTS"
                       " (SELECT 1 FROM subject WHERE subject.key = detail.subject)"
                       " AND NOT EXISTS (SELECT 1 FROM case_index JOIN cases ON cases.id = case_id"
                       " WHERE case_index.subject = detail.subject AND closed_ms IS NULL)"
                       " AND NOT EXISTS (SELECT 1 FROM case_level JOIN cases ON cases.id = case_id"
                       " WHERE case_level.subject = detail.subject AND closed_ms IS NULL)",
                       TRACE_NO_VALUES, NULL, error) &&
         trace_db_run (store->db,
                       "UPDATE cases SET dropped_before_s = $1"
                       " WHERE closed_ms IS NULL AND dropped_before_s < $1",
                       TRACE_VALUES (TRACE_INT (before_s)), NULL, error) &&
         trace_db_run (store->db,
                       "UPDATE subject SET is_staff = 0 WHERE is_staff = 1 AND NOT EXISTS"
                       " (SELECT 1 FROM stay WHERE stay.subject = subject.id AND evidence = 3)"
                       " AND NOT EXISTS (SELECT 1 FROM badge WHERE badge.day * 86400 + 86400 > $1"
                       " AND (badge.subject = subject.key OR badge.subject IN"
                       " (SELECT beacon FROM link WHERE link.subject = subject.key"
                       " AND from_s = 0)))",
                       TRACE_VALUES (TRACE_INT (before_s)), NULL, error) &&
         trace_db_run (store->db,
                       "UPDATE bound SET generation = generation + 1,"
                       " longest_s = (SELECT coalesce (max (length_s), 0) FROM stay),"
                       " slack_s = (SELECT coalesce (max (slack_s), 0) FROM stay)",
                       TRACE_NO_VALUES, NULL, error);
}

static gboolean
let_go (TraceStore *store, gint64 before_s, gint64 *n_stays, GError **error)
{
  gint64 unused = 0;
  return (store->beside != NULL
              ? trace_db_query_int (store->db, LOCK_POSTGRES, TRACE_NO_VALUES, 0, &unused, error)
              : delete_stays (store, before_s, n_stays, error)) &&
         tidy (store, before_s, error) && trace_db_commit (store->db, error);
}

gboolean
trace_store_retain (TraceStore *store, gint64 before_s, gint64 *ret_n_stays, GError **error)
{
  gint64 n_stays = 0;
  // What is deleted is overwritten, in the log too.
  gboolean ok = store->beside != NULL
                    ? trace_store_drop_days (store, before_s, &n_stays, error)
                    : trace_db_run_script (store->db, "PRAGMA secure_delete = ON;", error);
  ok = ok && trace_db_begin (store->db, error);
  if (ok && !let_go (store, before_s, &n_stays, error)) {
    trace_store_roll_back (store);
    ok = FALSE;
  }
  ok = ok && (store->beside != NULL ||
              trace_db_run_script (store->db, "PRAGMA wal_checkpoint (TRUNCATE);", error));
  if (!ok)
    g_prefix_error (error, "letting old stays go: ");
  else
    *ret_n_stays = n_stays;
  return ok;
}
