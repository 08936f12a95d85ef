// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any text as published keys: whole days, slots that divide one, and a reason when there are none.

#include <stdint.h>

#include "kiosk/trace/trace-bluezone.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_memdup2 (data, size);
  g_autoptr (GArray) keys = trace_bluezone_read (text != NULL ? text : "", size, &error);
  g_assert_true ((keys == NULL) == (error != NULL));
  for (guint i = 0; keys != NULL && i < keys->len; i++) {
    const TraceBluezoneKey *key = &g_array_index (keys, TraceBluezoneKey, i);
    g_assert_true (key->from_s % 86400 == 0 && key->last_s >= key->from_s);
    g_assert_true (86400 % key->n_slots == 0);
  }
  return 0;
}
