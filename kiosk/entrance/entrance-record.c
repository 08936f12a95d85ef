// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Find, then open or close. The journal works in order and only one scan is under way, so nothing
// comes between the two.

#define G_LOG_DOMAIN "entrance-record"

#include "kiosk/entrance/entrance-record.h"

#include <sodium.h>
#include <string.h>

static void
scan_free (gpointer scan)
{
  sodium_memzero (scan, sizeof (EntranceScan));
  g_free (scan);
}

static void
wipe_text (gpointer text)
{
  sodium_memzero (text, strlen (text));
  g_free (text);
}

// What is known of a person must not lie around in freed memory.
static GBytes *
secret_bytes_new (const char *text)
{
  char *copy = g_strdup (text);
  return g_bytes_new_with_free_func (copy, strlen (copy), wipe_text, copy);
}

static void
answer_free (gpointer answer)
{
  entrance_answer_clear (answer);
  g_free (answer);
}

static void
finish (GTask *task, EntranceMessage message, JournalCommitted *committed, gint64 since_ms)
{
  const EntranceScan *scan = g_task_get_task_data (task);
  char masked[64];
  ct_name_mask (scan->credential.name, masked, sizeof masked);
  EntranceAnswer *answer = g_new0 (EntranceAnswer, 1);
  answer->message = message;
  answer->tone = ENTRANCE_TONE_AMBER;
  answer->committed = committed;
  answer->masked_name = masked[0] != '\0' ? g_strdup (masked) : NULL;
  answer->since_ms = since_ms;
  g_task_return_pointer (task, answer, answer_free);
}

static void
on_visit_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  JournalCommitted *committed =
      journal_store_close_visit_finish (JOURNAL_STORE (source), result, &error);
  if (committed != NULL)
    finish (task, ENTRANCE_MESSAGE_GOODBYE, committed, 0);
  else if (g_error_matches (error, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT))
    finish (task, ENTRANCE_MESSAGE_NOT_INSIDE, NULL, 0); // expired a moment ago
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_visit_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  const EntranceScan *scan = g_task_get_task_data (task);
  JournalCommitted *committed =
      journal_store_open_visit_finish (JOURNAL_STORE (source), result, &error);
  // A number that contradicts its own card is recorded all the same: people are never turned away
  // by a clerk's slip.
  gboolean is_doubtful = (scan->credential.doubts & (CT_DOUBT_SEX | CT_DOUBT_BIRTH_YEAR)) != 0;
  if (committed != NULL)
    finish (task, is_doubtful ? ENTRANCE_MESSAGE_ASK_STAFF : ENTRANCE_MESSAGE_WELCOME, committed,
            0);
  else if (g_error_matches (error, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT))
    finish (task, ENTRANCE_MESSAGE_ALREADY_HERE, NULL, 0); // somebody else's hand was faster
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static JournalEvidence
evidence_of (const struct ct_credential *credential)
{
  if (credential->is_staff)
    return JOURNAL_EVIDENCE_STAFF;
  return credential->kind == CT_KIND_TAG ? JOURNAL_EVIDENCE_BLE : JOURNAL_EVIDENCE_QR;
}

static void
open_visit (JournalStore *journal, GTask *task)
{
  const EntranceScan *scan = g_task_get_task_data (task);
  const struct ct_credential *credential = &scan->credential;
  g_autoptr (GBytes) identity = secret_bytes_new (credential->subject);
  g_autoptr (GBytes) details = NULL;
  if (scan->profile->keep_details && credential->name[0] != '\0')
    details = secret_bytes_new (credential->name);
  const JournalArrival arrival = {
    .stamp = scan->stamp,
    .identity = identity,
    .details = details,
    .credential_kind = (guint8) credential->kind,
    .freshness = (guint8) credential->freshness,
    .doubts = credential->doubts,
    .evidence = evidence_of (credential),
    .zone = scan->profile->zone,
  };
  journal_store_open_visit_async (journal, &arrival, g_task_get_cancellable (task), on_visit_opened,
                                  g_object_ref (task));
}

static void
on_visit_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  JournalStore *journal = JOURNAL_STORE (source);
  const EntranceScan *scan = g_task_get_task_data (task);
  JournalVisit visit = { 0 };
  if (!journal_store_find_visit_finish (journal, result, &visit, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  gboolean is_leaving = scan->direction == ENTRANCE_DIRECTION_LEAVING ||
                        scan->profile->second_scan == ENTRANCE_SECOND_SCAN_CHECK_OUT;
  if (visit.is_open && is_leaving)
    journal_store_close_visit_async (journal, visit.seq, JOURNAL_CLOSE_SCAN, &scan->stamp,
                                     g_task_get_cancellable (task), on_visit_closed,
                                     g_object_ref (task));
  else if (visit.is_open)
    finish (task, ENTRANCE_MESSAGE_ALREADY_HERE, NULL, visit.arrived_ms);
  else if (scan->direction == ENTRANCE_DIRECTION_LEAVING)
    finish (task, ENTRANCE_MESSAGE_NOT_INSIDE, NULL, 0);
  else
    open_visit (journal, task);
}

void
entrance_record_async (JournalStore *journal,
                       const EntranceScan *scan,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (journal, cancellable, callback, user_data);
  g_task_set_source_tag (task, entrance_record_async);
  EntranceScan *copy = g_new (EntranceScan, 1);
  *copy = *scan;
  g_task_set_task_data (task, copy, scan_free);
  g_autoptr (GBytes) identity = secret_bytes_new (scan->credential.subject);
  journal_store_find_visit_async (journal, identity, &scan->stamp, cancellable, on_visit_found,
                                  g_object_ref (task));
}

gboolean
entrance_record_finish (JournalStore *journal,
                        GAsyncResult *result,
                        EntranceAnswer *ret_answer,
                        GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, journal), FALSE);
  EntranceAnswer *answer = g_task_propagate_pointer (G_TASK (result), error);
  if (answer == NULL)
    return FALSE;
  *ret_answer = *answer;
  g_free (answer);
  return TRUE;
}
