// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any content of a box of beacons: what is read is written as it was.

#include <stdlib.h>
#include <string.h>

#include "kiosk/journal/journal-presence.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) content = g_bytes_new (data, size);
  g_autoptr (GArray) beacons = journal_presence_read_box (content);
  if (beacons == NULL || beacons->len == 0 || beacons->len > JOURNAL_BEACONS_MAX)
    return 0;
  JournalPresence presence = { .beacons = beacons };
  g_autoptr (GBytes) again = journal_presence_write_box (&presence, 0);
  if (!g_bytes_equal (content, again))
    abort ();
  return 0;
}
