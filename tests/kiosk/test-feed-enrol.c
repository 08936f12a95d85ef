// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Joining a core: with the right code, once, and only the core that the code names.

#include <string.h>

#include "kiosk/feed/feed-client.h"
#include "kiosk/feed/feed-enrol.h"
#include "kiosk/journal/journal-keys.h"
#include "tests/kiosk/feed-far-end.h"
#include "tests/kiosk/journal-harness.h"

#define DEADLINE_US (60 * G_USEC_PER_SEC)

typedef struct {
  char *state_dir;
  FarEnd *far_end;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->state_dir = harness_make_state_dir ();
  fixture->far_end = far_end_new (FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  far_end_free (fixture->far_end);
  harness_remove_state_dir (fixture->state_dir);
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer place)
{
  *(GAsyncResult **) place = g_object_ref (result);
}

static FeedEnrolled *
ask (Fixture *fixture, const FeedCode *code, gboolean again, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  JournalStamp stamp = harness_stamp (0);
  feed_enrol_async (fixture->state_dir, code, &stamp, again, NULL, on_ready, &result);
  while (result == NULL)
    (void) g_main_context_iteration (NULL, TRUE);
  return feed_enrol_finish (result, error);
}

static gboolean
confirm (FeedEnrolled *enrolled, JournalMembership *ret_membership, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  feed_enrol_confirm_async (enrolled, on_ready, &result);
  while (result == NULL)
    (void) g_main_context_iteration (NULL, TRUE);
  return feed_enrol_confirm_finish (result, ret_membership, error);
}

static gboolean
enrol (Fixture *fixture,
       const FeedCode *code,
       gboolean again,
       JournalMembership *ret_membership,
       GError **error)
{
  FeedEnrolled *enrolled = ask (fixture, code, again, error);
  return enrolled != NULL && confirm (enrolled, ret_membership, error);
}

static gboolean
is_enrolled (Fixture *fixture)
{
  JournalMembership membership;
  return journal_membership_read (fixture->state_dir, &membership, NULL);
}

static void
test_joins (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  JournalMembership membership;
  FeedCode code = far_end_make_code (fixture->far_end);
  g_assert_true (enrol (fixture, &code, FALSE, &membership, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (membership.venue, ==, "khach-san");
  g_assert_cmpstr (membership.zone, ==, "sanh");
  g_assert_cmpstr (membership.profile, ==, "hotel");
  g_assert_cmpstr (membership.url, ==, far_end_get_url (fixture->far_end));
  g_assert_cmpmem (membership.core_key, JOURNAL_KEY_SIZE, far_end_get_core_key (fixture->far_end),
                   JOURNAL_KEY_SIZE);
  g_assert_true (is_enrolled (fixture));
  g_autoptr (JournalKeys) keys = journal_keys_load (fixture->state_dir, &error);
  g_assert_no_error (error);
  g_assert_true (journal_keys_is_enrolled (keys));
  g_assert_false (journal_keys_have_recovery (fixture->state_dir)); // it would open nothing
  g_assert_cmpmem (journal_keys_get_ingest_key (keys), JOURNAL_KEY_SIZE, membership.ingest_key,
                   JOURNAL_KEY_SIZE);
}

static gboolean
is_locked (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JournalStore) store = harness_store_new (fixture->state_dir, NULL);
  return !harness_open (store, 0, &error) &&
         g_error_matches (error, JOURNAL_ERROR, JOURNAL_ERROR_LOCKED);
}

static void
test_joins_when_confirmed (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  JournalMembership membership;
  FeedCode code = far_end_make_code (fixture->far_end);
  FeedEnrolled *enrolled = ask (fixture, &code, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (enrolled->membership.venue, ==, "khach-san");
  g_assert_false (is_enrolled (fixture));
  g_assert_true (journal_keys_have_recovery (fixture->state_dir));
  g_assert_true (is_locked (fixture));
  g_autoptr (JournalKeys) keys = journal_keys_load (fixture->state_dir, &error);
  g_assert_cmpmem (journal_keys_get_kiosk_key (keys), JOURNAL_KEY_SIZE, enrolled->kiosk_key,
                   JOURNAL_KEY_SIZE);
  feed_enrolled_drop (enrolled);
  g_assert_false (is_enrolled (fixture));
  g_assert_false (journal_keys_exist (fixture->state_dir));

  code = far_end_make_code (fixture->far_end);
  enrolled = ask (fixture, &code, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (confirm (enrolled, &membership, &error));
  g_assert_true (is_enrolled (fixture));
  g_assert_false (journal_keys_have_recovery (fixture->state_dir));
  g_assert_false (is_locked (fixture));
}

static void
test_keeps_the_old_core (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FarEnd) other = far_end_new (FALSE);
  JournalMembership membership;
  FeedCode code = far_end_make_code (fixture->far_end);
  g_assert_true (enrol (fixture, &code, FALSE, &membership, &error));
  code = far_end_make_code (other);
  FeedEnrolled *enrolled = ask (fixture, &code, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (journal_membership_read (fixture->state_dir, &membership, &error));
  g_assert_cmpstr (membership.url, ==, far_end_get_url (fixture->far_end));
  feed_enrolled_drop (enrolled);
  g_assert_true (journal_membership_read (fixture->state_dir, &membership, &error));
  g_assert_cmpstr (membership.url, ==, far_end_get_url (fixture->far_end));
  g_assert_true (journal_keys_exist (fixture->state_dir));
}

// Whoever loses interest has not joined.
static void
test_cancelled (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  JournalStamp stamp = harness_stamp (0);
  FeedCode code = far_end_make_code (fixture->far_end);
  feed_enrol_async (fixture->state_dir, &code, &stamp, FALSE, cancellable, on_ready, &result);
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  while (far_end_count_requests (fixture->far_end) == 0)
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    (void) g_main_context_iteration (NULL, TRUE);
  g_assert_null (feed_enrol_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result); // with it goes what was joined, once the thread is done with it, too
  while (is_locked (fixture))
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
  g_assert_false (is_enrolled (fixture));
}

static void
test_a_code_works_once (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  JournalMembership membership;
  FeedCode code = far_end_make_code (fixture->far_end);
  g_assert_true (enrol (fixture, &code, FALSE, &membership, &error));
  g_assert_false (enrol (fixture, &code, FALSE, &membership, &error));
  g_assert_error (error, FEED_ERROR, FEED_ERROR_ENROLLED);
  g_assert_cmpuint (far_end_count_requests (fixture->far_end), ==, 1);
  g_clear_error (&error);
  g_assert_false (enrol (fixture, &code, TRUE, &membership, &error));
  g_assert_error (error, FEED_ERROR, FEED_ERROR_REFUSED);
  g_assert_true (is_enrolled (fixture)); // as before
  g_clear_error (&error);
  code = far_end_make_code (fixture->far_end);
  g_assert_true (enrol (fixture, &code, TRUE, &membership, &error));
}

static void
test_refusals_change_nothing (Fixture *fixture, gconstpointer unused)
{
  JournalMembership membership;
  FeedCode code = far_end_make_code (fixture->far_end);
  FeedCode wrong = code;
  g_autoptr (GError) error = NULL;
  wrong.token[0] ^= 1;
  g_assert_false (enrol (fixture, &wrong, FALSE, &membership, &error));
  g_assert_error (error, FEED_ERROR, FEED_ERROR_REFUSED);
  g_assert_false (journal_keys_exist (fixture->state_dir)); // another kiosk comes next time
  g_clear_error (&error);
  wrong = code;
  wrong.pin[0] ^= 1;
  g_assert_false (enrol (fixture, &wrong, FALSE, &membership, &error));
  g_assert_error (error, FEED_ERROR, FEED_ERROR_PIN);
  g_clear_error (&error);
  g_assert_cmpuint (far_end_count_requests (fixture->far_end), ==, 1); // the token went nowhere
  far_end_set_mood (fixture->far_end, FAR_END_PORTAL, 1);
  g_assert_false (enrol (fixture, &code, FALSE, &membership, &error));
  g_assert_error (error, FEED_ERROR, FEED_ERROR_REPLY);
  g_clear_error (&error);
  far_end_set_mood (fixture->far_end, FAR_END_MOVED, 1);
  g_assert_false (enrol (fixture, &code, FALSE, &membership, &error));
  g_assert_error (error, FEED_ERROR, FEED_ERROR_REPLY);
  g_clear_error (&error);
  g_assert_cmpuint (far_end_count_elsewhere (fixture->far_end), ==, 0);
  far_end_cut (fixture->far_end);
  g_assert_false (enrol (fixture, &code, FALSE, &membership, &error));
  g_assert_error (error, FEED_ERROR, FEED_ERROR_UNREACHABLE);
  far_end_mend (fixture->far_end);
  g_assert_false (is_enrolled (fixture));
  g_assert_true (journal_keys_exist (fixture->state_dir)); // the core may have heard
}

// The core has taken it in, and the answer was lost: the same code joins the same kiosk.
static void
test_an_answer_that_is_lost (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  JournalMembership membership;
  FeedCode code = far_end_make_code (fixture->far_end);
  far_end_set_mood (fixture->far_end, FAR_END_RESET, 2);
  for (guint i = 0; i < 2; i++) {
    g_assert_false (enrol (fixture, &code, FALSE, &membership, &error));
    g_assert_error (error, FEED_ERROR, FEED_ERROR_UNREACHABLE);
    g_clear_error (&error);
    g_assert_false (is_enrolled (fixture));
  }
  g_assert_true (enrol (fixture, &code, FALSE, &membership, &error));
  g_assert_true (is_enrolled (fixture));
  g_assert_false (journal_keys_have_recovery (fixture->state_dir)); // nothing was recorded
  g_assert_cmpuint (far_end_count_requests (fixture->far_end), ==, 3);
}

static void
test_a_running_kiosk_is_left_alone (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  JournalMembership membership;
  FeedCode code = far_end_make_code (fixture->far_end);
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (store, 0, &error));
  g_assert_false (enrol (fixture, &code, FALSE, &membership, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_LOCKED);
  g_assert_finalize_object (store);
  g_assert_false (is_enrolled (fixture));
  g_assert_cmpuint (far_end_count_requests (fixture->far_end), ==, 0);
}

static void
read_clock (gpointer unused, JournalStamp *ret_stamp)
{
  *ret_stamp = harness_stamp (0);
}

// The core checks the signatures of the kiosk that it enrolled: of batches, and of heartbeats.
static void
test_feeds_afterwards (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  JournalMembership membership;
  FeedCode code = far_end_make_code (fixture->far_end);
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (store, 0, &error)); // a life before
  g_autoptr (GBytes) early = harness_identity (1);
  g_autoptr (JournalCommitted) first = harness_arrive (store, early, NULL, 1, &error);
  g_assert_finalize_object (store);
  g_assert_true (enrol (fixture, &code, FALSE, &membership, &error));
  g_assert_true (journal_keys_have_recovery (fixture->state_dir)); // the early ones need it

  FeedOptions options;
  feed_options_init (&options);
  options.membership = membership;
  options.read_clock = read_clock;
  options.linger_ms = 5;
  options.version = "0.1-test";
  store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (store, 2, &error));
  g_autoptr (GBytes) identity = harness_identity (2);
  g_autoptr (JournalCommitted) committed = harness_arrive (store, identity, NULL, 3, &error);
  FeedClient *client = feed_client_new (store, &options);
  feed_client_set_devices (client, FEED_DEVICE_PRINTER);
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  while (far_end_get_last (fixture->far_end) < journal_committed_get_seq (committed) ||
         far_end_get_heartbeat (fixture->far_end).last == 0 || feed_client_is_busy (client)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    (void) g_main_context_iteration (NULL, FALSE);
  }
  FeedHeartbeat heartbeat = far_end_get_heartbeat (fixture->far_end);
  g_assert_cmpuint (heartbeat.last, ==, journal_committed_get_seq (committed));
  g_assert_cmpuint (heartbeat.devices, ==, FEED_DEVICE_PRINTER);
  g_assert_cmpstr (heartbeat.version, ==, "0.1-test");
  g_assert_cmpint (heartbeat.quality, ==, JOURNAL_CLOCK_SYNCED);
  feed_client_stop (client);
  g_assert_finalize_object (client);
  g_assert_finalize_object (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/feed/enrol/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("joins", test_joins);
  ADD ("joins-when-it-is-confirmed", test_joins_when_confirmed);
  ADD ("keeps-the-old-core-until-it-is-confirmed", test_keeps_the_old_core);
  ADD ("cancelled-is-not-joined", test_cancelled);
  ADD ("a-code-works-once", test_a_code_works_once);
  ADD ("refusals-change-nothing", test_refusals_change_nothing);
  ADD ("an-answer-that-is-lost", test_an_answer_that_is_lost);
  ADD ("a-running-kiosk-is-left-alone", test_a_running_kiosk_is_left_alone);
  ADD ("feeds-afterwards", test_feeds_afterwards);
  return g_test_run ();
}
