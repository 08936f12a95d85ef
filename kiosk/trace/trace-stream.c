// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-stream.h"

#include <string.h>

#include <sodium.h>

#define BOOTS_MAX 1000
#define MS_NS     1000000

void
trace_stream_clear (TraceStream *stream)
{
  g_clear_pointer (&stream->boots, g_array_unref);
  g_clear_pointer (&stream->clocks, g_array_unref);
}

static gboolean
end_reading (GError *own_error, GError **error)
{
  if (own_error != NULL)
    g_propagate_error (error, own_error);
  return own_error == NULL;
}

static gboolean
read_row (TraceStream *stream, GError **error)
{
  // On PostgreSQL two servers could both read the old head: the lock makes the second wait.
  const char *sql = trace_db_is_postgres (stream->db)
                        ? "SELECT id, number, last, head, has_our_key FROM stream"
                          " WHERE kiosk = $1 AND epoch = $2 FOR UPDATE"
                        : "SELECT id, number, last, head, has_our_key FROM stream"
                          " WHERE kiosk = $1 AND epoch = $2";
  GError *own_error = NULL;
  gsize len = 0;
  g_autoptr (TraceRows) rows =
      trace_db_query (stream->db, sql,
                      TRACE_VALUES (TRACE_BYTES (stream->origin.kiosk, JOURNAL_ID_SIZE),
                                    TRACE_BYTES (stream->origin.epoch, JOURNAL_ID_SIZE)),
                      &own_error);
  if (rows != NULL && trace_rows_next (rows, &own_error)) {
    stream->id = trace_rows_get_int (rows, 0);
    stream->number = trace_rows_get_int (rows, 1);
    stream->last = (guint64) trace_rows_get_int (rows, 2);
    const guint8 *head = trace_rows_get_bytes (rows, 3, &len);
    if (len == sizeof stream->head) // nothing else was written
      memcpy (stream->head, head, len);
    stream->has_our_key = trace_rows_get_int (rows, 4) != 0;
  }
  return end_reading (own_error, error);
}

static struct ct_clock_fix
read_fix (TraceRows *rows, guint column)
{
  return (struct ct_clock_fix){ trace_rows_get_int (rows, column),
                                trace_rows_get_int (rows, column + 1),
                                trace_rows_get_int (rows, column + 2) };
}

static gboolean
read_boots (TraceStream *stream, GError **error)
{
  GError *own_error = NULL;
  g_autoptr (TraceRows) rows = trace_db_query (
      stream->db,
      "SELECT number, boot_id, first_ms, last_ms, not_before_ms, fix_boottime_ms, fix_wall_ms,"
      " fix_error_ms, late_boottime_ms, late_wall_ms, late_error_ms FROM boot WHERE stream = $1"
      " AND number > (SELECT max (number) - $2 FROM boot WHERE stream = $1) ORDER BY number",
      TRACE_VALUES (TRACE_INT (stream->id), TRACE_INT (BOOTS_MAX)), &own_error);
  while (rows != NULL && trace_rows_next (rows, &own_error)) {
    TraceBoot boot = { .is_changed = FALSE };
    struct ct_clock_boot clock = {
      .first_ms = trace_rows_get_int (rows, 2),
      .last_ms = trace_rows_get_int (rows, 3),
      .not_before_ms = trace_rows_get_int (rows, 4),
      .has_fix = !trace_rows_is_null (rows, 5),
      .first_fix = read_fix (rows, 5),
      .last_fix = read_fix (rows, 8),
    };
    gsize len = 0;
    const guint8 *id = trace_rows_get_bytes (rows, 1, &len);
    if (len == sizeof boot.boot_id)
      memcpy (boot.boot_id, id, len);
    if (stream->boots->len == 0)
      stream->first_boot = trace_rows_get_int (rows, 0);
    g_array_append_val (stream->boots, boot);
    g_array_append_val (stream->clocks, clock);
  }
  return end_reading (own_error, error);
}

gboolean
trace_stream_open (TraceStream *ret_stream,
                   TraceDb *db,
                   const JournalOrigin *origin,
                   GError **error)
{
  *ret_stream = (TraceStream){ .db = db, .origin = *origin, .first_boot = 1 };
  ret_stream->boots = g_array_new (FALSE, TRUE, sizeof (TraceBoot));
  ret_stream->clocks = g_array_new (FALSE, TRUE, sizeof (struct ct_clock_boot));
  journal_chain_begin (origin, ret_stream->head);
  return read_row (ret_stream, error) && (ret_stream->id == 0 || read_boots (ret_stream, error));
}

gboolean
trace_stream_begin (TraceStream *stream, gint64 now_ms, GError **error)
{
  return trace_db_query_int (stream->db, "SELECT count (*) + 1 FROM stream WHERE kiosk = $1",
                             TRACE_VALUES (TRACE_BYTES (stream->origin.kiosk, JOURNAL_ID_SIZE)), 1,
                             &stream->number, error) &&
         trace_db_query_int (
             stream->db,
             "INSERT INTO stream (kiosk, epoch, number, last, head, taken_ms, has_our_key)"
             " VALUES ($1, $2, $3, 0, $4, $5, 0) RETURNING id",
             TRACE_VALUES (TRACE_BYTES (stream->origin.kiosk, JOURNAL_ID_SIZE),
                           TRACE_BYTES (stream->origin.epoch, JOURNAL_ID_SIZE),
                           TRACE_INT (stream->number),
                           TRACE_BYTES (stream->head, sizeof stream->head), TRACE_INT (now_ms)),
             0, &stream->id, error);
}

gboolean
trace_stream_find_hash (TraceStream *stream,
                        guint64 seq,
                        guint8 ret_hash[JOURNAL_HASH_SIZE],
                        gint64 *ret_taken_ms,
                        gboolean *ret_found,
                        GError **error)
{
  GError *own_error = NULL;
  *ret_found = FALSE;
  g_autoptr (TraceRows) rows =
      trace_db_query (stream->db,
                      "SELECT first, hashes, taken_ms FROM run WHERE stream = $1 AND first <= $2"
                      " ORDER BY first DESC LIMIT 1",
                      TRACE_VALUES (TRACE_INT (stream->id), TRACE_INT ((gint64) seq)), &own_error);
  if (rows != NULL && trace_rows_next (rows, &own_error)) {
    gsize len = 0;
    const guint8 *hashes = trace_rows_get_bytes (rows, 1, &len);
    guint64 index = seq - (guint64) trace_rows_get_int (rows, 0);
    *ret_found = index < len / JOURNAL_HASH_SIZE;
    if (*ret_found) {
      memcpy (ret_hash, hashes + index * JOURNAL_HASH_SIZE, JOURNAL_HASH_SIZE);
      *ret_taken_ms = trace_rows_get_int (rows, 2);
    }
  }
  return end_reading (own_error, error);
}

#define FIX_VALUES(clock, fix)                                                                     \
  (clock)->has_fix ? TRACE_INT ((fix)->boottime_ms) : TRACE_NULL_INT,                              \
      (clock)->has_fix ? TRACE_INT ((fix)->wall_ms) : TRACE_NULL_INT,                              \
      (clock)->has_fix ? TRACE_INT ((fix)->error_ms) : TRACE_NULL_INT

static gboolean
save_boot (TraceStream *stream, guint i, GError **error)
{
  const TraceBoot *boot = &g_array_index (stream->boots, TraceBoot, i);
  const struct ct_clock_boot *clock = &g_array_index (stream->clocks, struct ct_clock_boot, i);
  return trace_db_run (
      stream->db,
      "INSERT INTO boot (stream, number, boot_id, first_ms, last_ms, not_before_ms,"
      " fix_boottime_ms, fix_wall_ms, fix_error_ms, late_boottime_ms, late_wall_ms, late_error_ms)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
      " ON CONFLICT (stream, number) DO UPDATE SET last_ms = excluded.last_ms,"
      " fix_boottime_ms = excluded.fix_boottime_ms, fix_wall_ms = excluded.fix_wall_ms,"
      " fix_error_ms = excluded.fix_error_ms, late_boottime_ms = excluded.late_boottime_ms,"
      " late_wall_ms = excluded.late_wall_ms, late_error_ms = excluded.late_error_ms",
      TRACE_VALUES (TRACE_INT (stream->id), TRACE_INT (stream->first_boot + i),
                    TRACE_BYTES (boot->boot_id, sizeof boot->boot_id), TRACE_INT (clock->first_ms),
                    TRACE_INT (clock->last_ms), TRACE_INT (clock->not_before_ms),
                    FIX_VALUES (clock, &clock->first_fix), FIX_VALUES (clock, &clock->last_fix)),
      NULL, error);
}

gboolean
trace_stream_save_run (
    TraceStream *stream, guint64 first, const GByteArray *hashes, gint64 now_ms, GError **error)
{
  gint64 n = hashes->len / JOURNAL_HASH_SIZE;
  return n == 0 ||
         trace_db_run (
             stream->db,
             "INSERT INTO run (stream, first, last, taken_ms, hashes) VALUES ($1, $2, $3, $4, $5)",
             TRACE_VALUES (TRACE_INT (stream->id), TRACE_INT ((gint64) first),
                           TRACE_INT ((gint64) first + n - 1), TRACE_INT (now_ms),
                           TRACE_BYTES (hashes->data, hashes->len)),
             NULL, error);
}

gboolean
trace_stream_save (TraceStream *stream,
                   guint64 last,
                   const guint8 head[JOURNAL_HASH_SIZE],
                   gint64 now_ms,
                   GError **error)
{
  for (guint i = 0; i < stream->boots->len; i++) {
    TraceBoot *boot = &g_array_index (stream->boots, TraceBoot, i);
    if (boot->is_changed && !save_boot (stream, i, error))
      return FALSE;
    boot->is_changed = FALSE;
  }
  stream->last = last;
  memcpy (stream->head, head, sizeof stream->head);
  return trace_db_run (stream->db,
                       "UPDATE stream SET last = $2, head = $3, taken_ms = $4, has_our_key = $5"
                       " WHERE id = $1",
                       TRACE_VALUES (TRACE_INT (stream->id), TRACE_INT ((gint64) last),
                                     TRACE_BYTES (head, JOURNAL_HASH_SIZE), TRACE_INT (now_ms),
                                     TRACE_INT (stream->has_our_key)),
                       NULL, error);
}

gint64
trace_stream_note_boot (TraceStream *stream, const JournalStamp *stamp)
{
  guint n = stream->boots->len;
  gint64 boottime_ms = stamp->boottime_ns / MS_NS;
  TraceBoot *last = n > 0 ? &g_array_index (stream->boots, TraceBoot, n - 1) : NULL;
  if (last != NULL && memcmp (last->boot_id, stamp->boot_id, sizeof last->boot_id) == 0) {
    struct ct_clock_boot *clock = &g_array_index (stream->clocks, struct ct_clock_boot, n - 1);
    last->is_changed = last->is_changed || boottime_ms > clock->last_ms;
    clock->last_ms = MAX (clock->last_ms, boottime_ms);
    return stream->first_boot + n - 1;
  }
  TraceBoot boot = { .is_changed = TRUE };
  struct ct_clock_boot clock = {
    .first_ms = boottime_ms,
    .last_ms = boottime_ms,
    .not_before_ms = stamp->quality == JOURNAL_CLOCK_RESTORED ? stamp->wall_ms : 0,
  };
  memcpy (boot.boot_id, stamp->boot_id, sizeof boot.boot_id);
  g_array_append_val (stream->boots, boot);
  g_array_append_val (stream->clocks, clock);
  return stream->first_boot + n;
}

gint64
trace_stream_find_boot (const TraceStream *stream, const guint8 boot_id[JOURNAL_ID_SIZE])
{
  for (guint i = stream->boots->len; i > 0; i--)
    if (memcmp (g_array_index (stream->boots, TraceBoot, i - 1).boot_id, boot_id,
                JOURNAL_ID_SIZE) == 0)
      return stream->first_boot + i - 1;
  return 0;
}

struct ct_clock_boot *
trace_stream_get_clock (TraceStream *stream, gint64 boot)
{
  gint64 index = boot - stream->first_boot;
  return index >= 0 && index < stream->clocks->len
             ? &g_array_index (stream->clocks, struct ct_clock_boot, (guint) index)
             : NULL;
}

void
trace_stream_note_fix (TraceStream *stream, gint64 boot, const struct ct_clock_fix *fix)
{
  struct ct_clock_boot *clock = trace_stream_get_clock (stream, boot);
  g_array_index (stream->boots, TraceBoot, (guint) (boot - stream->first_boot)).is_changed = TRUE;
  if (!clock->has_fix)
    clock->first_fix = *fix;
  clock->last_fix = *fix;
  clock->has_fix = TRUE;
}

void
trace_stream_get_name (const TraceStream *stream, char ret_name[64])
{
  char digits[2 * JOURNAL_ID_SIZE + 1];
  (void) sodium_bin2hex (digits, sizeof digits, stream->origin.kiosk, JOURNAL_ID_SIZE);
  (void) g_snprintf (ret_name, 64, "%s-%" G_GINT64_FORMAT, digits, stream->number);
}
