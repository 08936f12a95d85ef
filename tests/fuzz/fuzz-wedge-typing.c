// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any keys on a scanner: the first byte says how codes end, each pair after it is a key and what
// happens to it.

#include "hw/hw-wedge-typing.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (HwWedgeTyping *typing, HwTyped typed)
{
  if (typed != HW_TYPED_CODE)
    return;
  g_autoptr (GBytes) code = hw_wedge_typing_take (typing);
  gsize len = 0;
  const char *text = g_bytes_get_data (code, &len);
  if (len > HW_WEDGE_CODE_MAX || (len > 0 && !g_utf8_validate (text, (gssize) len, NULL)))
    abort ();
  for (gsize i = 0; i < len; i++)
    if ((text[i] >= 0 && text[i] < ' ' && text[i] != '\n') || text[i] == 0x7f)
      abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static HwWedgeTyping typing;
  hw_wedge_typing_init (&typing, size > 0 ? data[0] % 3 : 0, size > 0 && data[0] >= 128 ? "a" : "");
  for (size_t i = 1; i + 1 < size; i += 2) {
    check (&typing, hw_wedge_typing_key (&typing, data[i] | (guint) (data[i + 1] & 0x60) << 3,
                                         (data[i + 1] & 1) != 0));
    if ((data[i + 1] & 0x1e) == 0x1e)
      check (&typing, hw_wedge_typing_silence (&typing));
    if ((data[i + 1] & 0x1e) == 0x1c)
      hw_wedge_typing_lose (&typing);
  }
  check (&typing, hw_wedge_typing_silence (&typing));
  return 0;
}
