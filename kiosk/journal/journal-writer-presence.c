// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Windows of the radio. The open one is kept in a file beside the journal, as the bodies that its
// records would have: lengths of 16 bits (big-endian), bodies. An opening makes records of them.

#define G_LOG_DOMAIN "journal-writer"

#include "kiosk/journal/journal-writer-private.h"

#include <glib/gstdio.h>
#include <string.h>

#include "kiosk/journal/journal-presence.h"

#define KEPT_NAME "presence.window"
#define KEPT_MAX  (16 * JOURNAL_BODY_MAX)
#define RECENT_MS 86400000 // an older one is not recorded any more

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

static gboolean
write_kept (JournalWriter *self, const JournalPresence *presence, GError **error)
{
  g_autoptr (GByteArray) kept = g_byte_array_new ();
  g_autofree char *path = kept_path (self);
  if (!journal_writer_is_usable (self, error))
    return FALSE;
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
    return FALSE;
  gsize body_len = (gsize) (*kept)[0] << 8 | (*kept)[1];
  if (body_len > *len - 2 ||
      !journal_record_read (JOURNAL_KIND_PRESENCE_WINDOW, *kept + 2, body_len, ret_body))
    return FALSE;
  *kept += 2 + body_len;
  *len -= 2 + body_len;
  return (ret_body->window.flags & JOURNAL_WINDOW_RECOVERED) != 0;
}

static gboolean
is_wanted (const JournalWindow *window, gint64 last_window_ms, const JournalStamp *stamp)
{
  gint64 start_ms = (gint64) window->start_wall_ms;
  return start_ms > last_window_ms && ABS (stamp->wall_ms - start_ms) < RECENT_MS;
}

gboolean
journal_writer_recover_presence (JournalWriter *self, const JournalStamp *stamp, GError **error)
{
  g_autofree char *path = kept_path (self);
  g_autofree char *contents = NULL;
  gint64 last_window_ms = self->audit.last_window_ms;
  gsize len = 0;
  JournalBody body;
  if (!g_file_get_contents (path, &contents, &len, NULL) || len > KEPT_MAX)
    return TRUE;
  const guint8 *kept = (const guint8 *) contents;
  while (take_kept (&kept, &len, &body))
    if (is_wanted (&body.window, last_window_ms, stamp) &&
        !journal_writer_append (self, stamp, &body, error))
      return FALSE;
  return TRUE;
}
