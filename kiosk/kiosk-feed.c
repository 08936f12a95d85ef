// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The file is a note, not a record: it is replaced now and then, and may be old or missing.

#define G_LOG_DOMAIN "kiosk-feed"

#include "kiosk/kiosk-feed.h"

#include "kiosk/feed/feed-note.h"
#include "kiosk/journal/journal-disk.h"

struct _KioskFeed {
  GObject parent_instance;

  const KioskOptions *options;
  JournalStore *journal;
  EntranceSession *session;
  EntranceClock *clock;
  HwWedge *wedge;     // (nullable)
  FeedClient *client; // (nullable)
  FeedState told;
  gboolean is_noting;
  gboolean note_is_old; // it is not what was told last
};

G_DEFINE_FINAL_TYPE (KioskFeed, kiosk_feed, G_TYPE_OBJECT)

static void
read_clock (gpointer clock, JournalStamp *ret_stamp)
{
  entrance_clock_read (clock, ret_stamp);
}

static void
log_link (const FeedState *state)
{
  static const char *const links[] = {
    [FEED_LINK_UNKNOWN] = "unknown",
    [FEED_LINK_ONLINE] = "online",
    [FEED_LINK_OFFLINE] = "offline",
    [FEED_LINK_STOPPED] = "stopped",
  };
  const char *reason = feed_outcome_to_string (state->reason);
  if (state->link == FEED_LINK_STOPPED)
    g_warning ("feed: stopped: the core says %s; %" G_GUINT64_FORMAT " records wait", reason,
               state->backlog);
  else
    g_info ("feed: %s (%s), %" G_GUINT64_FORMAT " records wait", links[state->link], reason,
            state->backlog);
}

static void note (KioskFeed *self);

static void
on_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (KioskFeed) self = user_data;
  g_autoptr (GError) error = NULL;
  if (!feed_note_write_finish (result, &error))
    g_debug ("%s", error->message); // a note that cannot be written is none
  self->is_noting = FALSE;
  if (self->note_is_old)
    note (self);
}

static void
note (KioskFeed *self)
{
  self->note_is_old = self->is_noting;
  if (self->is_noting)
    return;
  self->is_noting = TRUE;
  feed_note_write_async (self->options->state_dir, &self->told, on_noted, g_object_ref (self));
}

static void
on_changed (FeedClient *client, KioskFeed *self)
{
  static const EntranceLink links[] = {
    [FEED_LINK_UNKNOWN] = ENTRANCE_LINK_FINE,
    [FEED_LINK_ONLINE] = ENTRANCE_LINK_FINE,
    [FEED_LINK_OFFLINE] = ENTRANCE_LINK_OFFLINE,
    [FEED_LINK_STOPPED] = ENTRANCE_LINK_STOPPED,
  };
  FeedState state;
  feed_client_get_state (client, &state);
  EntranceFeed feed = { links[state.link], state.backlog, state.delivered_ms,
                        state.offline_since_ms, state.clocks_differ };
  entrance_session_set_feed (self->session, &feed);
  gboolean is_news = state.link != self->told.link || state.reason != self->told.reason ||
                     state.clocks_differ != self->told.clocks_differ;
  self->told = state;
  if (!is_news)
    return;
  log_link (&state);
  note (self);
}

static gboolean
is_of_the_disk (EntranceMessage message)
{
  return message == ENTRANCE_MESSAGE_JOURNAL_FAILED || message == ENTRANCE_MESSAGE_DISK_FULL;
}

static gboolean
is_of_the_camera (EntranceMessage message)
{
  return message == ENTRANCE_MESSAGE_NO_CAMERA || message == ENTRANCE_MESSAGE_CAMERA_BUSY ||
         message == ENTRANCE_MESSAGE_CAMERA_FORMAT || message == ENTRANCE_MESSAGE_CAMERA_FROZEN;
}

static void
on_view_changed (EntranceSession *session, GParamSpec *pspec, KioskFeed *self)
{
  const EntranceView *view = entrance_session_get_view (session);
  guint32 devices = 0;
  if (self->client == NULL || view->page == ENTRANCE_PAGE_RESULT)
    return;
  if (view->camera_is_blind || is_of_the_camera (view->message))
    devices |= FEED_DEVICE_CAMERA;
  if (is_of_the_disk (view->message) ||
      journal_store_get_disk_percent (self->journal) >= JOURNAL_DISK_FILLING)
    devices |= FEED_DEVICE_DISK;
  if (view->paper == ENTRANCE_PAPER_OUT || view->paper == ENTRANCE_PAPER_TROUBLE)
    devices |= FEED_DEVICE_PRINTER;
  if (view->radio == ENTRANCE_RADIO_TROUBLE)
    devices |= FEED_DEVICE_RADIO;
  if (view->need == ENTRANCE_NEED_PANEL || view->need == ENTRANCE_NEED_BUTTON)
    devices |= FEED_DEVICE_PANEL;
  if (self->wedge != NULL && !hw_wedge_is_ready (self->wedge))
    devices |= FEED_DEVICE_SCANNER;
  feed_client_set_devices (self->client, devices);
}

void
kiosk_feed_start (KioskFeed *self)
{
  FeedOptions options;
  if (!self->options->is_enrolled)
    return;
  feed_options_init (&options);
  options.membership = self->options->membership;
  options.read_clock = read_clock;
  options.clock = self->clock;
  options.version = TX_VERSION;
  self->client = feed_client_new (self->journal, &options);
  g_signal_connect_object (self->client, "changed", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (self->session, "notify::view", G_CALLBACK (on_view_changed), self, 0);
  on_changed (self->client, self);
}

void
kiosk_feed_stop (KioskFeed *self)
{
  if (self->client == NULL)
    return;
  feed_client_stop (self->client);
  while (feed_client_is_busy (self->client) || self->is_noting)
    (void) g_main_context_iteration (NULL, TRUE);
  g_clear_object (&self->client);
}

static void
kiosk_feed_finalize (GObject *object)
{
  KioskFeed *self = KIOSK_FEED (object);
  g_clear_object (&self->client);
  g_clear_object (&self->wedge);
  g_object_unref (self->clock);
  g_object_unref (self->session);
  g_object_unref (self->journal);
  G_OBJECT_CLASS (kiosk_feed_parent_class)->finalize (object);
}

static void
kiosk_feed_class_init (KioskFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kiosk_feed_finalize;
}

static void
kiosk_feed_init (KioskFeed *self)
{
}

KioskFeed *
kiosk_feed_new (const KioskOptions *options,
                JournalStore *journal,
                EntranceSession *session,
                EntranceClock *clock,
                const KioskDevices *devices)
{
  KioskFeed *self = g_object_new (KIOSK_TYPE_FEED, NULL);
  self->options = options;
  self->journal = g_object_ref (journal);
  self->session = g_object_ref (session);
  self->clock = g_object_ref (clock);
  g_set_object (&self->wedge, devices->wedge);
  return self;
}
