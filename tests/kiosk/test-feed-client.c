// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The real client and journal against a far end on TLS that misbehaves. Whatever it does, nothing
// is lost, nothing is kept twice, and only a receipt counts.

#include <dlfcn.h>
#include <netdb.h>
#include <string.h>

#include "kiosk/feed/feed-client.h"
#include "kiosk/journal/journal-outbox.h"
#include "tests/kiosk/feed-far-end.h"
#include "tests/kiosk/journal-harness.h"

#define DEADLINE_US (60 * G_USEC_PER_SEC)
#define LONG_MS     60000 // nobody waits for that

typedef struct {
  char *state_dir;
  FarEnd *far_end;
  JournalStore *store;
  FeedOptions options;
  FeedClient *client; // (nullable)
  gint64 shift_ms;    // of the kiosk's clock
  guint n_visitors;
} Fixture;

static void
read_clock (gpointer clock, JournalStamp *ret_stamp)
{
  const Fixture *fixture = clock;
  *ret_stamp = harness_stamp (0);
  ret_stamp->wall_ms = g_get_real_time () / 1000 + fixture->shift_ms;
}

static void
wait_until (gboolean (*is_so) (Fixture *fixture), Fixture *fixture)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  while (!is_so (fixture)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    if (!g_main_context_iteration (NULL, FALSE))
      g_thread_yield ();
  }
}

static void
join (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  JournalStamp stamp = harness_stamp (0);
  JournalMembership *membership = &fixture->options.membership;
  memcpy (membership->core_key, far_end_get_core_key (fixture->far_end), JOURNAL_KEY_SIZE);
  memcpy (membership->pin, far_end_get_pin (fixture->far_end), sizeof membership->pin);
  (void) g_strlcpy (membership->url, far_end_get_url (fixture->far_end), sizeof membership->url);
  memset (membership->ingest_key, 9, sizeof membership->ingest_key);
  memset (membership->officer_key, 10, sizeof membership->officer_key);
  g_autoptr (JournalJoining) joining = journal_joining_begin (fixture->state_dir, &stamp, &error);
  g_assert_no_error (error);
  g_assert_true (journal_joining_finish (joining, membership, &error));
}

static void
open_store (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (fixture->store, 0, &error));
  g_assert_no_error (error);
}

static void
set_up_with (Fixture *fixture, gboolean is_expired)
{
  fixture->state_dir = harness_make_state_dir ();
  fixture->far_end = far_end_new (is_expired);
  feed_options_init (&fixture->options);
  fixture->options.read_clock = read_clock;
  fixture->options.clock = fixture;
  fixture->options.version = "0.1-test";
  fixture->options.linger_ms = 5;
  fixture->options.timeout_ms = 5000;
  fixture->options.backoff_min_ms = 5;
  fixture->options.backoff_max_ms = 50;
  join (fixture);
  open_store (fixture);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  set_up_with (fixture, FALSE);
}

static void
set_up_expired (Fixture *fixture, gconstpointer unused)
{
  set_up_with (fixture, TRUE);
}

static gboolean
is_idle (Fixture *fixture)
{
  return !feed_client_is_busy (fixture->client);
}

static void
stop_client (Fixture *fixture)
{
  if (fixture->client == NULL)
    return;
  feed_client_stop (fixture->client);
  wait_until (is_idle, fixture);
  g_assert_finalize_object (g_steal_pointer (&fixture->client));
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  stop_client (fixture);
  g_assert_finalize_object (fixture->store);
  far_end_free (fixture->far_end);
  harness_remove_state_dir (fixture->state_dir);
}

static void
start_client (Fixture *fixture)
{
  fixture->client = feed_client_new (fixture->store, &fixture->options);
}

static void
arrive (Fixture *fixture, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_autoptr (GError) error = NULL;
    guint number = fixture->n_visitors++;
    g_autoptr (GBytes) identity = harness_identity (number);
    g_autoptr (JournalCommitted) committed =
        harness_arrive (fixture->store, identity, NULL, number, &error);
    g_assert_no_error (error);
  }
}

static JournalPosition
position_of (Fixture *fixture)
{
  JournalPosition position;
  journal_store_get_position (fixture->store, &position);
  return position;
}

static FeedState
state_of (Fixture *fixture)
{
  FeedState state;
  feed_client_get_state (fixture->client, &state);
  return state;
}

static gboolean
is_delivered (Fixture *fixture)
{
  return position_of (fixture).delivered == position_of (fixture).last &&
         state_of (fixture).link == FEED_LINK_ONLINE && state_of (fixture).backlog == 0;
}

static gboolean
is_offline (Fixture *fixture)
{
  return state_of (fixture).link == FEED_LINK_OFFLINE;
}

static gboolean
is_stopped (Fixture *fixture)
{
  return state_of (fixture).link == FEED_LINK_STOPPED;
}

static void
assert_whole (Fixture *fixture)
{
  g_assert_cmpuint (far_end_get_last (fixture->far_end), ==, position_of (fixture).last);
  g_assert_cmpuint (far_end_count_records (fixture->far_end), ==, position_of (fixture).last);
  g_assert_cmpuint (far_end_count_elsewhere (fixture->far_end), ==, 0);
}

static gboolean
is_online (Fixture *fixture)
{
  return state_of (fixture).link == FEED_LINK_ONLINE;
}

static void
test_rests_in_a_backlog (Fixture *fixture, gconstpointer unused)
{
  arrive (fixture, FEED_BATCH_RECORDS_MAX + 100);
  fixture->options.rest_ms = 3600 * 1000;
  start_client (fixture);
  wait_until (is_online, fixture);
  arrive (fixture, 1);           // does not wake it
  wait_until (is_idle, fixture); // a heartbeat may go meanwhile
  g_assert_cmpuint (far_end_get_last (fixture->far_end), ==, FEED_BATCH_RECORDS_MAX);
  g_assert_cmpuint (position_of (fixture).delivered, ==, FEED_BATCH_RECORDS_MAX);
  stop_client (fixture);
  fixture->options.rest_ms = 1;
  start_client (fixture);
  wait_until (is_delivered, fixture);
  assert_whole (fixture);
}

static void
test_delivers_and_goes_on (Fixture *fixture, gconstpointer unused)
{
  arrive (fixture, 30);
  start_client (fixture);
  g_assert_cmpint (state_of (fixture).link, ==, FEED_LINK_UNKNOWN);
  wait_until (is_delivered, fixture);
  assert_whole (fixture);
  g_assert_cmpuint (far_end_count_requests (fixture->far_end), ==, 1);
  arrive (fixture, 3);
  wait_until (is_delivered, fixture);
  assert_whole (fixture);
  g_assert_cmpuint (far_end_count_doubles (fixture->far_end), ==, 0);
  g_assert_cmpint (state_of (fixture).delivered_ms, >, 0);
  g_assert_false (state_of (fixture).clocks_differ);

  // A kiosk that starts again knows what it delivered.
  stop_client (fixture);
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
  open_store (fixture);
  start_client (fixture);
  wait_until (is_delivered, fixture);
  assert_whole (fixture);
  g_assert_cmpuint (far_end_count_doubles (fixture->far_end), ==, 0);
}

typedef struct {
  const char *name;
  FarEndMood mood;
  FeedOutcome reason;
} Mishap;

static const Mishap mishaps[] = {
  { "a-captive-portal", FAR_END_PORTAL, FEED_OUTCOME_WRONG },
  { "a-redirect", FAR_END_MOVED, FEED_OUTCOME_WRONG },
  { "an-altered-receipt", FAR_END_ALTERED_RECEIPT, FEED_OUTCOME_WRONG },
  { "a-receipt-for-another-kiosk", FAR_END_OTHER_KIOSK, FEED_OUTCOME_WRONG },
  { "a-receipt-for-other-records", FAR_END_OTHER_SEQ, FEED_OUTCOME_WRONG },
  { "a-receipt-of-a-stranger", FAR_END_STRANGER, FEED_OUTCOME_WRONG },
  { "an-empty-answer", FAR_END_EMPTY, FEED_OUTCOME_WRONG },
  { "a-server-error", FAR_END_BROKEN, FEED_OUTCOME_WRONG },
  { "an-endless-answer", FAR_END_ENDLESS, FEED_OUTCOME_WRONG },
  { "endless-headers", FAR_END_ENDLESS_HEADERS, FEED_OUTCOME_WRONG },
  { "a-reset-after-the-commit", FAR_END_RESET, FEED_OUTCOME_UNREACHABLE },
};

// It is not delivered, everybody can see that, and it is delivered afterwards.
static void
test_mishap (Fixture *fixture, gconstpointer data)
{
  const Mishap *mishap = data;
  arrive (fixture, 5);
  far_end_set_mood (fixture->far_end, mishap->mood, G_MAXUINT);
  start_client (fixture);
  wait_until (is_offline, fixture);
  g_assert_cmpint (state_of (fixture).reason, ==, mishap->reason);
  g_assert_cmpint (state_of (fixture).offline_since_ms, >, 0);
  g_assert_cmpuint (state_of (fixture).backlog, ==, position_of (fixture).last);
  g_assert_cmpuint (position_of (fixture).delivered, ==, 0);
  far_end_set_mood (fixture->far_end, FAR_END_WELL, 0);
  wait_until (is_delivered, fixture);
  assert_whole (fixture);
  g_assert_cmpint (state_of (fixture).offline_since_ms, ==, 0);
}

static void
test_the_wrong_key_gets_nothing (Fixture *fixture, gconstpointer unused)
{
  arrive (fixture, 5);
  fixture->options.membership.pin[7] ^= 1;
  start_client (fixture);
  wait_until (is_offline, fixture);
  g_assert_cmpint (state_of (fixture).reason, ==, FEED_OUTCOME_UNREACHABLE);
  g_assert_cmpuint (far_end_count_requests (fixture->far_end), ==, 0);
  g_assert_cmpuint (far_end_count_heartbeats (fixture->far_end), ==, 0);
}

// The pin is right, and the kiosk's clock may be the one that is wrong.
static void
test_an_old_certificate_will_do (Fixture *fixture, gconstpointer unused)
{
  arrive (fixture, 5);
  start_client (fixture);
  wait_until (is_delivered, fixture);
  assert_whole (fixture);
}

static void
test_too_large_is_halved (Fixture *fixture, gconstpointer unused)
{
  arrive (fixture, 100);
  far_end_set_mood (fixture->far_end, FAR_END_TOO_LARGE, 12);
  start_client (fixture);
  wait_until (is_delivered, fixture);
  assert_whole (fixture);
  // 102, 51, 25, 12 are refused, 6 are taken, then 12 are refused again …
  g_assert_cmpuint (far_end_count_requests (fixture->far_end), >=, 8);
}

static void
test_many_batches (Fixture *fixture, gconstpointer unused)
{
  arrive (fixture, 1200);
  start_client (fixture);
  wait_until (is_delivered, fixture);
  assert_whole (fixture);
  g_assert_cmpuint (far_end_count_requests (fixture->far_end), ==, 3);
}

// Both say "in a second", whatever the back-off is.
static void
test_retry_after_is_kept (Fixture *fixture, gconstpointer unused)
{
  static const FarEndMood moods[] = { FAR_END_TOO_MANY, FAR_END_BUSY };
  start_client (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (moods); i++) {
    wait_until (is_delivered, fixture);
    far_end_set_mood (fixture->far_end, moods[i], 1);
    gint64 before_us = g_get_monotonic_time ();
    arrive (fixture, 1);
    wait_until (is_offline, fixture);
    g_assert_cmpint (state_of (fixture).reason, ==, FEED_OUTCOME_BUSY);
    wait_until (is_delivered, fixture);
    g_assert_cmpint (g_get_monotonic_time () - before_us, >=, G_USEC_PER_SEC);
  }
  assert_whole (fixture);
}

static void
test_silence_is_not_waited_for (Fixture *fixture, gconstpointer unused)
{
  fixture->options.timeout_ms = 400;
  arrive (fixture, 40);
  far_end_set_mood (fixture->far_end, FAR_END_SILENT, 1);
  start_client (fixture);
  wait_until (is_offline, fixture);
  g_assert_cmpint (state_of (fixture).reason, ==, FEED_OUTCOME_TIMEOUT);
  wait_until (is_delivered, fixture);
  assert_whole (fixture);
  g_assert_cmpuint (far_end_count_requests (fixture->far_end), >=, 3); // half, and the rest
}

static void
test_a_forgetful_core_gets_all_again (Fixture *fixture, gconstpointer unused)
{
  arrive (fixture, 20);
  start_client (fixture);
  wait_until (is_delivered, fixture);
  far_end_set_mood (fixture->far_end, FAR_END_FORGETS, 1);
  arrive (fixture, 1);
  wait_until (is_delivered, fixture);
  assert_whole (fixture);
}

// Somebody looks at it, and tells the core; nobody touches the kiosk.
static void
test_some_answers_stop_it (Fixture *fixture, gconstpointer data)
{
  const Mishap *mishap = data;
  arrive (fixture, 5);
  far_end_set_mood (fixture->far_end, mishap->mood, G_MAXUINT);
  start_client (fixture);
  wait_until (is_stopped, fixture);
  arrive (fixture, 5); // recorded all the same
  g_assert_cmpuint (state_of (fixture).backlog, ==, position_of (fixture).last);
  guint n_requests = far_end_count_requests (fixture->far_end);
  while (far_end_count_requests (fixture->far_end) < n_requests + 2)
    (void) g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (state_of (fixture).link, ==, FEED_LINK_STOPPED);
  g_assert_cmpint (state_of (fixture).reason, ==, mishap->reason);
  far_end_set_mood (fixture->far_end, FAR_END_WELL, 0);
  wait_until (is_delivered, fixture);
  assert_whole (fixture);
}

static void
test_a_cut_link_mends (Fixture *fixture, gconstpointer unused)
{
  arrive (fixture, 10);
  start_client (fixture);
  wait_until (is_delivered, fixture);
  far_end_cut (fixture->far_end);
  arrive (fixture, 700);
  wait_until (is_offline, fixture);
  g_assert_cmpint (state_of (fixture).reason, ==, FEED_OUTCOME_UNREACHABLE);
  g_assert_cmpuint (state_of (fixture).backlog, >, 0);
  far_end_mend (fixture->far_end);
  wait_until (is_delivered, fixture);
  assert_whole (fixture);
  g_assert_cmpuint (far_end_count_doubles (fixture->far_end), ==, 0);
}

static void
test_clocks_are_compared (Fixture *fixture, gconstpointer unused)
{
  far_end_set_shift_ms (fixture->far_end, -2 * FEED_CLOCK_MS);
  arrive (fixture, 1);
  start_client (fixture);
  wait_until (is_delivered, fixture);
  g_assert_true (state_of (fixture).clocks_differ);
  far_end_set_shift_ms (fixture->far_end, 0);
  arrive (fixture, 1);
  wait_until (is_delivered, fixture);
  g_assert_false (state_of (fixture).clocks_differ);
}

static gboolean
has_heartbeat (Fixture *fixture)
{
  return far_end_count_heartbeats (fixture->far_end) > 0;
}

static void
test_heartbeats_say_how_it_is (Fixture *fixture, gconstpointer unused)
{
  arrive (fixture, 5);
  start_client (fixture);
  wait_until (is_delivered, fixture);
  wait_until (has_heartbeat, fixture);
}

static void
test_is_dropped_in_the_middle (Fixture *fixture, gconstpointer unused)
{
  arrive (fixture, 20);
  fixture->options.timeout_ms = LONG_MS;
  far_end_set_mood (fixture->far_end, FAR_END_SILENT, 1);
  start_client (fixture);
  while (far_end_count_requests (fixture->far_end) == 0)
    (void) g_main_context_iteration (NULL, FALSE);
  gint64 before_us = g_get_monotonic_time ();
  stop_client (fixture);
  g_assert_cmpint (g_get_monotonic_time () - before_us, <, LONG_MS * 1000 / 2);
}

// A name server that is dead: whoever asks for a name of it hangs, on a thread of curl's.
#define DEAD_NAME "core.invalid"

typedef struct {
  GMutex lock;
  GCond changed;
  guint n_asked, n_told;
  gboolean is_alive;
} NameServer;

static NameServer *
name_server (void)
{
  static NameServer server; // the C library's function has no other place for it
  return &server;
}

int
getaddrinfo (const char *name,
             const char *service,
             const struct addrinfo *hints,
             struct addrinfo **ret_addresses)
{
  int (*real) (const char *, const char *, const struct addrinfo *, struct addrinfo **) = NULL;
  NameServer *server = name_server ();
  *(void **) &real = dlsym (RTLD_NEXT, "getaddrinfo");
  if (g_strcmp0 (name, DEAD_NAME) != 0)
    return real (name, service, hints, ret_addresses);
  g_mutex_lock (&server->lock);
  server->n_asked++;
  while (!server->is_alive)
    g_cond_wait (&server->changed, &server->lock);
  server->n_told++;
  g_cond_broadcast (&server->changed);
  g_mutex_unlock (&server->lock);
  return EAI_AGAIN;
}

static guint
count_asked (void)
{
  NameServer *server = name_server ();
  g_mutex_lock (&server->lock);
  guint n_asked = server->n_asked;
  g_mutex_unlock (&server->lock);
  return n_asked;
}

static void
name_server_revives (void)
{
  NameServer *server = name_server ();
  g_mutex_lock (&server->lock);
  server->is_alive = TRUE;
  g_cond_broadcast (&server->changed);
  while (server->n_told < server->n_asked)
    g_cond_wait (&server->changed, &server->lock);
  g_mutex_unlock (&server->lock);
}

static void
test_a_dead_name_server_holds_nothing_up (Fixture *fixture, gconstpointer unused)
{
  arrive (fixture, 1);
  fixture->options.timeout_ms = LONG_MS;
  (void) g_strlcpy (fixture->options.membership.url, "https://" DEAD_NAME,
                    sizeof fixture->options.membership.url);
  start_client (fixture);
  while (count_asked () == 0)
    (void) g_main_context_iteration (NULL, FALSE);
  gint64 before_us = g_get_monotonic_time ();
  stop_client (fixture); // and all that it had
  g_assert_cmpint (g_get_monotonic_time () - before_us, <, LONG_MS * 1000 / 2);
  name_server_revives ();
}

static gboolean
holds (const GByteArray *bytes, const char *text)
{
  return memmem (bytes->data, bytes->len, text, strlen (text)) != NULL;
}

// The core's side of the wire sees pseudonyms and sealed boxes.
static void
test_nothing_readable_is_sent (Fixture *fixture, gconstpointer unused)
{
  arrive (fixture, 20);
  start_client (fixture);
  wait_until (is_delivered, fixture);
  stop_client (fixture); // from here on the far end is idle
  const GByteArray *bytes = far_end_get_bytes (fixture->far_end);
  g_assert_cmpuint (bytes->len, >, 20 * 100);
  g_assert_true (holds (bytes, "gate-1")); // that it was looked at
  g_assert_false (holds (bytes, "cccd:"));
  g_assert_false (holds (bytes, "0791900000"));
}

int
main (int argc, char **argv)
{
  // A proxy that nobody has: whoever asked it would get nothing done.
  g_setenv ("https_proxy", "http://127.0.0.1:1", TRUE);
  g_setenv ("ALL_PROXY", "http://127.0.0.1:1", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/feed/client/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("delivers-and-goes-on", test_delivers_and_goes_on);
  for (gsize i = 0; i < G_N_ELEMENTS (mishaps); i++) {
    g_autofree char *path = g_strconcat ("/feed/client/survives-", mishaps[i].name, NULL);
    g_test_add (path, Fixture, &mishaps[i], set_up, test_mishap, tear_down);
  }
  static const Mishap ends[] = { { "a-fork", FAR_END_FORK, FEED_OUTCOME_FORK },
                                 { "another-epoch", FAR_END_EPOCH, FEED_OUTCOME_EPOCH },
                                 { "a-revocation", FAR_END_REVOKED, FEED_OUTCOME_REVOKED } };
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *path = g_strconcat ("/feed/client/stops-at-", ends[i].name, NULL);
    g_test_add (path, Fixture, &ends[i], set_up, test_some_answers_stop_it, tear_down);
  }
  g_test_add ("/feed/client/an-old-certificate-with-the-right-key-will-do", Fixture, NULL,
              set_up_expired, test_an_old_certificate_will_do, tear_down);
  ADD ("the-wrong-key-gets-nothing", test_the_wrong_key_gets_nothing);
  ADD ("too-large-is-halved", test_too_large_is_halved);
  ADD ("many-batches-follow-one-another", test_many_batches);
  ADD ("a-backlog-has-rests", test_rests_in_a_backlog);
  ADD ("retry-after-is-kept", test_retry_after_is_kept);
  ADD ("silence-is-not-waited-for", test_silence_is_not_waited_for);
  ADD ("a-forgetful-core-gets-all-again", test_a_forgetful_core_gets_all_again);
  ADD ("a-cut-link-mends", test_a_cut_link_mends);
  ADD ("clocks-are-compared", test_clocks_are_compared);
  ADD ("heartbeats-say-how-it-is", test_heartbeats_say_how_it_is);
  ADD ("can-be-dropped-in-the-middle", test_is_dropped_in_the_middle);
  ADD ("a-dead-name-server-holds-nothing-up", test_a_dead_name_server_holds_nothing_up);
  ADD ("nothing-readable-is-sent", test_nothing_readable_is_sent);
  return g_test_run ();
}
