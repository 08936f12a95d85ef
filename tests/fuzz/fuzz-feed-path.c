// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Paths and fields of a kiosk's request, a line each; what is read has one form only.

#include <stddef.h>
#include <stdint.h>

#include "kiosk/trace/trace-feed-request.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const names[] = { "tramxanh-prev", "tramxanh-head", "tramxanh-signature" };
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 4);
  g_autoptr (GHashTable) fields = g_hash_table_new (g_str_hash, g_str_equal);
  const TraceRequest request = { .fields = fields };
  JournalOrigin origin;
  FeedRange range = { 0 };
  guint8 signature[JOURNAL_SIG_SIZE];
  if (lines[0] == NULL)
    return 0;
  for (guint i = 0; i < 3 && lines[i + 1] != NULL; i++)
    g_hash_table_insert (fields, (gpointer) names[i], lines[i + 1]);
  if (trace_feed_path_read (lines[0], &origin, &range))
    g_assert_true (range.first >= 1 && range.first <= range.last && range.last <= G_MAXINT64);
  (void) trace_heartbeat_path_read (lines[0], &origin);
  (void) trace_feed_fields_read (&request, &range, signature);
  return 0;
}
