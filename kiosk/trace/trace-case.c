// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-case"

#include "kiosk/trace/trace-case.h"

#include <string.h>

#include "kiosk/trace/trace-audit.h"

#define COLUMNS                                                                                    \
  "SELECT id, rule, rule_version, levels, min_overlap_s, window_s, latency_s, through_staff, "     \
  "to_s,"                                                                                          \
  " opened_ms, opened_by, closed_ms, closed_by, version, computed_ms,"                             \
  " dropped_before_s FROM cases"

void
trace_case_free (TraceCase *self)
{
  g_free (self->id);
  g_free (self->rule);
  g_free (self->opened_by);
  g_free (self->closed_by);
  g_free (self);
}

gboolean
trace_case_is_word (const char *text)
{
  gsize len = strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
  return len >= 1 && len <= TRACE_CASE_WORD_MAX && text[len] == '\0';
}

static gboolean
check_word (const char *text, const char *what, GError **error)
{
  if (trace_case_is_word (text))
    return TRUE;
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT,
               "%s: 1 to 64 letters without accents, digits, '-', '_' and '.'", what);
  return FALSE;
}

static gboolean
refuse (GError **error, const char *id, const char *why)
{
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED, "case %s: %s", id, why);
  return FALSE;
}

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

// What a transaction did is kept when all of it worked.
static gboolean
end (TraceDb *db, gboolean ok, GError **error)
{
  if (ok && trace_db_commit (db, error))
    return TRUE;
  trace_db_roll_back (db);
  return FALSE;
}

static TraceCase *
case_of (TraceRows *rows)
{
  TraceCase *self = g_new0 (TraceCase, 1);
  self->id = g_strdup (trace_rows_get_text (rows, 0));
  self->rule = g_strdup (trace_rows_get_text (rows, 1));
  self->rule_version = trace_rows_get_int (rows, 2);
  self->question.levels = (guint) trace_rows_get_int (rows, 3);
  self->question.min_overlap_s = trace_rows_get_int (rows, 4);
  self->question.window_s = trace_rows_get_int (rows, 5);
  self->question.latency_s = trace_rows_get_int (rows, 6);
  self->question.through_staff = trace_rows_get_int (rows, 7) != 0;
  self->question.to_s =
      trace_rows_is_null (rows, 8) ? TRACE_CASE_NOW : trace_rows_get_int (rows, 8);
  self->opened_ms = trace_rows_get_int (rows, 9);
  self->opened_by = g_strdup (trace_rows_get_text (rows, 10));
  self->closed_ms = trace_rows_get_int (rows, 11);
  self->closed_by = g_strdup (trace_rows_get_text (rows, 12));
  self->version = trace_rows_get_int (rows, 13);
  self->computed_ms = trace_rows_get_int (rows, 14);
  self->dropped_before_s = trace_rows_get_int (rows, 15);
  return self;
}

static GPtrArray *
take_cases (TraceRows *rows, GError **error)
{
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func ((GDestroyNotify) trace_case_free);
  g_autoptr (GError) cause = NULL;
  if (rows == NULL)
    return NULL;
  while (trace_rows_next (rows, &cause))
    g_ptr_array_add (cases, case_of (rows));
  if (cause == NULL)
    return g_steal_pointer (&cases);
  g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

GPtrArray *
trace_case_list (TraceDb *db, GError **error)
{
  g_autoptr (TraceRows) rows = trace_db_query (db, COLUMNS " ORDER BY id", TRACE_NO_VALUES, error);
  return take_cases (rows, error);
}

TraceCase *
trace_case_load (TraceDb *db, const char *id, GError **error)
{
  g_autoptr (TraceRows) rows =
      trace_db_query (db, COLUMNS " WHERE id = $1", TRACE_VALUES (TRACE_TEXT (id)), error);
  g_autoptr (GPtrArray) cases = take_cases (rows, error);
  if (cases == NULL)
    return NULL;
  if (cases->len > 0)
    return g_ptr_array_steal_index (cases, 0);
  (void) refuse (error, trace_case_is_word (id) ? id : "?", "there is no such case");
  return NULL;
}

TraceCase *
trace_case_load_open (TraceDb *db, const char *id, GError **error)
{
  g_autoptr (TraceCase) self = trace_case_load (db, id, error);
  if (self != NULL && self->closed_ms != 0) {
    (void) refuse (error, id, "it is closed");
    return NULL;
  }
  return g_steal_pointer (&self);
}

static gboolean
insert_case (TraceDb *db,
             const char *id,
             const TraceRule *rule,
             const TraceQuestion *question,
             const char *officer,
             GError **error)
{
  gint64 n_changed = 0;
  if (!trace_db_run (
          db,
          "INSERT INTO cases (id, opened_ms, opened_by, rule, rule_version, levels,"
          " min_overlap_s, window_s, latency_s, through_staff, to_s, version)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0)"
          " ON CONFLICT (id) DO NOTHING",
          TRACE_VALUES (
              TRACE_TEXT (id), TRACE_INT (now_ms ()), TRACE_TEXT (officer), TRACE_TEXT (rule->name),
              TRACE_INT (rule->version), TRACE_INT (question->levels),
              TRACE_INT (question->min_overlap_s), TRACE_INT (question->window_s),
              TRACE_INT (question->latency_s), TRACE_INT (question->through_staff),
              question->to_s == TRACE_CASE_NOW ? TRACE_NULL_INT : TRACE_INT (question->to_s)),
          &n_changed, error))
    return FALSE;
  return n_changed == 1 || refuse (error, id, "there is one already");
}

gboolean
trace_case_open (TraceDb *db,
                 const char *id,
                 const TraceRule *rule,
                 const TraceQuestion *question,
                 const char *officer,
                 GError **error)
{
  g_autofree char *what = g_strdup_printf ("%s@%" G_GINT64_FORMAT " min-overlap %" G_GINT64_FORMAT
                                           " latency %" G_GINT64_FORMAT " levels %u",
                                           rule->name, rule->version, question->min_overlap_s,
                                           question->latency_s, question->levels);
  const TraceAuditEntry entry = { officer, "case-open", id, "", what };
  if (!check_word (id, "a case", error) || !trace_audit_check_officer (officer, error) ||
      !trace_db_begin (db, error))
    return FALSE;
  return end (db,
              insert_case (db, id, rule, question, officer, error) &&
                  trace_audit_append (db, &entry, error),
              error);
}

// The version is what else is being done to the case at this moment is told by.
static gboolean
touch (TraceDb *db, const char *id, GError **error)
{
  gint64 n_changed = 0;
  if (!trace_db_run (db,
                     "UPDATE cases SET version = version + 1 WHERE id = $1 AND closed_ms IS NULL",
                     TRACE_VALUES (TRACE_TEXT (id)), &n_changed, error))
    return FALSE;
  if (n_changed == 1)
    return TRUE;
  g_autoptr (TraceCase) self = trace_case_load_open (db, id, error); // says why
  return self != NULL && refuse (error, id, "it is closed");
}

gboolean
trace_case_close (
    TraceDb *db, const char *id, const char *officer, const char *reason, GError **error)
{
  const TraceAuditEntry entry = { officer, "case-close", id, reason, "" };
  if (!trace_audit_check_officer (officer, error) || !trace_audit_check_reason (reason, error) ||
      !trace_db_begin (db, error))
    return FALSE;
  return end (
      db,
      touch (db, id, error) &&
          trace_db_run (db, "UPDATE cases SET closed_ms = $1, closed_by = $2 WHERE id = $3",
                        TRACE_VALUES (TRACE_INT (now_ms ()), TRACE_TEXT (officer), TRACE_TEXT (id)),
                        NULL, error) &&
          trace_audit_append (db, &entry, error),
      error);
}

// Nobody is two people of one case: their time would not add up.
static gboolean
check_label (TraceDb *db, const char *id, const TraceIndexCase *entry, GError **error)
{
  gint64 n_others = 0;
  char digits[2 * TRACE_SUBJECT_SIZE + 1];
  if (!trace_db_query_int (db,
                           "SELECT count (*) FROM case_index WHERE case_id = $1 AND subject = $2"
                           " AND label <> $3 AND withdrawn_ms IS NULL",
                           TRACE_VALUES (TRACE_TEXT (id),
                                         TRACE_BYTES (entry->subject, TRACE_SUBJECT_SIZE),
                                         TRACE_TEXT (entry->label)),
                           0, &n_others, error))
    return FALSE;
  trace_subject_write (entry->subject, digits);
  g_autofree char *why = g_strdup_printf ("%s is in it by another label", digits);
  return n_others == 0 || refuse (error, id, why);
}

static gboolean
insert_entries (TraceDb *db,
                const char *id,
                const TraceIndexCase *entries,
                gsize n_entries,
                const char *officer,
                GError **error)
{
  gint64 at_ms = now_ms ();
  for (gsize i = 0; i < n_entries; i++)
    if (!check_label (db, id, &entries[i], error) ||
        !trace_db_run (
            db,
            "INSERT INTO case_index (case_id, label, subject, from_s, to_s, is_slot, added_ms,"
            " added_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
            " ON CONFLICT (case_id, label, subject, from_s) DO UPDATE SET to_s = excluded.to_s,"
            " is_slot = excluded.is_slot,"
            " added_ms = excluded.added_ms, added_by = excluded.added_by, withdrawn_ms = NULL,"
            " withdrawn_by = NULL",
            TRACE_VALUES (
                TRACE_TEXT (id), TRACE_TEXT (entries[i].label),
                TRACE_BYTES (entries[i].subject, TRACE_SUBJECT_SIZE), TRACE_INT (entries[i].from_s),
                entries[i].to_s == TRACE_CASE_NOW ? TRACE_NULL_INT : TRACE_INT (entries[i].to_s),
                TRACE_INT (entries[i].is_slot), TRACE_INT (at_ms), TRACE_TEXT (officer)),
            NULL, error))
      return FALSE;
  return TRUE;
}

gboolean
trace_case_add (TraceDb *db,
                const char *id,
                const TraceIndexCase *entries,
                gsize n_entries,
                const char *officer,
                GError **error)
{
  g_return_val_if_fail (n_entries > 0, FALSE);
  g_autoptr (GString) what = g_string_new (NULL);
  g_autoptr (GArray) subjects = g_array_new (FALSE, FALSE, TRACE_SUBJECT_SIZE);
  for (gsize i = 0; i < n_entries; i++)
    g_array_append_vals (subjects, entries[i].subject, 1);
  g_string_append_printf (what, "%s, known by %" G_GSIZE_FORMAT ": ", entries[0].label, n_entries);
  trace_audit_append_subjects (what, subjects);
  const TraceAuditEntry entry = { officer, "case-add", id, "", what->str };
  if (!check_word (entries[0].label, "a label", error) ||
      !trace_audit_check_officer (officer, error) || !trace_db_begin (db, error))
    return FALSE;
  return end (db,
              touch (db, id, error) &&
                  insert_entries (db, id, entries, n_entries, officer, error) &&
                  trace_audit_append (db, &entry, error),
              error);
}

static gboolean
mark_withdrawn (TraceDb *db, const char *id, const char *label, const char *officer, GError **error)
{
  gint64 n_changed = 0;
  if (!trace_db_run (db,
                     "UPDATE case_index SET withdrawn_ms = $1, withdrawn_by = $2"
                     " WHERE case_id = $3 AND label = $4 AND withdrawn_ms IS NULL",
                     TRACE_VALUES (TRACE_INT (now_ms ()), TRACE_TEXT (officer), TRACE_TEXT (id),
                                   TRACE_TEXT (label)),
                     &n_changed, error))
    return FALSE;
  return n_changed > 0 || refuse (error, id, "no index case has this label");
}

gboolean
trace_case_withdraw (TraceDb *db,
                     const char *id,
                     const char *label,
                     const char *officer,
                     const char *reason,
                     GError **error)
{
  const TraceAuditEntry entry = { officer, "case-withdraw", id, reason, label };
  if (!check_word (label, "a label", error) || !trace_audit_check_officer (officer, error) ||
      !trace_audit_check_reason (reason, error) || !trace_db_begin (db, error))
    return FALSE;
  return end (db,
              touch (db, id, error) && mark_withdrawn (db, id, label, officer, error) &&
                  trace_audit_append (db, &entry, error),
              error);
}

static gboolean
get_subject (TraceRows *rows, guint column, guint8 ret_subject[TRACE_SUBJECT_SIZE])
{
  gsize len = 0;
  const guint8 *bytes = trace_rows_get_bytes (rows, column, &len);
  if (len == TRACE_SUBJECT_SIZE)
    memcpy (ret_subject, bytes, len);
  return len == TRACE_SUBJECT_SIZE;
}

GArray *
trace_case_list_index (TraceDb *db, const char *id, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, TRUE, sizeof (TraceIndexCase));
  g_autoptr (GError) cause = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (db,
                      "SELECT label, subject, from_s, to_s, withdrawn_ms, is_slot FROM case_index"
                      " WHERE case_id = $1 ORDER BY label, subject, from_s",
                      TRACE_VALUES (TRACE_TEXT (id)), error);
  if (rows == NULL)
    return NULL;
  while (trace_rows_next (rows, &cause)) {
    TraceIndexCase entry = { .from_s = trace_rows_get_int (rows, 2),
                             .to_s = TRACE_CASE_NOW,
                             .is_withdrawn = !trace_rows_is_null (rows, 4),
                             .is_slot = trace_rows_get_int (rows, 5) != 0 };
    if (!trace_rows_is_null (rows, 3))
      entry.to_s = trace_rows_get_int (rows, 3);
    (void) g_strlcpy (entry.label, trace_rows_get_text (rows, 0), sizeof entry.label); // fits
    if (get_subject (rows, 1, entry.subject))
      g_array_append_val (entries, entry);
  }
  if (cause == NULL)
    return g_steal_pointer (&entries);
  g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

GArray *
trace_case_list_levels (TraceDb *db, const char *id, GError **error)
{
  g_autoptr (GArray) levels = g_array_new (FALSE, TRUE, sizeof (TraceCaseLevel));
  g_autoptr (GError) cause = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (db,
                      "SELECT subject, via, level, doubts, exposed_s, overlap_s, version,"
                      " kept_before_s"
                      " FROM case_level WHERE case_id = $1 ORDER BY level, exposed_s, subject",
                      TRACE_VALUES (TRACE_TEXT (id)), error);
  if (rows == NULL)
    return NULL;
  while (trace_rows_next (rows, &cause)) {
    TraceCaseLevel level = { .level = (guint8) trace_rows_get_int (rows, 2),
                             .doubts = (guint8) trace_rows_get_int (rows, 3),
                             .exposed_s = trace_rows_get_int (rows, 4),
                             .overlap_s = trace_rows_get_int (rows, 5),
                             .version = trace_rows_get_int (rows, 6),
                             .kept_before_s = trace_rows_get_int (rows, 7) };
    if (get_subject (rows, 0, level.subject) && get_subject (rows, 1, level.via))
      g_array_append_val (levels, level);
  }
  if (cause == NULL)
    return g_steal_pointer (&levels);
  g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

gboolean
trace_case_has_subject (TraceDb *db,
                        const char *id,
                        const guint8 subject[TRACE_SUBJECT_SIZE],
                        gboolean *ret_has,
                        GError **error)
{
  gint64 n = 0;
  if (!trace_db_query_int (
          db,
          "SELECT (SELECT count (*) FROM case_level WHERE case_id = $1 AND subject = $2)"
          " + (SELECT count (*) FROM case_index WHERE case_id = $1 AND subject = $2"
          " AND withdrawn_ms IS NULL)",
          TRACE_VALUES (TRACE_TEXT (id), TRACE_BYTES (subject, TRACE_SUBJECT_SIZE)), 0, &n, error))
    return FALSE;
  *ret_has = n > 0;
  return TRUE;
}
