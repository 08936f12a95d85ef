// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Brings the journal's records to the tracing core, the oldest first, one batch at a time, and says
// now and then how the kiosk is. Waits as long as it takes; nobody at the door waits for it.

#pragma once

#include "kiosk/feed/feed-outbox.h"
#include "kiosk/journal/journal-membership.h"
#include "kiosk/journal/journal-outbox.h"

G_BEGIN_DECLS

#define FEED_HEARTBEAT_S 300
#define FEED_LINGER_MS   2000
#define FEED_REST_MS     250 // about a twentieth of the time is spent on a backlog
#define FEED_CHANGE_MS   5000
#define FEED_CLOCK_MS    300000

typedef enum {
  FEED_LINK_UNKNOWN, // nothing was tried yet
  FEED_LINK_ONLINE,
  FEED_LINK_OFFLINE, // the core was not reached, or gave no good answer
  FEED_LINK_STOPPED, // the core does not want this journal: somebody has to look at it
} FeedLink;

typedef struct {
  FeedLink link;
  FeedOutcome reason;      // of OFFLINE and STOPPED
  guint64 backlog;         // records that the core does not have
  gint64 delivered_ms;     // when it last took some, by its own clock; 0: never
  gint64 offline_since_ms; // wall clock; 0: is not
  gboolean clocks_differ;  // the core's clock and ours, by more than FEED_CLOCK_MS
} FeedState;

// Fills @ret_stamp with the time now.
typedef void (*FeedClockFunc) (gpointer clock, JournalStamp *ret_stamp);

typedef struct {
  JournalMembership membership;
  FeedClockFunc read_clock;
  gpointer clock; // (transfer none) outlives the client
  const char *version;
  guint heartbeat_s;
  guint linger_ms; // records that come close together go together
  guint rest_ms;   // between two batches of a backlog, which the door must not feel
  guint timeout_ms;
  guint backoff_min_ms, backoff_max_ms;
} FeedOptions;

// The options as they are on a kiosk, but for what only the caller knows.
void feed_options_init (FeedOptions *options);

#define FEED_TYPE_CLIENT (feed_client_get_type ())
G_DECLARE_FINAL_TYPE (FeedClient, feed_client, FEED, CLIENT, GObject)

// Signal "changed": the state is another. Starts by itself when the journal is open.
FeedClient *feed_client_new (JournalStore *store, const FeedOptions *options);
void feed_client_get_state (FeedClient *self, FeedState *ret_state);
// FEED_DEVICE_…: those that are configured and do not work.
void feed_client_set_devices (FeedClient *self, guint32 devices);
// Ends what is under way; it is over when feed_client_is_busy () says so, within a second.
void feed_client_stop (FeedClient *self);
gboolean feed_client_is_busy (FeedClient *self);

G_END_DECLS
