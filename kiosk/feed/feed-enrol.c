// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A thread for each of its two halves: it happens once in a kiosk's life, and before it records.

#define G_LOG_DOMAIN "feed-enrol"

#include "kiosk/feed/feed-enrol.h"

#include <string.h>

#include "kiosk/feed/feed-transfer.h"
#include "kiosk/journal/journal-seal.h"

#define REFUSED 403

G_STATIC_ASSERT (FEED_URL_MAX == JOURNAL_URL_MAX);
G_STATIC_ASSERT (FEED_ENROLMENT_SIGNED <= JOURNAL_STATEMENT_MAX);

typedef struct {
  char *state_dir;
  FeedCode code;
  JournalStamp stamp;
  gboolean again;
} Enrolment;

static void
enrolment_free (Enrolment *enrolment)
{
  g_free (enrolment->state_dir);
  g_free (enrolment);
}

void
feed_enrolled_free (FeedEnrolled *enrolled)
{
  g_clear_pointer (&enrolled->joining, journal_joining_free);
  g_free (enrolled);
}

void
feed_enrolled_drop (FeedEnrolled *enrolled)
{
  journal_joining_refuse (enrolled->joining);
  feed_enrolled_free (enrolled);
}

// A core that was joined would be left for another one, with what it does not have yet.
static gboolean
is_free (const Enrolment *enrolment, GError **error)
{
  JournalMembership membership;
  g_autoptr (GError) damage = NULL;
  gboolean is_enrolled =
      journal_membership_read (enrolment->state_dir, &membership, &damage) || damage != NULL;
  if (!is_enrolled || enrolment->again)
    return TRUE;
  g_set_error (error, FEED_ERROR, FEED_ERROR_ENROLLED, "enrolling: the kiosk belongs to %s already",
               damage == NULL ? membership.venue : "a core");
  return FALSE;
}

static FeedRequest *
make_request (const Enrolment *enrolment, const FeedEnrolled *enrolled)
{
  FeedEnrolment message = { .token = { 0 } };
  JournalStatement statement = { .len = FEED_ENROLMENT_SIGNED };
  guint8 bytes[FEED_ENROLMENT_SIZE];
  memcpy (message.token, enrolment->code.token, sizeof message.token);
  memcpy (message.kiosk_key, enrolled->kiosk_key, sizeof message.kiosk_key);
  feed_enrolment_write (&message, bytes);
  memcpy (statement.bytes, bytes, FEED_ENROLMENT_SIGNED);
  journal_joining_sign (enrolled->joining, &statement, bytes + FEED_ENROLMENT_SIGNED);

  FeedRequest *request = feed_request_new ("POST", enrolment->code.pin);
  request->url = g_strconcat (enrolment->code.url, "/v1/enroll", NULL);
  request->fields = g_new0 (char *, 2);
  request->fields[0] = g_strdup ("Content-Type: " FEED_TYPE_MESSAGE);
  request->body = g_bytes_new (bytes, sizeof bytes);
  return request;
}

// Keys to which nothing can be sealed, or a place that no record can name, would stop the door.
static gboolean
is_usable (const FeedWelcome *welcome)
{
  static const JournalOrigin nowhere;
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 1);
  g_autoptr (GBytes) who =
      journal_seal (welcome->ingest_key, JOURNAL_SEAL_WHO, &nowhere, 1, nothing);
  g_autoptr (GBytes) details =
      journal_seal (welcome->officer_key, JOURNAL_SEAL_DETAILS, &nowhere, 1, nothing);
  return who != NULL && details != NULL &&
         g_regex_match_simple ("\\A[A-Za-z0-9_-]{0,64}\\z", welcome->zone, 0, 0);
}

static gboolean
take_reply (const Enrolment *enrolment,
            const FeedReply *reply,
            JournalMembership *membership,
            GError **error)
{
  FeedWelcome welcome;
  if (reply->status == REFUSED) {
    g_set_error_literal (error, FEED_ERROR, FEED_ERROR_REFUSED,
                         "enrolling: the core refuses the code: used, or too old");
    return FALSE;
  }
  if (reply->status != 200 || !feed_welcome_read (reply->body->data, reply->body->len, &welcome) ||
      !is_usable (&welcome)) {
    g_set_error (error, FEED_ERROR, FEED_ERROR_REPLY, "enrolling: the core answers %u, no welcome",
                 reply->status);
    return FALSE;
  }
  memcpy (membership->core_key, welcome.core_key, sizeof membership->core_key);
  memcpy (membership->ingest_key, welcome.ingest_key, sizeof membership->ingest_key);
  memcpy (membership->officer_key, welcome.officer_key, sizeof membership->officer_key);
  memcpy (membership->pin, enrolment->code.pin, sizeof membership->pin);
  (void) g_strlcpy (membership->url, enrolment->code.url, sizeof membership->url); // same size
  (void) g_strlcpy (membership->venue, welcome.venue, sizeof membership->venue);
  (void) g_strlcpy (membership->zone, welcome.zone, sizeof membership->zone);
  (void) g_strlcpy (membership->profile, welcome.profile, sizeof membership->profile);
  return TRUE;
}

static FeedEnrolled *
enrol_worker (const Enrolment *enrolment, GCancellable *cancellable, GError **error)
{
  if (!is_free (enrolment, error))
    return NULL;
  g_autoptr (FeedEnrolled) enrolled = g_new0 (FeedEnrolled, 1);
  enrolled->joining = journal_joining_begin (enrolment->state_dir, &enrolment->stamp, error);
  if (enrolled->joining == NULL)
    return NULL;
  memcpy (enrolled->kiosk_key, journal_joining_get_kiosk_key (enrolled->joining), JOURNAL_KEY_SIZE);
  g_autoptr (FeedCarrier) carrier = feed_carrier_new ();
  g_autoptr (FeedRequest) request = make_request (enrolment, enrolled);
  g_autoptr (FeedReply) reply = feed_carrier_exchange_worker (carrier, request, cancellable, error);
  if (reply == NULL) // but the core may have taken the kiosk
    return NULL;
  if (take_reply (enrolment, reply, &enrolled->membership, error))
    return g_steal_pointer (&enrolled);
  if (reply->status == REFUSED)
    journal_joining_refuse (enrolled->joining);
  return NULL;
}

static void
run_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  FeedEnrolled *enrolled = enrol_worker (task_data, cancellable, &error);
  if (enrolled != NULL)
    g_task_return_pointer (task, enrolled, (GDestroyNotify) feed_enrolled_free);
  else
    g_task_return_error (task, error);
}

void
feed_enrol_async (const char *state_dir,
                  const FeedCode *code,
                  const JournalStamp *stamp,
                  gboolean again,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Enrolment *enrolment = g_new0 (Enrolment, 1);
  enrolment->state_dir = g_strdup (state_dir);
  enrolment->code = *code;
  enrolment->stamp = *stamp;
  enrolment->again = again;
  g_task_set_source_tag (task, feed_enrol_async);
  g_task_set_task_data (task, enrolment, (GDestroyNotify) enrolment_free);
  g_task_run_in_thread (task, run_worker);
}

FeedEnrolled *
feed_enrol_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, feed_enrol_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

// The lock is free when it returns: the kiosk's work may begin.
static void
confirm_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  FeedEnrolled *enrolled = task_data;
  GError *error = NULL;
  gboolean ok = journal_joining_finish (enrolled->joining, &enrolled->membership, &error);
  g_clear_pointer (&enrolled->joining, journal_joining_free);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
feed_enrol_confirm_async (FeedEnrolled *enrolled, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, feed_enrol_confirm_async);
  g_task_set_task_data (task, enrolled, (GDestroyNotify) feed_enrolled_free);
  g_task_run_in_thread (task, confirm_worker);
}

gboolean
feed_enrol_confirm_finish (GAsyncResult *result, JournalMembership *ret_membership, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, feed_enrol_confirm_async), FALSE);
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *ret_membership = ((const FeedEnrolled *) g_task_get_task_data (G_TASK (result)))->membership;
  return TRUE;
}
