// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Windows of the radio. The open one is kept in a file beside the journal: a head, which says of
// which journal it is, after which record, and since when; and the bodies that its records would
// have: lengths of 16 bits (big-endian), bodies. An opening makes records of them. What it cannot
// take is a gap.

#define G_LOG_DOMAIN "journal-writer"

#include "kiosk/journal/journal-writer-private.h"

#include <glib/gstdio.h>
#include <string.h>

#include "kiosk/core/ct-presence.h"
#include "kiosk/journal/journal-disk.h"
#include "kiosk/journal/journal-presence.h"
#include "kiosk/journal/journal-retention.h"

#define KEPT_NAME  "presence.window"
#define KEPT_MAGIC "TXW2"
#define KEPT_HEAD  61
#define KEPT_MAX   (KEPT_HEAD + (CT_PRESENCE_BEACONS / JOURNAL_BEACONS_MAX + 1) * JOURNAL_BODY_MAX)
#define LOST_WHAT  "radio-window"
#define DAY_MS     G_GINT64_CONSTANT (86400000)

static char *
kept_path (JournalWriter *self)
{
  return g_build_filename (self->state_dir, KEPT_NAME, NULL);
}

static guint
count_boxes (const JournalPresence *presence)
{
  return MAX (1, (presence->beacons->len + JOURNAL_BEACONS_MAX - 1) / JOURNAL_BEACONS_MAX);
}

typedef struct {
  JournalBody body; // views of what is below
  guint8 counts[JOURNAL_COUNTS_SIZE];
  guint8 arrivals[JOURNAL_COUNTS_SIZE];
  guint8 start[JOURNAL_START_SIZE];
  GBytes *beacons; // (nullable)
} Window;

static void
window_clear (Window *window)
{
  g_clear_pointer (&window->beacons, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Window, window_clear)

// Box @i of @presence, sealed for record @seq.
static gboolean
make_window (JournalWriter *self,
             const JournalPresence *presence,
             guint i,
             guint64 seq,
             Window *ret_window,
             GError **error)
{
  g_autoptr (GBytes) content = journal_presence_write_box (presence, i);
  *ret_window = (Window){ .body.kind = JOURNAL_KIND_PRESENCE_WINDOW };
  if (content != NULL) {
    ret_window->beacons = journal_writer_seal (self, JOURNAL_SEAL_BEACONS, seq, content, error);
    if (ret_window->beacons == NULL)
      return FALSE;
  }
  JournalWindow *window = &ret_window->body.window;
  window->start_wall_ms = (guint64) MAX (0, presence->start_wall_ms);
  if (presence->start_boottime_ns > 0) {
    journal_presence_write_start (presence, ret_window->start);
    window->start = (JournalBytes){ ret_window->start, sizeof ret_window->start };
  }
  window->window_s = presence->window_s;
  window->flags = (presence->is_cut ? JOURNAL_WINDOW_CUT : 0) |
                  (i > 0 ? JOURNAL_WINDOW_CONTINUED : 0) |
                  (seq == 0 ? JOURNAL_WINDOW_CUT | JOURNAL_WINDOW_RECOVERED : 0);
  if (i == 0) {
    journal_presence_write_counts (presence->n_present, ret_window->counts);
    journal_presence_write_counts (presence->n_arrived, ret_window->arrivals);
    window->arrivals = (JournalBytes){ ret_window->arrivals, sizeof ret_window->arrivals };
    window->heard_ms = presence->heard_ms;
    window->n_sightings = presence->n_sightings;
    window->n_dropped = presence->n_dropped;
  }
  window->counts = (JournalBytes){ ret_window->counts, sizeof ret_window->counts };
  if (ret_window->beacons != NULL)
    window->beacons.data = g_bytes_get_data (ret_window->beacons, &window->beacons.len);
  return TRUE;
}

static gboolean
append_window (JournalWriter *self, const JournalPresence *presence, guint i, GError **error)
{
  g_auto (Window) window;
  return make_window (self, presence, i, self->audit.seq + 1, &window, error) &&
         journal_writer_append (self, &presence->stamp, &window.body, error);
}

gboolean
journal_writer_append_presence (JournalWriter *self,
                                const JournalPresence *presence,
                                JournalCommit *ret_commit,
                                GError **error)
{
  g_autoptr (GError) failure = NULL;
  gint64 started_us = g_get_monotonic_time ();
  if (!journal_writer_is_usable (self, error))
    return FALSE;
  gboolean ok = journal_writer_begin (self, &failure);
  for (guint i = 0; ok && i < count_boxes (presence); i++)
    ok = append_window (self, presence, i, &failure);
  guint64 seq = self->audit.seq;
  ok = ok && journal_writer_commit (self, &presence->stamp, &failure);
  if (ok)
    journal_writer_forget_presence (self);
  *ret_commit = (JournalCommit){ .seq = seq,
                                 .wall_ms = presence->stamp.wall_ms,
                                 .commit_us = g_get_monotonic_time () - started_us };
  return journal_writer_end (self, ok, g_steal_pointer (&failure), error);
}

gboolean
journal_writer_append_phone (JournalWriter *self,
                             guint64 visit,
                             const JournalPresence *phone,
                             JournalCommit *ret_commit,
                             GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) content = journal_presence_write_box (phone, 0);
  gint64 started_us = g_get_monotonic_time ();
  if (!journal_writer_is_usable (self, error))
    return FALSE;
  JournalBody body = { .kind = JOURNAL_KIND_VISIT_PHONE, .visit_phone.visit = visit };
  gboolean ok = journal_writer_begin (self, &failure);
  g_autoptr (GBytes) box =
      ok ? journal_writer_seal (self, JOURNAL_SEAL_BEACONS, self->audit.seq + 1, content, &failure)
         : NULL;
  if (box != NULL)
    body.visit_phone.phone.data = g_bytes_get_data (box, &body.visit_phone.phone.len);
  ok = box != NULL && journal_writer_append (self, &phone->stamp, &body, &failure);
  guint64 seq = self->audit.seq;
  ok = ok && journal_writer_commit (self, &phone->stamp, &failure);
  *ret_commit = (JournalCommit){ .seq = seq,
                                 .wall_ms = phone->stamp.wall_ms,
                                 .commit_us = g_get_monotonic_time () - started_us };
  return journal_writer_end (self, ok, g_steal_pointer (&failure), error);
}

typedef struct {
  guint8 epoch[JOURNAL_ID_SIZE];
  guint64 seq;        // the last record then
  JournalStamp start; // of the window
} KeptHead;

static void
put_64 (GByteArray *kept, guint64 number)
{
  guint64 number_be = GUINT64_TO_BE (number);
  g_byte_array_append (kept, (const guint8 *) &number_be, sizeof number_be);
}

static guint64
get_64 (const guint8 *at)
{
  guint64 number_be = 0;
  memcpy (&number_be, at, sizeof number_be);
  return GUINT64_FROM_BE (number_be);
}

static void
write_head (JournalWriter *self, const JournalPresence *presence, GByteArray *kept)
{
  JournalStamp start = journal_presence_get_start (presence);
  guint8 quality = (guint8) start.quality;
  g_byte_array_append (kept, (const guint8 *) KEPT_MAGIC, strlen (KEPT_MAGIC));
  g_byte_array_append (kept, self->audit.origin.epoch, JOURNAL_ID_SIZE);
  put_64 (kept, self->audit.seq);
  g_byte_array_append (kept, start.boot_id, sizeof start.boot_id);
  put_64 (kept, (guint64) start.boottime_ns);
  put_64 (kept, (guint64) MAX (0, start.wall_ms));
  g_byte_array_append (kept, &quality, 1);
  g_assert (kept->len == KEPT_HEAD);
}

static gboolean
read_head (const guint8 *kept, gsize len, KeptHead *ret_head)
{
  if (len < KEPT_HEAD || memcmp (kept, KEPT_MAGIC, strlen (KEPT_MAGIC)) != 0 ||
      kept[60] > JOURNAL_CLOCK_SYNCED || get_64 (kept + 44) > G_MAXINT64 ||
      get_64 (kept + 52) > G_MAXINT64)
    return FALSE;
  memcpy (ret_head->epoch, kept + 4, JOURNAL_ID_SIZE);
  ret_head->seq = get_64 (kept + 20);
  memcpy (ret_head->start.boot_id, kept + 28, JOURNAL_ID_SIZE);
  ret_head->start.boottime_ns = (gint64) get_64 (kept + 44);
  ret_head->start.wall_ms = (gint64) get_64 (kept + 52);
  ret_head->start.quality = (JournalClockQuality) kept[60];
  return TRUE;
}

static gboolean
write_kept (JournalWriter *self, const JournalPresence *presence, GError **error)
{
  g_autoptr (GByteArray) kept = g_byte_array_new ();
  g_autofree char *path = kept_path (self);
  if (!journal_writer_is_usable (self, error))
    return FALSE;
  write_head (self, presence, kept);
  for (guint i = 0; i < count_boxes (presence); i++) {
    g_auto (Window) window;
    guint8 body[JOURNAL_BODY_MAX];
    if (!make_window (self, presence, i, 0, &window, error))
      return FALSE;
    guint16 len = (guint16) journal_record_write (&window.body, body, sizeof body);
    guint16 len_be = GUINT16_TO_BE (len);
    g_byte_array_append (kept, (const guint8 *) &len_be, sizeof len_be);
    g_byte_array_append (kept, body, len);
  }
  return g_file_set_contents_full (path, (const char *) kept->data, kept->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

// The journal goes on without: this is not a record yet.
void
journal_writer_keep_presence (JournalWriter *self, const JournalPresence *presence)
{
  g_autoptr (GError) error = NULL;
  if (!write_kept (self, presence, &error))
    g_debug ("window: not kept: %s", error->message);
}

void
journal_writer_forget_presence (JournalWriter *self)
{
  g_autofree char *path = kept_path (self);
  (void) g_unlink (path); // mostly there is none
}

// The next body of @kept; FALSE: there is none, or it is none of ours.
static gboolean
take_kept (const guint8 **kept, gsize *len, JournalBody *ret_body)
{
  if (*len < 2)
    return FALSE; // all of them, or torn
  gsize body_len = (gsize) (*kept)[0] << 8 | (*kept)[1];
  if (body_len > *len - 2 ||
      !journal_record_read (JOURNAL_KIND_PRESENCE_WINDOW, *kept + 2, body_len, ret_body))
    return FALSE;
  if ((ret_body->window.flags & JOURNAL_WINDOW_RECOVERED) == 0)
    return FALSE;
  *kept += 2 + body_len;
  *len -= 2 + body_len;
  return TRUE;
}

// It would be erased with the records of this opening, and nothing may be kept longer than the law
// allows.
static gboolean
is_too_old (JournalWriter *self, const KeptHead *head, const JournalStamp *now)
{
  gint64 days = JOURNAL_RETENTION_MAX_DAYS - (gint64) self->audit.config.retention_days;
  return journal_retention_elapsed_ms (&head->start, now) >= MAX (1, days) * DAY_MS;
}

static gboolean
append_lost (JournalWriter *self,
             const char *reason,
             const JournalStamp *from,
             const JournalStamp *stamp,
             GError **error)
{
  const JournalSpan span = { *from, *stamp };
  self->lost_window = reason;
  return journal_writer_append_span (self, LOST_WHAT, &span, error);
}

static gboolean
append_kept (JournalWriter *self,
             const KeptHead *head,
             const guint8 *kept,
             gsize len,
             const JournalStamp *stamp,
             GError **error)
{
  JournalBody body;
  if (self->audit.last_window > head->seq)
    return TRUE; // it is in the journal, and only the file outlived that
  if (journal_writer_measure_disk (self) >= JOURNAL_DISK_SCARCE)
    return append_lost (self, "the disk is almost full", &head->start, stamp, error);
  if (is_too_old (self, head, stamp))
    return append_lost (self, "it is too old", &head->start, stamp, error);
  while (take_kept (&kept, &len, &body))
    if (!journal_writer_append (self, stamp, &body, error))
      return FALSE;
  return len == 0 || append_lost (self, "its file is damaged", &head->start, stamp, error);
}

gboolean
journal_writer_recover_presence (JournalWriter *self,
                                 const JournalStamp *last,
                                 const JournalStamp *stamp,
                                 GError **error)
{
  g_autofree char *path = kept_path (self);
  g_autofree char *contents = NULL;
  g_autoptr (GError) unread = NULL;
  gsize len = 0;
  KeptHead head;
  self->lost_window = NULL;
  if (!g_file_get_contents (path, &contents, &len, &unread))
    return g_error_matches (unread, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
           append_lost (self, "its file cannot be read", last, stamp, error);
  const guint8 *kept = (const guint8 *) contents;
  if (len > KEPT_MAX || !read_head (kept, len, &head))
    return append_lost (self, "its file is damaged", last, stamp, error);
  if (memcmp (head.epoch, self->audit.origin.epoch, sizeof head.epoch) != 0)
    return append_lost (self, "it is another journal's", last, stamp, error);
  return append_kept (self, &head, kept + KEPT_HEAD, len - KEPT_HEAD, stamp, error);
}
