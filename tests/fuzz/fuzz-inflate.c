// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A packed body: the first byte says how.

#include <stddef.h>
#include <stdint.h>

#include "kiosk/trace/trace-inflate.h"

#define SIZE_MAX_OUT 4096

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 1)
    return 0;
  g_autoptr (GBytes) body = g_bytes_new (data + 1, size - 1), unpacked = NULL;
  TraceInflate result =
      trace_inflate (data[0] % 2 == 0 ? "zstd" : "gzip", body, SIZE_MAX_OUT, &unpacked);
  g_assert_true ((result == TRACE_INFLATE_OK) == (unpacked != NULL));
  g_assert_true (unpacked == NULL || g_bytes_get_size (unpacked) <= SIZE_MAX_OUT);
  return 0;
}
