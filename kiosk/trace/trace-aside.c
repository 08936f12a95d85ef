// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The quarantine keeps a record as it came. What only lacked the time is taken in when that is
// known, and then so is what needed it.

#include "kiosk/trace/trace-take.h"

gboolean
trace_take_aside (const TraceTaking *taking,
                  const JournalRecord *record,
                  const guint8 *item,
                  gsize item_len,
                  const char *reason,
                  GError **error)
{
  return trace_db_run (taking->db,
                       "INSERT INTO quarantine (stream, seq, kind, reason, taken_ms, item)"
                       " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                       TRACE_VALUES (TRACE_INT (taking->stream->id),
                                     TRACE_INT ((gint64) record->seq), TRACE_INT (record->kind),
                                     TRACE_TEXT (reason), TRACE_INT (taking->now_ms),
                                     TRACE_BYTES (item, item_len)),
                       NULL, error);
}

static GPtrArray *
read_items (const TraceTaking *taking, GError **error)
{
  GError *own_error = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (TraceRows) rows = trace_db_query (
      taking->db,
      "SELECT item FROM quarantine WHERE stream = $1 AND reason IN ('time', 'visit')"
      " ORDER BY seq",
      TRACE_VALUES (TRACE_INT (taking->stream->id)), &own_error);
  while (rows != NULL && trace_rows_next (rows, &own_error)) {
    gsize len = 0;
    const guint8 *item = trace_rows_get_bytes (rows, 0, &len);
    g_ptr_array_add (items, g_bytes_new (item, len));
  }
  if (own_error == NULL)
    return g_steal_pointer (&items);
  g_propagate_error (error, own_error);
  return NULL;
}

static gboolean
retry (TraceTaking *taking, GBytes *item, GError **error)
{
  const char *reason = NULL;
  JournalRecord record;
  gsize len = 0;
  const guint8 *data = g_bytes_get_data (item, &len);
  if (feed_item_read (data, len, &record) == 0)
    return TRUE; // nothing that we wrote
  return trace_take_record (taking, &record, &reason, error) &&
         (reason != NULL ||
          trace_db_run (
              taking->db, "DELETE FROM quarantine WHERE stream = $1 AND seq = $2",
              TRACE_VALUES (TRACE_INT (taking->stream->id), TRACE_INT ((gint64) record.seq)), NULL,
              error));
}

gboolean
trace_take_settle (TraceTaking *taking, GError **error)
{
  g_autoptr (GPtrArray) items = read_items (taking, error);
  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    if (!retry (taking, g_ptr_array_index (items, i), error))
      return FALSE;
  return trace_time_settle (taking, error);
}
