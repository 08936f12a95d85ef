// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-reveal"

#include "kiosk/trace/trace-reveal.h"

#include <string.h>

#include "kiosk/trace/trace-audit.h"
#include "kiosk/trace/trace-case.h"
#include "kiosk/trace/trace-keys.h"

gboolean
trace_reveal_check (TraceDb *db, const TraceReveal *reveal, GError **error)
{
  gboolean has = TRUE;
  if (!trace_audit_check_officer (reveal->officer, error) ||
      !trace_audit_check_reason (reveal->reason, error))
    return FALSE;
  g_autoptr (TraceCase) what = trace_case_load_open (db, reveal->case_id, error);
  if (what == NULL)
    return FALSE;
  if (reveal->subject != NULL &&
      !trace_case_has_subject (db, reveal->case_id, reveal->subject, &has, error))
    return FALSE;
  if (!has)
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED, "case %s: the subject is not in it",
                 reveal->case_id);
  return has;
}

gboolean
trace_reveal_note_refused (TraceDb *db, const TraceReveal *reveal, const char *why, GError **error)
{
  char digits[2 * TRACE_SUBJECT_SIZE + 1] = "";
  if (reveal->subject != NULL)
    trace_subject_write (reveal->subject, digits);
  g_autofree char *what = g_strdup_printf ("%s%s%s", why, digits[0] != '\0' ? ": " : "", digits);
  const TraceAuditEntry entry = { reveal->officer, "reveal-refused",
                                  trace_case_is_word (reveal->case_id) ? reveal->case_id : "",
                                  reveal->reason, what };
  return trace_audit_write (db, &entry, error);
}

// Subjects of the case that there are details of. (transfer full) of 16 bytes each.
static GByteArray *
find_subjects (TraceDb *db, const TraceReveal *reveal, GError **error)
{
  g_autoptr (GByteArray) subjects = g_byte_array_new ();
  g_autoptr (GError) cause = NULL;
  gsize len = 0;
  if (reveal->subject != NULL) {
    g_byte_array_append (subjects, reveal->subject, TRACE_SUBJECT_SIZE);
    return g_steal_pointer (&subjects);
  }
  g_autoptr (TraceRows) rows =
      trace_db_query (db,
                      "SELECT DISTINCT subject FROM detail WHERE subject IN"
                      " (SELECT subject FROM case_level WHERE case_id = $1"
                      " UNION SELECT subject FROM case_index WHERE case_id = $1"
                      " AND withdrawn_ms IS NULL) ORDER BY subject",
                      TRACE_VALUES (TRACE_TEXT (reveal->case_id)), error);
  if (rows == NULL)
    return NULL;
  while (trace_rows_next (rows, &cause)) {
    const guint8 *subject = trace_rows_get_bytes (rows, 0, &len);
    if (len == TRACE_SUBJECT_SIZE)
      g_byte_array_append (subjects, subject, TRACE_SUBJECT_SIZE);
  }
  if (cause == NULL)
    return g_steal_pointer (&subjects);
  g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

// An entry for each subject.
static gboolean
write_log (TraceDb *db, const TraceReveal *reveal, const GByteArray *subjects, GError **error)
{
  TraceAuditEntry entry = { reveal->officer, "reveal", reveal->case_id, reveal->reason, "nobody" };
  if (subjects->len == 0)
    return trace_audit_append (db, &entry, error);
  for (guint i = 0; i < subjects->len; i += TRACE_SUBJECT_SIZE) {
    char digits[2 * TRACE_SUBJECT_SIZE + 1];
    trace_subject_write (subjects->data + i, digits);
    entry.what = digits;
    if (!trace_audit_append (db, &entry, error))
      return FALSE;
  }
  return TRUE;
}

// Whose details may be opened: it is in the log by then. (transfer full)
static GByteArray *
permit (TraceDb *db, const TraceReveal *reveal, GError **error)
{
  g_autoptr (GByteArray) subjects = NULL;
  if (!trace_db_begin (db, error))
    return NULL;
  if (trace_reveal_check (db, reveal, error) &&
      (subjects = find_subjects (db, reveal, error)) != NULL &&
      write_log (db, reveal, subjects, error) && trace_db_commit (db, error))
    return g_steal_pointer (&subjects);
  trace_db_roll_back (db);
  return NULL;
}

static void
open_box (const TraceOfficerKey *key,
          const JournalOrigin *origin,
          const JournalBytes *box,
          TraceRevealed *revealed,
          TraceRevealTell tell,
          gpointer user_data)
{
  GBytes *content = journal_unseal (key->public_key, key->secret_key, JOURNAL_SEAL_DETAILS, origin,
                                    (guint64) revealed->seq, box);
  gsize len = 0;
  const char *text = content != NULL ? g_bytes_get_data (content, &len) : NULL;
  char *details = text != NULL ? g_utf8_make_valid (text, (gssize) len) : NULL;
  revealed->details = details;
  tell (revealed, user_data);
  if (details != NULL)
    trace_keys_forget (g_bytes_new_take (details, strlen (details)));
  if (content != NULL)
    trace_keys_forget (content);
}

static gboolean
open_of (TraceDb *db,
         const guint8 *subject,
         const TraceOfficerKey *key,
         TraceRevealTell tell,
         gpointer user_data,
         GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (TraceRows) rows = trace_db_query (
      db, "SELECT kiosk, epoch, seq, box FROM detail WHERE subject = $1 ORDER BY kiosk, epoch, seq",
      TRACE_VALUES (TRACE_BYTES (subject, TRACE_SUBJECT_SIZE)), error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &cause)) {
    TraceRevealed revealed = { .seq = trace_rows_get_int (rows, 2) };
    JournalOrigin origin = { .kiosk = { 0 } };
    JournalBytes box = { NULL, 0 };
    gsize kiosk_len = 0, epoch_len = 0;
    const guint8 *kiosk = trace_rows_get_bytes (rows, 0, &kiosk_len);
    const guint8 *epoch = trace_rows_get_bytes (rows, 1, &epoch_len);
    if (kiosk_len != sizeof origin.kiosk || epoch_len != sizeof origin.epoch)
      continue;
    memcpy (origin.kiosk, kiosk, kiosk_len);
    memcpy (origin.epoch, epoch, epoch_len);
    memcpy (revealed.kiosk, kiosk, kiosk_len);
    memcpy (revealed.subject, subject, TRACE_SUBJECT_SIZE);
    box.data = trace_rows_get_bytes (rows, 3, &box.len);
    open_box (key, &origin, &box, &revealed, tell, user_data);
  }
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return cause == NULL;
}

gboolean
trace_reveal (TraceDb *db,
              const TraceReveal *reveal,
              const TraceOfficerKey *key,
              TraceRevealTell tell,
              gpointer user_data,
              GError **error)
{
  g_autoptr (GByteArray) subjects = permit (db, reveal, error);
  if (subjects == NULL)
    return FALSE;
  for (guint i = 0; i < subjects->len; i += TRACE_SUBJECT_SIZE)
    if (!open_of (db, subjects->data + i, key, tell, user_data, error))
      return FALSE;
  return TRUE;
}
