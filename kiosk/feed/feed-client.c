// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One thing at a time: read, sign, send, keep the receipt; or sign and send a heartbeat. Each step
// ends in the next, and the last one in advance ().

#define G_LOG_DOMAIN "feed-client"

#include "kiosk/feed/feed-client.h"

#include <string.h>

#include <sodium.h>

#define HEX_ID_SIZE (2 * JOURNAL_ID_SIZE + 1)

struct _FeedClient {
  GObject parent_instance;

  JournalStore *store;
  FeedTransfer *transfer;
  FeedOptions options;
  char *version;
  GCancellable *cancellable;

  FeedOutbox outbox;
  guint opening; // of the journal that the outbox is about; 0: none yet
  gboolean was_answered;
  JournalOrigin origin;
  gboolean is_busy;
  gboolean heartbeat_is_due;
  guint pause_id; // of the batches: linger or back-off
  guint heartbeat_id;
  guint change_id;
  gint64 delivered_ms;
  gint64 offline_since_ms;
  gboolean clocks_differ;
  guint32 devices;
  FeedState told;

  // under way
  guint step_opening;
  JournalBatch *batch; // (nullable) a heartbeat is
  FeedSent sent;
  FeedReceipt receipt;
  guint8 heartbeat[FEED_HEARTBEAT_SIZE];
};

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FeedClient, feed_client, G_TYPE_OBJECT)

static void advance (FeedClient *self);

void
feed_options_init (FeedOptions *options)
{
  *options = (FeedOptions){ .version = "",
                            .heartbeat_s = FEED_HEARTBEAT_S,
                            .linger_ms = FEED_LINGER_MS,
                            .rest_ms = FEED_REST_MS,
                            .timeout_ms = FEED_TIMEOUT_MS,
                            .backoff_min_ms = FEED_BACKOFF_MIN_MS,
                            .backoff_max_ms = FEED_BACKOFF_MAX_MS };
}

static FeedLink
link_of (const FeedClient *self)
{
  if (feed_outbox_is_stopped (&self->outbox))
    return FEED_LINK_STOPPED;
  if (self->outbox.n_failures > 0)
    return FEED_LINK_OFFLINE;
  return self->was_answered ? FEED_LINK_ONLINE : FEED_LINK_UNKNOWN;
}

static guint64
count_backlog (const FeedClient *self, const JournalPosition *position)
{
  return position->last > self->outbox.delivered ? position->last - self->outbox.delivered : 0;
}

// What can be read of it: nothing while the journal is out of service.
static guint64
count_sendable (const FeedClient *self, const JournalPosition *position)
{
  return journal_store_has_failed (self->store) ? 0 : count_backlog (self, position);
}

void
feed_client_get_state (FeedClient *self, FeedState *ret_state)
{
  g_return_if_fail (FEED_IS_CLIENT (self));
  *ret_state = self->told;
}

static gboolean
on_change_due (gpointer user_data)
{
  FeedClient *self = user_data;
  self->change_id = 0;
  self->heartbeat_is_due = TRUE;
  advance (self);
  return G_SOURCE_REMOVE;
}

// The core hears of a change soon, but not of each in a series.
static void
announce (FeedClient *self)
{
  if (self->change_id == 0 && !g_cancellable_is_cancelled (self->cancellable))
    self->change_id = g_timeout_add (FEED_CHANGE_MS, on_change_due, self);
}

static gboolean
is_same (const FeedState *a, const FeedState *b)
{
  return a->link == b->link && a->reason == b->reason && a->backlog == b->backlog &&
         a->delivered_ms == b->delivered_ms && a->offline_since_ms == b->offline_since_ms &&
         a->clocks_differ == b->clocks_differ;
}

static void
update (FeedClient *self)
{
  JournalPosition position;
  JournalStamp now;
  FeedState state = { .link = link_of (self), .reason = self->outbox.last };
  if (state.link == FEED_LINK_STOPPED)
    state.reason = self->outbox.stopped;
  journal_store_get_position (self->store, &position);
  self->options.read_clock (self->options.clock, &now);
  if (state.link != FEED_LINK_OFFLINE && state.link != FEED_LINK_STOPPED)
    self->offline_since_ms = 0;
  else if (self->offline_since_ms == 0)
    self->offline_since_ms = now.wall_ms;
  state.backlog = count_backlog (self, &position);
  state.delivered_ms = self->delivered_ms;
  state.offline_since_ms = self->offline_since_ms;
  state.clocks_differ = self->clocks_differ;
  if (state.link == FEED_LINK_ONLINE || state.link == FEED_LINK_UNKNOWN)
    state.reason = FEED_OUTCOME_DONE;
  FeedState before = self->told;
  self->told = state;
  if (is_same (&before, &state))
    return;
  if (before.link != state.link && before.link != FEED_LINK_UNKNOWN)
    announce (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
on_pause_over (gpointer user_data)
{
  FeedClient *self = user_data;
  self->pause_id = 0;
  if (self->outbox.n_failures > 0)
    self->heartbeat_is_due = TRUE; // when there is nothing else to try with
  advance (self);
  return G_SOURCE_REMOVE;
}

static void
pause_for (FeedClient *self, guint pause_ms)
{
  g_clear_handle_id (&self->pause_id, g_source_remove);
  self->pause_id = g_timeout_add (pause_ms, on_pause_over, self);
}

static void
back_off (FeedClient *self, guint retry_after_s)
{
  guint jitter_ms =
      feed_outbox_pause_ms (&self->outbox, self->options.backoff_min_ms,
                            self->options.backoff_max_ms, randombytes_uniform (1001) / 1000.0);
  pause_for (self, retry_after_s * 1000 + jitter_ms);
}

static void
begin_step (FeedClient *self)
{
  self->is_busy = TRUE;
  self->step_opening = self->opening;
}

static void
end_step (FeedClient *self)
{
  self->is_busy = FALSE;
  g_clear_pointer (&self->batch, journal_batch_free);
}

// The journal was opened anew since the step began: what it says now may be something else.
static gboolean
drop_stale_step (FeedClient *self)
{
  if (self->step_opening == self->opening)
    return FALSE;
  end_step (self);
  advance (self);
  return TRUE;
}

// The journal failed, or we were stopped: a journal that is opened anew calls us.
static void
give_up (FeedClient *self, const GError *error)
{
  if (drop_stale_step (self))
    return;
  end_step (self);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_debug ("%s", error->message);
  if (g_error_matches (error, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT)) {
    self->outbox.n_failures++;
    self->outbox.last = FEED_OUTCOME_WRONG;
    back_off (self, 0);
  }
  update (self);
}

static void
take_verdict (FeedClient *self, const FeedVerdict *verdict)
{
  JournalPosition position;
  journal_store_get_position (self->store, &position);
  gboolean may_go_on = self->batch != NULL
                           ? feed_outbox_take (&self->outbox, verdict, &self->sent)
                           : feed_outbox_take_heartbeat (&self->outbox, verdict,
                                                         count_sendable (self, &position) > 0);
  gboolean was_batch = self->batch != NULL;
  end_step (self);
  self->was_answered = self->was_answered || may_go_on;
  if (!may_go_on && (was_batch || count_sendable (self, &position) == 0))
    back_off (self, verdict->retry_after_s);
  else if (was_batch)
    pause_for (self, self->options.rest_ms);
  update (self);
  advance (self);
}

static void
note_core_clock (FeedClient *self)
{
  JournalStamp now;
  self->options.read_clock (self->options.clock, &now);
  self->delivered_ms = self->receipt.core_ms;
  self->clocks_differ = now.quality != JOURNAL_CLOCK_UNSET &&
                        ABS (now.wall_ms - self->receipt.core_ms) > FEED_CLOCK_MS;
}

static void
on_receipt_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FeedClient) self = user_data;
  g_autoptr (GError) error = NULL;
  if (!journal_store_keep_receipt_finish (JOURNAL_STORE (source), result, &error)) {
    give_up (self, error);
    return;
  }
  if (drop_stale_step (self))
    return;
  note_core_clock (self);
  take_verdict (self, &(FeedVerdict){ .outcome = FEED_OUTCOME_DONE });
}

static void
keep_receipt (FeedClient *self)
{
  JournalReceipt receipt = { .seq = self->receipt.last, .core_ms = self->receipt.core_ms };
  memcpy (receipt.hash, self->receipt.head, sizeof receipt.hash);
  memcpy (receipt.signature, self->receipt.signature, sizeof receipt.signature);
  memcpy (receipt.core_key, self->options.membership.core_key, sizeof receipt.core_key);
  journal_store_keep_receipt_async (self->store, &receipt, self->cancellable, on_receipt_kept,
                                    g_object_ref (self));
}

static FeedRange
range_of (const JournalBatch *batch)
{
  FeedRange range = { .first = batch->first, .last = batch->last };
  memcpy (range.prev, batch->prev, sizeof range.prev);
  memcpy (range.head, batch->head, sizeof range.head);
  return range;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FeedClient) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FeedReply) reply = feed_transfer_send_finish (FEED_TRANSFER (source), result, &error);
  FeedVerdict verdict;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    end_step (self);
    return;
  }
  if (drop_stale_step (self))
    return;
  if (reply == NULL) {
    g_debug ("%s", error->message);
    verdict = feed_verdict_of_error (error);
  } else if (self->batch == NULL) {
    verdict = feed_verdict_of_heartbeat (reply);
  } else {
    FeedRange range = range_of (self->batch);
    verdict = feed_verdict_of_batch (reply, &self->origin, &range,
                                     self->options.membership.core_key, &self->receipt);
  }
  if (self->batch != NULL && verdict.outcome == FEED_OUTCOME_DONE)
    keep_receipt (self);
  else
    take_verdict (self, &verdict);
}

static void
write_hex (const guint8 *bytes, gsize len, char *ret_text, gsize size)
{
  (void) sodium_bin2hex (ret_text, size, bytes, len); // callers bring room
}

static FeedRequest *
request_new (FeedClient *self, const char *method)
{
  FeedRequest *request = feed_request_new (method, self->options.membership.pin);
  request->timeout_ms = self->options.timeout_ms;
  return request;
}

static FeedRequest *
make_batch_request (FeedClient *self, const guint8 signature[JOURNAL_SIG_SIZE])
{
  const JournalBatch *batch = self->batch;
  char kiosk[HEX_ID_SIZE], epoch[HEX_ID_SIZE];
  char prev[2 * JOURNAL_HASH_SIZE + 1], head[2 * JOURNAL_HASH_SIZE + 1];
  g_autofree char *signed_by = g_base64_encode (signature, JOURNAL_SIG_SIZE);
  FeedRequest *request = request_new (self, "PUT");
  write_hex (self->origin.kiosk, JOURNAL_ID_SIZE, kiosk, sizeof kiosk);
  write_hex (self->origin.epoch, JOURNAL_ID_SIZE, epoch, sizeof epoch);
  write_hex (batch->prev, JOURNAL_HASH_SIZE, prev, sizeof prev);
  write_hex (batch->head, JOURNAL_HASH_SIZE, head, sizeof head);
  request->url =
      g_strdup_printf ("%s/v1/feed/%s/%s/%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT,
                       self->options.membership.url, kiosk, epoch, batch->first, batch->last);
  request->fields = g_new0 (char *, 5);
  request->fields[0] = g_strdup ("Content-Type: " FEED_TYPE_BATCH);
  request->fields[1] = g_strconcat (FEED_FIELD_PREV ": ", prev, NULL);
  request->fields[2] = g_strconcat (FEED_FIELD_HEAD ": ", head, NULL);
  request->fields[3] = g_strconcat (FEED_FIELD_SIGNATURE ": ", signed_by, NULL);
  request->body = g_bytes_new (batch->items->data, batch->items->len);
  request->is_packed = TRUE;
  return request;
}

static void
on_batch_signed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FeedClient) self = user_data;
  g_autoptr (GError) error = NULL;
  guint8 signature[JOURNAL_SIG_SIZE];
  if (!journal_store_sign_as_kiosk_finish (JOURNAL_STORE (source), result, signature, &error)) {
    give_up (self, error);
    return;
  }
  if (drop_stale_step (self))
    return;
  feed_transfer_send_async (self->transfer, make_batch_request (self, signature), self->cancellable,
                            on_answered, g_object_ref (self));
}

static void
on_batch_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FeedClient) self = user_data;
  g_autoptr (GError) error = NULL;
  JournalPosition position;
  JournalStatement statement;
  self->batch = journal_store_read_batch_finish (JOURNAL_STORE (source), result, &error);
  if (self->batch == NULL) {
    give_up (self, error);
    return;
  }
  if (drop_stale_step (self))
    return;
  journal_store_get_position (self->store, &position);
  self->origin = position.origin;
  self->sent = (FeedSent){ .first = self->batch->first,
                           .last = self->batch->last,
                           .len = self->batch->items->len,
                           .journal_last = position.last };
  FeedRange range = range_of (self->batch);
  feed_statement_batch (&statement, &self->origin, &range);
  journal_store_sign_as_kiosk_async (self->store, &statement, self->cancellable, on_batch_signed,
                                     g_object_ref (self));
}

static void
on_heartbeat_signed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FeedClient) self = user_data;
  g_autoptr (GError) error = NULL;
  guint8 *signature = self->heartbeat + FEED_HEARTBEAT_SIGNED;
  if (!journal_store_sign_as_kiosk_finish (JOURNAL_STORE (source), result, signature, &error)) {
    give_up (self, error);
    return;
  }
  if (drop_stale_step (self))
    return;
  char kiosk[HEX_ID_SIZE], epoch[HEX_ID_SIZE];
  FeedRequest *request = request_new (self, "POST");
  write_hex (self->origin.kiosk, JOURNAL_ID_SIZE, kiosk, sizeof kiosk);
  write_hex (self->origin.epoch, JOURNAL_ID_SIZE, epoch, sizeof epoch);
  request->url =
      g_strdup_printf ("%s/v1/heartbeat/%s/%s", self->options.membership.url, kiosk, epoch);
  request->fields = g_new0 (char *, 2);
  request->fields[0] = g_strdup ("Content-Type: " FEED_TYPE_MESSAGE);
  request->body = g_bytes_new (self->heartbeat, sizeof self->heartbeat);
  feed_transfer_send_async (self->transfer, request, self->cancellable, on_answered,
                            g_object_ref (self));
}

static void
send_heartbeat (FeedClient *self, const JournalPosition *position)
{
  JournalStamp now;
  JournalStatement statement = { .len = FEED_HEARTBEAT_SIGNED };
  FeedHeartbeat heartbeat = { .origin = position->origin,
                              .last = position->last,
                              .delivered = MIN (self->outbox.delivered, position->last),
                              .devices = self->devices };
  self->options.read_clock (self->options.clock, &now);
  memcpy (heartbeat.head, position->head, sizeof heartbeat.head);
  heartbeat.wall_ms = MAX (0, now.wall_ms);
  heartbeat.quality = now.quality;
  (void) g_strlcpy (heartbeat.version, self->version, sizeof heartbeat.version); // may be cut
  feed_heartbeat_write (&heartbeat, self->heartbeat);
  memcpy (statement.bytes, self->heartbeat, FEED_HEARTBEAT_SIGNED);
  self->origin = position->origin;
  self->heartbeat_is_due = FALSE;
  begin_step (self);
  journal_store_sign_as_kiosk_async (self->store, &statement, self->cancellable,
                                     on_heartbeat_signed, g_object_ref (self));
}

static void
advance (FeedClient *self)
{
  JournalPosition position;
  journal_store_get_position (self->store, &position);
  if (self->is_busy || position.last == 0 || g_cancellable_is_cancelled (self->cancellable))
    return;
  guint64 backlog = count_sendable (self, &position);
  gboolean is_pausing = self->pause_id != 0;
  if (self->heartbeat_is_due &&
      (!is_pausing || (backlog > 0 && feed_outbox_is_heard (&self->outbox)))) {
    send_heartbeat (self, &position);
  } else if (backlog > 0 && !is_pausing) {
    begin_step (self);
    journal_store_read_batch_async (self->store, self->outbox.delivered + 1, self->outbox.n_max,
                                    self->outbox.bytes_max, feed_item_write, self->cancellable,
                                    on_batch_read, g_object_ref (self));
  }
}

static gboolean
on_heartbeat_due (gpointer user_data)
{
  FeedClient *self = user_data;
  self->heartbeat_is_due = TRUE;
  advance (self);
  return G_SOURCE_CONTINUE;
}

static void
on_journal_moved (JournalStore *store, GParamSpec *pspec, FeedClient *self)
{
  JournalPosition position;
  journal_store_get_position (store, &position);
  if (position.opening != self->opening) {
    self->opening = position.opening;
    self->delivered_ms = position.delivered_ms;
    feed_outbox_init (&self->outbox, position.delivered);
    self->heartbeat_is_due = TRUE;
  }
  if (self->pause_id == 0 && !self->is_busy)
    pause_for (self, self->options.linger_ms);
  update (self);
}

void
feed_client_set_devices (FeedClient *self, guint32 devices)
{
  g_return_if_fail (FEED_IS_CLIENT (self));
  if (self->devices == devices)
    return;
  self->devices = devices;
  announce (self);
}

void
feed_client_stop (FeedClient *self)
{
  g_return_if_fail (FEED_IS_CLIENT (self));
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->pause_id, g_source_remove);
  g_clear_handle_id (&self->heartbeat_id, g_source_remove);
  g_clear_handle_id (&self->change_id, g_source_remove);
}

gboolean
feed_client_is_busy (FeedClient *self)
{
  g_return_val_if_fail (FEED_IS_CLIENT (self), FALSE);
  return self->is_busy;
}

static void
feed_client_dispose (GObject *object)
{
  FeedClient *self = FEED_CLIENT (object);
  feed_client_stop (self);
  g_clear_object (&self->transfer);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (feed_client_parent_class)->dispose (object);
}

static void
feed_client_finalize (GObject *object)
{
  FeedClient *self = FEED_CLIENT (object);
  g_clear_pointer (&self->batch, journal_batch_free);
  g_object_unref (self->cancellable);
  g_free (self->version);
  G_OBJECT_CLASS (feed_client_parent_class)->finalize (object);
}

static void
feed_client_class_init (FeedClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = feed_client_dispose;
  object_class->finalize = feed_client_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", FEED_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
feed_client_init (FeedClient *self)
{
  self->cancellable = g_cancellable_new ();
  self->transfer = feed_transfer_new ();
  feed_outbox_init (&self->outbox, 0);
}

FeedClient *
feed_client_new (JournalStore *store, const FeedOptions *options)
{
  FeedClient *self = g_object_new (FEED_TYPE_CLIENT, NULL);
  self->store = g_object_ref (store);
  self->options = *options;
  self->version = g_strdup (options->version);
  self->heartbeat_id = g_timeout_add_seconds (options->heartbeat_s, on_heartbeat_due, self);
  g_signal_connect_object (store, "notify::last-seq", G_CALLBACK (on_journal_moved), self, 0);
  on_journal_moved (store, NULL, self);
  return self;
}
