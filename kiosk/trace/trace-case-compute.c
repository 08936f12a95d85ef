// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Only what changed is written.

#define G_LOG_DOMAIN "trace-case"

#include <string.h>

#include "kiosk/trace/trace-audit.h"
#include "kiosk/trace/trace-case-private.h"

typedef struct {
  TraceStore *store;
  const TraceCase *what;
  const GArray *before; // of TraceCaseLevel
  GHashTable *levels;   // as they are now
} Computing;

static gboolean
is_same (const TraceCaseLevel *one, const TraceCaseLevel *other)
{
  return one->level == other->level && one->exposed_s == other->exposed_s &&
         one->overlap_s == other->overlap_s && one->doubts == other->doubts &&
         one->kept_before_s == other->kept_before_s &&
         memcmp (one->via, other->via, TRACE_SUBJECT_SIZE) == 0;
}

static gboolean
write_level (TraceDb *db, const char *id, const TraceCaseLevel *level, gint64 at_ms, GError **error)
{
  return trace_db_run (
      db,
      "INSERT INTO case_level (case_id, subject, level, exposed_s, via, overlap_s, doubts,"
      " computed_ms, version, kept_before_s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
      " ON CONFLICT (case_id, subject) DO UPDATE SET level = excluded.level,"
      " exposed_s = excluded.exposed_s, via = excluded.via, overlap_s = excluded.overlap_s,"
      " doubts = excluded.doubts, computed_ms = excluded.computed_ms, version = excluded.version,"
      " kept_before_s = excluded.kept_before_s",
      TRACE_VALUES (TRACE_TEXT (id), TRACE_BYTES (level->subject, TRACE_SUBJECT_SIZE),
                    TRACE_INT (level->level), TRACE_INT (level->exposed_s),
                    TRACE_BYTES (level->via, TRACE_SUBJECT_SIZE), TRACE_INT (level->overlap_s),
                    TRACE_INT (level->doubts), TRACE_INT (at_ms), TRACE_INT (level->version),
                    TRACE_INT (level->kept_before_s)),
      NULL, error);
}

static void
note_change (GArray *changes, const guint8 *subject, int before, int after)
{
  TraceCaseChange change = { .before = before, .after = after };
  memcpy (change.subject, subject, TRACE_SUBJECT_SIZE);
  if (before != after)
    g_array_append_val (changes, change);
}

// Writes those that are new or other than before, with the version of now.
static gboolean
write_new (Computing *computing, GHashTable *before, gint64 at_ms, GArray *changes, GError **error)
{
  GHashTableIter iter;
  gpointer value = NULL;
  g_hash_table_iter_init (&iter, computing->levels);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    TraceCaseLevel *level = value;
    const TraceCaseLevel *old = g_hash_table_lookup (before, level->subject);
    if (old != NULL && is_same (old, level))
      continue;
    level->version = computing->what->version + 1;
    if (!write_level (trace_store_get_db (computing->store), computing->what->id, level, at_ms,
                      error))
      return FALSE;
    note_change (changes, level->subject, old != NULL ? old->level : TRACE_CASE_NO_LEVEL,
                 level->level);
  }
  return TRUE;
}

static gboolean
remove_old (Computing *computing, GHashTable *before, GArray *changes, GError **error)
{
  GHashTableIter iter;
  gpointer value = NULL;
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const TraceCaseLevel *old = value;
    if (g_hash_table_contains (computing->levels, old->subject))
      continue;
    if (!trace_db_run (trace_store_get_db (computing->store),
                       "DELETE FROM case_level WHERE case_id = $1 AND subject = $2",
                       TRACE_VALUES (TRACE_TEXT (computing->what->id),
                                     TRACE_BYTES (old->subject, TRACE_SUBJECT_SIZE)),
                       NULL, error))
      return FALSE;
    note_change (changes, old->subject, old->level, TRACE_CASE_NO_LEVEL);
  }
  return TRUE;
}

static gboolean
take_version (Computing *computing, gint64 at_ms, GError **error)
{
  gint64 n_changed = 0;
  const TraceCase *what = computing->what;
  if (!trace_db_run (
          trace_store_get_db (computing->store),
          "UPDATE cases SET version = version + 1, computed_ms = $1"
          " WHERE id = $2 AND version = $3 AND closed_ms IS NULL",
          TRACE_VALUES (TRACE_INT (at_ms), TRACE_TEXT (what->id), TRACE_INT (what->version)),
          &n_changed, error))
    return FALSE;
  if (n_changed != 1)
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_BUSY, "case %s: somebody changed it meanwhile",
                 what->id);
  return n_changed == 1;
}

static gboolean
write_all (Computing *computing, const char *officer, GArray *changes, GError **error)
{
  TraceDb *db = trace_store_get_db (computing->store);
  const TraceCase *what = computing->what;
  gint64 at_ms = g_get_real_time () / 1000;
  if (!take_version (computing, at_ms, error))
    return FALSE;
  g_autoptr (GHashTable) before = trace_case_levels_new ();
  for (guint i = 0; i < computing->before->len; i++)
    trace_case_levels_put (before, &g_array_index (computing->before, TraceCaseLevel, i));
  if (!write_new (computing, before, at_ms, changes, error) ||
      !remove_old (computing, before, changes, error))
    return FALSE;
  g_autofree char *words = g_strdup_printf ("version %" G_GINT64_FORMAT ", %u levels changed",
                                            what->version + 1, changes->len);
  const TraceAuditEntry entry = { officer, "case-compute", what->id, "", words };
  return trace_audit_append (db, &entry, error);
}

static int
compare_changes (gconstpointer a, gconstpointer b)
{
  return memcmp (((const TraceCaseChange *) a)->subject, ((const TraceCaseChange *) b)->subject,
                 TRACE_SUBJECT_SIZE);
}

static GArray *
write_in_one (Computing *computing, const char *officer, GError **error)
{
  TraceDb *db = trace_store_get_db (computing->store);
  g_autoptr (GArray) changes = g_array_new (FALSE, TRUE, sizeof (TraceCaseChange));
  if (!trace_db_begin (db, error))
    return NULL;
  if (!write_all (computing, officer, changes, error) || !trace_db_commit (db, error)) {
    trace_db_roll_back (db);
    return NULL;
  }
  g_array_sort (changes, compare_changes);
  return g_steal_pointer (&changes);
}

GArray *
trace_case_compute (TraceStore *store,
                    const char *id,
                    const char *officer,
                    gint64 now_s,
                    TraceProgress progress,
                    gpointer user_data,
                    GError **error)
{
  TraceDb *db = trace_store_get_db (store);
  if (!trace_audit_check_officer (officer, error))
    return NULL;
  g_autoptr (TraceCase) what = trace_case_load_open (db, id, error);
  g_autoptr (GArray) entries = what != NULL ? trace_case_list_index (db, id, error) : NULL;
  if (entries == NULL)
    return NULL;
  g_autoptr (GArray) before = trace_case_list_levels (db, id, error);
  if (before == NULL)
    return NULL;
  const TraceCaseSearch search = { store, what, entries, before, now_s, progress, user_data };
  g_autoptr (GHashTable) levels = trace_case_search (&search, error);
  Computing computing = { store, what, before, levels };
  return levels != NULL ? write_in_one (&computing, officer, error) : NULL;
}
