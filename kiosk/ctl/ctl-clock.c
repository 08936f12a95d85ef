// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The machine's clocks, and adjtimex(2) for how good they are.

#include "kiosk/ctl/ctl-clock.h"

#include <sys/timex.h>
#include <time.h>

gboolean
ctl_clock_read (JournalStamp *ret_stamp, GError **error)
{
  g_autofree char *boot_id = NULL;
  struct timespec boottime, wall;
  struct timex timex = { .modes = 0 };
  if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &boot_id, NULL, error))
    return FALSE;
  (void) clock_gettime (CLOCK_BOOTTIME, &boottime); // both clocks exist on every Linux
  (void) clock_gettime (CLOCK_REALTIME, &wall);
  gsize n_digits = 0;
  *ret_stamp =
      (JournalStamp){ .boottime_ns =
                          boottime.tv_sec * G_GINT64_CONSTANT (1000000000) + boottime.tv_nsec,
                      .wall_ms = wall.tv_sec * G_GINT64_CONSTANT (1000) + wall.tv_nsec / 1000000 };
  for (const char *c = boot_id; *c != '\0' && n_digits < 32; c++) {
    if (g_ascii_isxdigit (*c)) {
      guint8 *byte = &ret_stamp->boot_id[n_digits / 2];
      *byte = (guint8) (*byte << 4 | g_ascii_xdigit_value (*c));
      n_digits++;
    }
  }
  gboolean is_synced = adjtimex (&timex) != TIME_ERROR && (timex.status & STA_UNSYNC) == 0;
  ret_stamp->quality = is_synced ? JOURNAL_CLOCK_SYNCED : JOURNAL_CLOCK_RESTORED;
  return TRUE;
}
