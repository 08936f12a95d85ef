// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Fixed places, because a phone that is near for a morning comes back in every window.

#include "kiosk/journal/journal-presence.h"

#include <string.h>

JournalPresence *
journal_presence_new (void)
{
  JournalPresence *presence = g_new0 (JournalPresence, 1);
  presence->beacons = g_array_new (FALSE, TRUE, sizeof (JournalBeacon));
  return presence;
}

JournalPresence *
journal_presence_copy (const JournalPresence *presence)
{
  JournalPresence *copy = g_memdup2 (presence, sizeof *presence);
  copy->beacons = g_array_copy (presence->beacons);
  return copy;
}

void
journal_presence_free (JournalPresence *presence)
{
  g_array_unref (presence->beacons);
  g_free (presence);
}

JournalStamp
journal_presence_get_start (const JournalPresence *presence)
{
  JournalStamp start = presence->stamp;
  gint64 open_ms =
      CLAMP (start.wall_ms - presence->start_wall_ms, 0, (gint64) presence->window_s * 1000);
  start.boottime_ns = MAX (0, start.boottime_ns - open_ms * 1000000);
  if (presence->start_boottime_ns > 0) {
    start.boottime_ns = presence->start_boottime_ns;
    start.quality = presence->start_quality;
  }
  start.wall_ms = presence->start_wall_ms;
  return start;
}

static void
write_16 (guint8 *at, guint32 number)
{
  guint32 bounded = MIN (number, G_MAXUINT16);
  at[0] = (guint8) (bounded >> 8);
  at[1] = (guint8) bounded;
}

static guint32
read_16 (const guint8 *at)
{
  return (guint32) (at[0] << 8 | at[1]);
}

static void
write_beacon (const JournalBeacon *beacon, guint8 out[JOURNAL_BEACON_SIZE])
{
  memset (out, 0, JOURNAL_BEACON_SIZE);
  out[0] = (guint8) beacon->beacon.kind;
  out[1] = (guint8) beacon->beacon.id_len;
  memcpy (out + 2, beacon->beacon.id, beacon->beacon.id_len);
  write_16 (out + 22, beacon->first_ms / JOURNAL_PRESENCE_STEP);
  write_16 (out + 24, beacon->last_ms / JOURNAL_PRESENCE_STEP);
  write_16 (out + 26, beacon->n_sightings);
  out[28] = (guint8) beacon->rssi_max_dbm;
  out[29] = (guint8) beacon->rssi_median_dbm;
  out[30] = beacon->zone;
  out[31] = beacon->is_staff ? 1 : 0;
}

static gboolean
read_beacon (const guint8 in[JOURNAL_BEACON_SIZE], JournalBeacon *ret_beacon)
{
  JournalBeacon beacon = {
    .beacon.kind = in[0],
    .first_ms = read_16 (in + 22) * JOURNAL_PRESENCE_STEP,
    .last_ms = read_16 (in + 24) * JOURNAL_PRESENCE_STEP,
    .n_sightings = read_16 (in + 26),
    .rssi_max_dbm = (gint8) in[28],
    .rssi_median_dbm = (gint8) in[29],
    .zone = in[30],
    .is_staff = in[31] == 1,
  };
  guint8 again[JOURNAL_BEACON_SIZE];
  if (in[0] == CT_BEACON_NONE || in[0] >= CT_BEACON_N_KINDS ||
      !ct_beacon_set_id (&beacon.beacon, in + 2, in[1]) || beacon.first_ms > beacon.last_ms)
    return FALSE;
  write_beacon (&beacon, again);
  *ret_beacon = beacon;
  return memcmp (in, again, sizeof again) == 0; // nothing hides in the gaps
}

GBytes *
journal_presence_write_box (const JournalPresence *presence, guint i)
{
  guint first = i * JOURNAL_BEACONS_MAX;
  if (first >= presence->beacons->len)
    return NULL;
  guint n = MIN (presence->beacons->len - first, JOURNAL_BEACONS_MAX);
  guint8 *content = g_malloc (n * JOURNAL_BEACON_SIZE);
  for (guint k = 0; k < n; k++)
    write_beacon (&g_array_index (presence->beacons, JournalBeacon, first + k),
                  content + k * JOURNAL_BEACON_SIZE);
  return g_bytes_new_take (content, n * JOURNAL_BEACON_SIZE);
}

GArray *
journal_presence_read_box (GBytes *content)
{
  gsize len = 0;
  const guint8 *bytes = g_bytes_get_data (content, &len);
  g_autoptr (GArray) beacons = g_array_new (FALSE, TRUE, sizeof (JournalBeacon));
  if (len % JOURNAL_BEACON_SIZE != 0)
    return NULL;
  for (gsize at = 0; at < len; at += JOURNAL_BEACON_SIZE) {
    JournalBeacon beacon;
    if (!read_beacon (bytes + at, &beacon))
      return NULL;
    g_array_append_val (beacons, beacon);
  }
  return g_steal_pointer (&beacons);
}

void
journal_presence_write_counts (const guint32 counts[CT_BEACON_N_KINDS],
                               guint8 ret_bytes[JOURNAL_COUNTS_SIZE])
{
  for (guint i = 0; i < CT_BEACON_N_KINDS; i++) {
    guint32 count_be = GUINT32_TO_BE (counts[i]);
    memcpy (ret_bytes + 4 * i, &count_be, sizeof count_be);
  }
}

void
journal_presence_write_start (const JournalPresence *presence, guint8 ret_start[JOURNAL_START_SIZE])
{
  guint64 boottime_be = GUINT64_TO_BE ((guint64) presence->start_boottime_ns);
  memcpy (ret_start, presence->stamp.boot_id, JOURNAL_ID_SIZE);
  memcpy (ret_start + JOURNAL_ID_SIZE, &boottime_be, sizeof boottime_be);
}

gboolean
journal_presence_read_start (const JournalBytes *start, JournalStamp *ret_start)
{
  guint64 boottime_be = 0;
  if (start->len != JOURNAL_START_SIZE)
    return FALSE;
  memcpy (ret_start->boot_id, start->data, JOURNAL_ID_SIZE);
  memcpy (&boottime_be, start->data + JOURNAL_ID_SIZE, sizeof boottime_be);
  ret_start->boottime_ns = (gint64) (GUINT64_FROM_BE (boottime_be) & G_MAXINT64);
  return TRUE;
}
