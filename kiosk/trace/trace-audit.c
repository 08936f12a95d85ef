// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-audit"

#include "kiosk/trace/trace-audit.h"

#include <sodium.h>
#include <string.h>

static const char domain[] = "tramxanh/audit/v1";

static gboolean
is_text (const char *text, gsize max)
{
  gsize len = strlen (text);
  if (len == 0 || len > max || !g_utf8_validate (text, (gssize) len, NULL))
    return FALSE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

gboolean
trace_audit_check_officer (const char *officer, GError **error)
{
  if (officer != NULL && is_text (officer, TRACE_AUDIT_OFFICER_MAX))
    return TRUE;
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT,
               "the officer is named with 1 to %d bytes of text", TRACE_AUDIT_OFFICER_MAX);
  return FALSE;
}

gboolean
trace_audit_check_reason (const char *reason, GError **error)
{
  if (reason != NULL && is_text (reason, TRACE_AUDIT_REASON_MAX))
    return TRUE;
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "a reason is 1 to %d bytes of text",
               TRACE_AUDIT_REASON_MAX);
  return FALSE;
}

void
trace_audit_append_subjects (GString *what, const GArray *subjects)
{
  enum { SIZE = 16 };
  guint n_told = 0, n_more = 0;
  for (guint i = 0; i < subjects->len; i++) {
    const guint8 *subject = (const guint8 *) subjects->data + (gsize) i * SIZE;
    char digits[2 * SIZE + 1];
    if (i > 0 && memcmp (subject - SIZE, subject, SIZE) == 0)
      continue; // at another time
    if (n_told == TRACE_AUDIT_SUBJECTS_MAX)
      n_more++;
    else
      g_string_append_printf (what, "%s%s", n_told++ > 0 ? " " : "",
                              sodium_bin2hex (digits, sizeof digits, subject, SIZE));
  }
  if (n_more > 0)
    g_string_append_printf (what, " and %u more", n_more);
}

static void
hash_number (crypto_generichash_state *state, guint64 number)
{
  guint64 big = GUINT64_TO_BE (number);
  (void) crypto_generichash_update (state, (const guint8 *) &big, sizeof big); // always 0
}

static void
hash_text (crypto_generichash_state *state, const char *text)
{
  hash_number (state, strlen (text));
  (void) crypto_generichash_update (state, (const guint8 *) text, strlen (text)); // always 0
}

// Lengths stand before the texts, so that no two entries have the same bytes.
static void
chain (TraceAuditHead *head, gint64 at_ms, const TraceAuditEntry *entry)
{
  crypto_generichash_state state;
  (void) crypto_generichash_init (&state, NULL, 0, TRACE_AUDIT_HASH_SIZE); // sizes are constants
  (void) crypto_generichash_update (&state, (const guint8 *) domain, sizeof domain);
  (void) crypto_generichash_update (&state, head->hash, sizeof head->hash);
  hash_number (&state, (guint64) ++head->n);
  hash_number (&state, (guint64) at_ms);
  hash_text (&state, entry->officer);
  hash_text (&state, entry->action);
  hash_text (&state, entry->case_id);
  hash_text (&state, entry->reason);
  hash_text (&state, entry->what);
  (void) crypto_generichash_final (&state, head->hash, sizeof head->hash); // always 0
}

static gboolean
read_head (TraceDb *db, TraceAuditHead *ret_head, GError **error)
{
  g_autoptr (TraceRows) rows =
      trace_db_query (db, "SELECT n, hash FROM audit_head WHERE id = 0", TRACE_NO_VALUES, error);
  g_autoptr (GError) cause = NULL;
  gsize len = 0;
  if (rows == NULL)
    return FALSE;
  if (trace_rows_next (rows, &cause)) {
    const guint8 *hash = trace_rows_get_bytes (rows, 1, &len);
    ret_head->n = trace_rows_get_int (rows, 0);
    if (len == sizeof ret_head->hash) {
      memcpy (ret_head->hash, hash, len);
      return TRUE;
    }
  }
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "audit log: its head is gone");
  return FALSE;
}

gboolean
trace_audit_append (TraceDb *db, const TraceAuditEntry *entry, GError **error)
{
  TraceAuditHead head = { 0 };
  gint64 at_ms = g_get_real_time () / 1000;
  // The update comes first: it keeps others out until the transaction ends.
  if (!trace_db_run (db, "UPDATE audit_head SET n = n + 1 WHERE id = 0", TRACE_NO_VALUES, NULL,
                     error) ||
      !read_head (db, &head, error))
    return FALSE;
  head.n--;
  chain (&head, at_ms, entry);
  return trace_db_run (db,
                       "INSERT INTO audit (n, at_ms, officer, action, case_id, reason, what, hash)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                       TRACE_VALUES (TRACE_INT (head.n), TRACE_INT (at_ms),
                                     TRACE_TEXT (entry->officer), TRACE_TEXT (entry->action),
                                     TRACE_TEXT (entry->case_id), TRACE_TEXT (entry->reason),
                                     TRACE_TEXT (entry->what),
                                     TRACE_BYTES (head.hash, sizeof head.hash)),
                       NULL, error) &&
         trace_db_run (db, "UPDATE audit_head SET hash = $1 WHERE id = 0",
                       TRACE_VALUES (TRACE_BYTES (head.hash, sizeof head.hash)), NULL, error);
}

gboolean
trace_audit_write (TraceDb *db, const TraceAuditEntry *entry, GError **error)
{
  if (!trace_db_begin (db, error))
    return FALSE;
  if (trace_audit_append (db, entry, error) && trace_db_commit (db, error))
    return TRUE;
  trace_db_roll_back (db);
  return FALSE;
}

#define COLUMNS "SELECT n, at_ms, officer, action, case_id, reason, what, hash FROM audit"

static TraceAuditEntry
entry_of (TraceRows *rows)
{
  return (TraceAuditEntry){
    .officer = trace_rows_get_text (rows, 2),
    .action = trace_rows_get_text (rows, 3),
    .case_id = trace_rows_get_text (rows, 4),
    .reason = trace_rows_get_text (rows, 5),
    .what = trace_rows_get_text (rows, 6),
  };
}

static gboolean
is_against (const TraceAuditHead *head, const TraceAuditHead *pin)
{
  return pin != NULL && pin->n == head->n && memcmp (pin->hash, head->hash, sizeof head->hash) != 0;
}

// Goes through @rows as long as they follow on each other, and agree with two heads that were read
// elsewhere. FALSE: entry @head->n + 1 does not.
static gboolean
follow (TraceRows *rows, const TraceAuditHead *pins[2], TraceAuditHead *head, GError **error)
{
  while (trace_rows_next (rows, error)) {
    TraceAuditHead next = *head;
    gsize len = 0;
    const TraceAuditEntry entry = entry_of (rows);
    chain (&next, trace_rows_get_int (rows, 1), &entry);
    const guint8 *hash = trace_rows_get_bytes (rows, 7, &len);
    if (trace_rows_get_int (rows, 0) != next.n || len != sizeof next.hash ||
        memcmp (hash, next.hash, len) != 0 || is_against (&next, pins[0]) ||
        is_against (&next, pins[1]))
      return FALSE;
    *head = next;
  }
  return TRUE;
}

gboolean
trace_audit_verify (TraceDb *db,
                    const TraceAuditHead *earlier,
                    TraceAuditHead *ret_head,
                    gint64 *ret_wrong,
                    GError **error)
{
  TraceAuditHead head = { 0 }, written = { 0 };
  const TraceAuditHead *pins[2] = { &written, earlier };
  g_autoptr (GError) cause = NULL;
  if (!read_head (db, &written, error))
    return FALSE;
  g_autoptr (TraceRows) rows = trace_db_query (db, COLUMNS " ORDER BY n", TRACE_NO_VALUES, error);
  if (rows == NULL)
    return FALSE;
  gboolean holds = follow (rows, pins, &head, &cause);
  if (cause != NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  // Somebody may have written one since the head was read.
  holds = holds && written.n <= head.n && (earlier == NULL || earlier->n <= head.n);
  *ret_head = head;
  *ret_wrong = holds ? 0 : head.n + 1;
  return TRUE;
}

gboolean
trace_audit_list (
    TraceDb *db, const char *case_id, TraceAuditTell tell, gpointer user_data, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (TraceRows) rows =
      case_id != NULL ? trace_db_query (db, COLUMNS " WHERE case_id = $1 ORDER BY n",
                                        TRACE_VALUES (TRACE_TEXT (case_id)), error)
                      : trace_db_query (db, COLUMNS " ORDER BY n", TRACE_NO_VALUES, error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &cause)) {
    const TraceAuditEntry entry = entry_of (rows);
    tell (trace_rows_get_int (rows, 0), trace_rows_get_int (rows, 1), &entry, user_data);
  }
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return cause == NULL;
}
