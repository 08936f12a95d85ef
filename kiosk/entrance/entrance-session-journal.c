// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The session's care for its journal: opened until it works, tidied every hour, told of the time
// when nothing could be seen.

#define G_LOG_DOMAIN "entrance-session"

#include "kiosk/entrance/entrance-session-private.h"

#include "kiosk/core/ct-presence.h"
#include "kiosk/journal/journal-disk.h"
#include "kiosk/journal/journal-presence.h"

#define REOPEN_MIN_MS 2000
#define REOPEN_MAX_MS 30000

static gboolean
on_reopen_due (gpointer user_data)
{
  EntranceSession *self = user_data;
  self->reopen_timeout_id = 0;
  entrance_session_open_journal (self);
  return G_SOURCE_REMOVE;
}

void
entrance_session_lose_journal (EntranceSession *self, const GError *error)
{
  if (!self->journal_is_open && self->reopen_timeout_id != 0)
    return; // several requests failed at once
  g_message ("journal: %s", error->message);
  self->journal_is_open = FALSE;
  self->journal_trouble = journal_error_is_disk_full (error) ? ENTRANCE_MESSAGE_DISK_FULL
                                                             : ENTRANCE_MESSAGE_JOURNAL_FAILED;
  g_queue_clear_full (&self->waiting, entrance_waiting_scan_free);
  self->reopen_delay_ms = CLAMP (self->reopen_delay_ms * 2, REOPEN_MIN_MS, REOPEN_MAX_MS);
  entrance_session_set_timeout (self, &self->reopen_timeout_id, self->reopen_delay_ms,
                                on_reopen_due);
}

// The next visitor shall not be the one who finds out.
static void
on_journal_failed (JournalStore *journal, GParamSpec *pspec, EntranceSession *self)
{
  const GError *failure = journal_store_get_failure (journal);
  if (failure == NULL || !self->journal_is_open)
    return;
  entrance_session_lose_journal (self, failure);
  entrance_session_publish (self);
}

static EntranceNeed
find_disk_need (guint disk_percent)
{
  if (disk_percent >= JOURNAL_DISK_SCARCE)
    return ENTRANCE_NEED_ROOM;
  return disk_percent >= JOURNAL_DISK_FILLING ? ENTRANCE_NEED_DISK : ENTRANCE_NEED_NOTHING;
}

EntranceNeed
entrance_session_find_need (EntranceSession *self)
{
  return self->need != ENTRANCE_NEED_NOTHING ? self->need : self->disk_need;
}

static void
on_disk_changed (JournalStore *journal, GParamSpec *pspec, EntranceSession *self)
{
  guint disk_percent = journal_store_get_disk_percent (journal);
  EntranceNeed need = find_disk_need (disk_percent);
  if (need == self->disk_need)
    return;
  self->disk_need = need;
  g_message ("disk: %u %% used%s", disk_percent,
             need == ENTRANCE_NEED_ROOM ? "; what the radio hears is not recorded" : "");
  entrance_session_publish (self);
}

void
entrance_session_watch_journal (EntranceSession *self)
{
  g_signal_connect_object (self->journal, "notify::disk-percent", G_CALLBACK (on_disk_changed),
                           self, 0);
  g_signal_connect_object (self->journal, "notify::failed", G_CALLBACK (on_journal_failed), self,
                           0);
}

static void
on_journal_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EntranceSession) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_open = journal_store_open_finish (JOURNAL_STORE (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  const char *lost = journal_store_get_lost_window (JOURNAL_STORE (source));
  if (is_open && lost != NULL)
    g_message ("radio: the window that the last end cut is lost: %s", lost);
  if (is_open) {
    self->journal_is_open = TRUE;
    self->n_openings++;
    self->journal_trouble = ENTRANCE_MESSAGE_NONE;
    self->reopen_delay_ms = 0;
    g_info ("journal: open");
  } else {
    entrance_session_lose_journal (self, error);
  }
  entrance_session_publish (self);
}

void
entrance_session_open_journal (EntranceSession *self)
{
  JournalStamp stamp;
  entrance_clock_read (self->clock, &stamp);
  journal_store_open_async (self->journal, &stamp, self->cancellable, on_journal_opened,
                            g_object_ref (self));
}

// @committed: (nullable) of a record that no visitor waits for.
static void
look_after (EntranceSession *self, const JournalCommitted *committed, const GError *error)
{
  if (committed != NULL || !self->journal_is_open ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  entrance_session_lose_journal (self, error);
  entrance_session_publish (self);
}

static void
on_gaps_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EntranceSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JournalCommitted) committed =
      journal_store_append_gaps_finish (JOURNAL_STORE (source), result, &error);
  look_after (self, committed, error);
}

void
entrance_session_record_gaps (EntranceSession *self, const char *what, const GArray *spans)
{
  if (self->journal_is_open && spans->len > 0)
    journal_store_append_gaps_async (self->journal, what, spans, self->cancellable,
                                     on_gaps_recorded, g_object_ref (self));
}

void
entrance_session_record_gap (EntranceSession *self, const char *what, const JournalStamp *from)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (JournalSpan));
  JournalSpan span = { .from = *from };
  entrance_clock_read (self->clock, &span.to);
  g_array_append_val (spans, span);
  entrance_session_record_gaps (self, what, spans);
}

static void
on_presence_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EntranceSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JournalCommitted) committed =
      journal_store_append_presence_finish (JOURNAL_STORE (source), result, &error);
  look_after (self, committed, error);
}

// The room that is left is for visits. What was kept of it while there was more goes, too: else it
// would be recovered some day, beside the gap.
static void
leave_out (EntranceSession *self, const JournalPresence *presence)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (JournalSpan));
  JournalSpan span = { journal_presence_get_start (presence), presence->stamp };
  g_array_append_val (spans, span);
  entrance_session_record_gaps (self, "radio-disk", spans);
  if (self->journal_is_open)
    journal_store_forget_presence (self->journal, &presence->stamp);
}

void
entrance_session_record_presence (EntranceSession *self, const JournalPresence *presence)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  if (self->disk_need == ENTRANCE_NEED_ROOM)
    leave_out (self, presence);
  else if (self->journal_is_open)
    journal_store_append_presence_async (self->journal, presence, self->cancellable,
                                         on_presence_recorded, g_object_ref (self));
}

void
entrance_session_keep_presence (EntranceSession *self, const JournalPresence *presence)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  if (self->journal_is_open && self->disk_need != ENTRANCE_NEED_ROOM)
    journal_store_keep_presence (self->journal, presence);
}

static void
on_clock_fix_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EntranceSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JournalCommitted) committed =
      journal_store_append_clock_fix_finish (JOURNAL_STORE (source), result, &error);
  look_after (self, committed, error);
}

gboolean
entrance_session_record_clock_fix (EntranceSession *self,
                                   const JournalStamp *stamp,
                                   guint max_error_ms)
{
  g_return_val_if_fail (ENTRANCE_IS_SESSION (self), FALSE);
  if (self->journal_is_open)
    journal_store_append_clock_fix_async (self->journal, stamp, max_error_ms, self->cancellable,
                                          on_clock_fix_recorded, g_object_ref (self));
  return self->journal_is_open;
}

guint
entrance_session_count_openings (EntranceSession *self)
{
  g_return_val_if_fail (ENTRANCE_IS_SESSION (self), 0);
  return self->n_openings;
}

static void
on_phone_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EntranceSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JournalCommitted) committed =
      journal_store_append_phone_finish (JOURNAL_STORE (source), result, &error);
  look_after (self, committed, error);
}

void
entrance_session_record_join (EntranceSession *self)
{
  g_autoptr (JournalPresence) phone = journal_presence_new ();
  JournalBeacon beacon = { .beacon = self->join.phone,
                           .n_sightings = 1,
                           .rssi_max_dbm = CT_RSSI_UNKNOWN,
                           .rssi_median_dbm = CT_RSSI_UNKNOWN,
                           .zone = CT_ZONE_AT_KIOSK };
  entrance_clock_read (self->clock, &phone->stamp);
  g_array_append_val (phone->beacons, beacon);
  if (self->journal_is_open)
    journal_store_append_phone_async (self->journal, self->join.visit, phone, self->cancellable,
                                      on_phone_recorded, g_object_ref (self));
  entrance_join_forget (&self->join);
}

static void
on_tidied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EntranceSession) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_tidied = journal_store_tidy_finish (JOURNAL_STORE (source), result, &error);
  if (!is_tidied && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    entrance_session_lose_journal (self, error);
    entrance_session_publish (self);
  }
}

void
entrance_session_tidy_journal (EntranceSession *self, const JournalStamp *stamp)
{
  self->tidied_at_ms = stamp->wall_ms;
  journal_store_tidy_async (self->journal, stamp, self->cancellable, on_tidied,
                            g_object_ref (self));
}
