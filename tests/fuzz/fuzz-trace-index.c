// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <stdint.h>
#include <string.h>

#include "kiosk/trace/trace-index-layout.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

// The first bytes are the counts and whether the sums are right; then each section's beginning.
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 5)
    return 0;
  const TraceIndexCounts counts = { data[0], data[1] % 16, data[2] % 16, data[3] % 16, "", 0 };
  const TraceOpenStays open_stays = { 1000000, 57600 };
  TraceIndexLayout layout;
  trace_index_layout_init (&layout, &counts);
  gsize n_bytes = layout.starts[TRACE_INDEX_N_SECTIONS], share = (size - 5) / TRACE_INDEX_SUMS;
  g_autofree guint8 *bytes = g_malloc0 (n_bytes);
  g_autoptr (GArray) stays = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  ((TraceIndexHeader *) (void *) bytes)->counts = counts;
  for (guint i = 0; i < TRACE_INDEX_SUMS; i++)
    memcpy (bytes + layout.starts[i], data + 5 + i * share,
            MIN (share, layout.starts[i + 1] - layout.starts[i]));
  trace_index_seal (bytes, n_bytes);
  bytes[(data[4] * 997u) % n_bytes] ^= data[4];
  g_autoptr (TraceIndexPart) part = trace_index_part_new (bytes, n_bytes);
  for (guint32 i = 0; part != NULL && i < 17; i++) {
    const TracePlaceSpan span = { i, i * 1000, G_MAXUINT32 };
    (void) trace_index_part_find_at (part, &open_stays, &span, stays);
    (void) trace_index_part_find_of (part, &open_stays, i, 0, G_MAXINT64, stays);
    (void) trace_index_part_get_key (part, i);
  }
  return 0;
}
