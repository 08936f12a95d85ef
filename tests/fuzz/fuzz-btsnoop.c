// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any file: what is told of it is within its bounds, and written and read again it is the same.

#include <stdlib.h>
#include <string.h>

#include "kiosk/core/ct-btsnoop.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
on_again (void *again, const struct ct_logged *logged)
{
  *(struct ct_logged *) again = *logged;
}

static void
on_logged (void *last_ms, const struct ct_logged *logged)
{
  uint8_t bytes[2 * CT_BTSNOOP_RECORD_MAX];
  struct ct_btsnoop reader;
  struct ct_logged again = { .at_ms = -1 };
  if (logged->len > sizeof logged->structures || logged->at_ms < *(int64_t *) last_ms)
    abort ();
  *(int64_t *) last_ms = logged->at_ms;
  size_t at = ct_btsnoop_write_header (bytes);
  size_t end = at + ct_btsnoop_write (logged, 0, bytes + at);
  if (ct_btsnoop_begin (&reader, (struct ct_bytes){ bytes, end }) != at)
    abort ();
  while (at < end)
    at += ct_btsnoop_next (&reader, (struct ct_bytes){ bytes + at, end - at }, on_again, &again);
  if (again.at_ms != 0 || again.len != logged->len || again.rssi_dbm != logged->rssi_dbm ||
      memcmp (again.structures, logged->structures, logged->len) != 0 ||
      memcmp (again.address, logged->address, sizeof logged->address) != 0)
    abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct ct_btsnoop reader;
  int64_t last_ms = 0;
  size_t at = ct_btsnoop_begin (&reader, (struct ct_bytes){ data, size });
  for (size_t len = at; len > 0 && at < size; at += len)
    len = ct_btsnoop_next (&reader, (struct ct_bytes){ data + at, size - at }, on_logged, &last_ms);
  return 0;
}
