// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Ages.

#include "kiosk/journal/journal-retention.h"

#include <string.h>

#define DAY_MS G_GINT64_CONSTANT (86400000)
#define MS_NS  G_GINT64_CONSTANT (1000000)

static gboolean
is_same_boot (const JournalStamp *a, const JournalStamp *b)
{
  return memcmp (a->boot_id, b->boot_id, sizeof a->boot_id) == 0;
}

gint64
journal_retention_elapsed_ms (const JournalStamp *then, const JournalStamp *now)
{
  if (is_same_boot (then, now))
    return MAX (0, (now->boottime_ns - then->boottime_ns) / MS_NS);
  // This boot is younger than what came before it, whatever the clocks say.
  gint64 wall_ms = then->quality == JOURNAL_CLOCK_UNSET ? 0 : now->wall_ms - then->wall_ms;
  return MAX (now->boottime_ns / MS_NS, wall_ms);
}

static gint64
uptime_ns (const JournalAudit *audit, const JournalStamp *now)
{
  gint64 since_ns =
      now->boottime_ns - (is_same_boot (&audit->stamp, now) ? audit->stamp.boottime_ns : 0);
  return audit->uptime_ns + MAX (0, since_ns);
}

guint64
journal_retention_through (const JournalAudit *audit, const JournalStamp *now, guint retention_days)
{
  // The youngest record of a mark may be that much younger.
  gint64 retention_ms = retention_days * DAY_MS + JOURNAL_MARK_MS;
  gint64 now_ns = uptime_ns (audit, now);
  gboolean is_trusted = now->quality == JOURNAL_CLOCK_SYNCED;
  guint64 through = 0;
  for (guint i = 0; i < audit->marks->len; i++) {
    const JournalMark *mark = &g_array_index (audit->marks, JournalMark, i);
    gboolean is_old = now_ns - mark->uptime_ns > retention_ms * MS_NS;
    if (!is_old && is_trusted && mark->wall_ms != 0) {
      is_old = now->wall_ms - mark->wall_ms > retention_ms;
      // What follows a record that is young by a good clock is young, whatever a clock said later.
      if (!is_old)
        break;
    }
    if (is_old)
      through = i + 1 < audit->marks->len ? mark[1].seq - 1 : audit->seq;
  }
  return through;
}
