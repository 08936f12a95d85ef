// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Records without a clock: where they are in time, and that it is put right when it is known.

#include <string.h>

#include "kiosk/trace/trace-amend.h"
#include "kiosk/trace/trace-fold.h"
#include "kiosk/trace/trace-take.h"

#define EARLIEST_MS  G_GINT64_CONSTANT (1577836800000) // 2020: before the first kiosk
#define OLDEST_MS    (400 * G_GINT64_CONSTANT (86400000))
#define AHEAD_MS     600000 // a kiosk's clock may be ahead of ours by so much
#define WIDTH_MAX_MS (31 * G_GINT64_CONSTANT (86400000))
#define MS_NS        1000000

TraceMoment
trace_moment_of (const TraceTaking *taking, const JournalStamp *stamp)
{
  if (stamp->quality == JOURNAL_CLOCK_SYNCED)
    return (TraceMoment){ 0, stamp->wall_ms };
  return (TraceMoment){ trace_stream_find_boot (taking->stream, stamp->boot_id),
                        stamp->boottime_ns / MS_NS };
}

gboolean
trace_moment_is_settled (const TraceTaking *taking, const TraceMoment *moment)
{
  const struct ct_clock_boot *clock = trace_stream_get_clock (taking->stream, moment->boot);
  return moment->boot == 0 || (clock != NULL && clock->has_fix);
}

static gboolean
place (const TraceTaking *taking, const TraceMoment *moment, struct ct_clock_span *ret_span)
{
  TraceStream *stream = taking->stream;
  *ret_span = (struct ct_clock_span){ moment->ms, moment->ms };
  if (moment->boot != 0 &&
      (trace_stream_get_clock (stream, moment->boot) == NULL ||
       !ct_clock_place ((const struct ct_clock_boot *) stream->clocks->data, stream->clocks->len,
                        (gsize) (moment->boot - stream->first_boot), moment->ms, taking->now_ms,
                        ret_span)))
    return FALSE;
  return ret_span->earliest_ms >= MAX (EARLIEST_MS, taking->now_ms - OLDEST_MS) &&
         ret_span->latest_ms <= taking->now_ms + AHEAD_MS &&
         ret_span->latest_ms - ret_span->earliest_ms <= WIDTH_MAX_MS;
}

static gint64
half_of (const struct ct_clock_span *span)
{
  return (span->latest_ms - span->earliest_ms + 1) / 2;
}

gboolean
trace_time_place (const TraceTaking *taking,
                  const TraceMoment *from,
                  const TraceMoment *to,
                  gint64 margin_ms,
                  TraceArrival *ret_times)
{
  struct ct_clock_span arrived, left;
  if (!place (taking, from, &arrived) || (to != NULL && !place (taking, to, &left)))
    return FALSE;
  gint64 half_ms = to != NULL ? MAX (half_of (&arrived), half_of (&left)) : half_of (&arrived);
  gint64 slack_ms = half_ms + margin_ms;
  ret_times->arrived_s = (arrived.earliest_ms + half_of (&arrived)) / 1000;
  ret_times->left_s = TRACE_OPEN_S;
  if (to != NULL) // at least a second, and one that ends before it began as well
    ret_times->left_s =
        MAX (ret_times->arrived_s + 1, (left.earliest_ms + half_of (&left) + 999) / 1000);
  ret_times->slack_s = slack_ms > 0 ? (guint32) ((slack_ms + 999) / 1000) : 0;
  return TRUE;
}

gboolean
trace_time_remember (const TraceTaking *taking,
                     const TraceMoment *from,
                     const TraceMoment *to,
                     gint64 margin_ms,
                     const TraceArrival *stay,
                     GError **error)
{
  if (trace_moment_is_settled (taking, from) &&
      (to == NULL || trace_moment_is_settled (taking, to)))
    return TRUE;
  gboolean is_open = to == NULL;
  return trace_db_run (
      taking->db,
      "INSERT INTO unclear (stream, seq, part, subject, venue, zone, from_boot, from_ms, to_boot,"
      " to_ms, margin_ms, arrived_s, left_s, slack_s, version)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0)"
      " ON CONFLICT DO NOTHING",
      TRACE_VALUES (TRACE_INT (taking->stream->id), TRACE_INT (stay->seq),
                    TRACE_INT ((gint32) stay->part),
                    TRACE_BYTES (stay->subject, TRACE_SUBJECT_SIZE), TRACE_TEXT (stay->venue),
                    TRACE_TEXT (stay->zone), TRACE_INT (from->boot), TRACE_INT (from->ms),
                    is_open ? TRACE_NULL_INT : TRACE_INT (to->boot),
                    is_open ? TRACE_NULL_INT : TRACE_INT (to->ms), TRACE_INT (margin_ms),
                    TRACE_INT (stay->arrived_s),
                    is_open ? TRACE_NULL_INT : TRACE_INT (stay->left_s), TRACE_INT (stay->slack_s)),
      NULL, error);
}

gboolean
trace_time_end (const TraceTaking *taking,
                const TraceMoment *from,
                const TraceMoment *to,
                const TraceArrival *was,
                const TraceArrival *stay,
                GError **error)
{
  gboolean is_found = FALSE;
  if ((was->arrived_s != stay->arrived_s || was->slack_s != stay->slack_s) &&
      (!trace_amend_times (taking->store, was, stay, &is_found, error) ||
       !trace_fold_move_links (taking->store, taking->stream->id, stay->seq, stay->arrived_s,
                               stay->slack_s, error)))
    return FALSE;
  return trace_db_run (taking->db, "DELETE FROM unclear WHERE stream = $1 AND seq = $2",
                       TRACE_VALUES (TRACE_INT (taking->stream->id), TRACE_INT (stay->seq)), NULL,
                       error) &&
         trace_time_remember (taking, from, to, 0, stay, error);
}

// One row of "unclear".
typedef struct {
  TraceArrival was; // its names are the taking's, @venue and @zone
  gint64 part, margin_ms, version;
  TraceMoment from, to;
  gboolean is_open;
  char venue[TRACE_WORD_MAX + 1], zone[TRACE_WORD_MAX + 1];
} Unclear;

static void
read_unclear (TraceRows *rows, Unclear *ret_unclear)
{
  gsize len = 0;
  const guint8 *subject = trace_rows_get_bytes (rows, 2, &len);
  *ret_unclear = (Unclear){
    .was = { .seq = trace_rows_get_int (rows, 0),
             .part = (guint32) trace_rows_get_int (rows, 1),
             .arrived_s = trace_rows_get_int (rows, 9),
             .left_s = trace_rows_is_null (rows, 10) ? TRACE_OPEN_S : trace_rows_get_int (rows, 10),
             .slack_s = (guint32) trace_rows_get_int (rows, 11) },
    .part = trace_rows_get_int (rows, 1),
    .from = { trace_rows_get_int (rows, 4), trace_rows_get_int (rows, 5) },
    .to = { trace_rows_get_int (rows, 6), trace_rows_get_int (rows, 7) },
    .is_open = trace_rows_is_null (rows, 7),
    .margin_ms = trace_rows_get_int (rows, 8),
    .version = trace_rows_get_int (rows, 12),
  };
  if (len == TRACE_SUBJECT_SIZE)
    memcpy (ret_unclear->was.subject, subject, len);
  (void) g_strlcpy (ret_unclear->zone, trace_rows_get_text (rows, 3), sizeof ret_unclear->zone);
  (void) g_strlcpy (ret_unclear->venue, trace_rows_get_text (rows, 13), sizeof ret_unclear->venue);
}

static GArray *
read_all_unclear (const TraceTaking *taking, GError **error)
{
  GError *own_error = NULL;
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Unclear));
  g_autoptr (TraceRows) rows = trace_db_query (
      taking->db,
      "SELECT seq, part, subject, zone, from_boot, from_ms, to_boot, to_ms, margin_ms, arrived_s,"
      " left_s, slack_s, version, venue FROM unclear WHERE stream = $1 AND from_boot <= $2"
      " AND (to_boot IS NULL OR to_boot <= $2) ORDER BY seq, part",
      TRACE_VALUES (TRACE_INT (taking->stream->id), TRACE_INT (taking->fixed_boot)), &own_error);
  while (rows != NULL && trace_rows_next (rows, &own_error)) {
    Unclear unclear;
    read_unclear (rows, &unclear);
    g_array_append_val (all, unclear);
  }
  if (own_error == NULL)
    return g_steal_pointer (&all);
  g_propagate_error (error, own_error);
  return NULL;
}

static gboolean
amend (const TraceTaking *taking, const Unclear *unclear, const TraceArrival *now, GError **error)
{
  gboolean is_found = FALSE;
  if (unclear->part == TRACE_PART_GAP)
    return trace_db_run (
        taking->db,
        "UPDATE gap SET from_s = $3, to_s = $4, slack_s = $5 WHERE stream = $1 AND seq = $2",
        TRACE_VALUES (TRACE_INT (taking->stream->id), TRACE_INT (now->seq),
                      TRACE_INT (now->arrived_s), TRACE_INT (now->left_s),
                      TRACE_INT (now->slack_s)),
        NULL, error);
  TraceArrival was = unclear->was, moved = *now;
  if (!trace_fold_find (taking->store, &was, error))
    return FALSE;
  memcpy (moved.subject, was.subject, sizeof moved.subject);
  return trace_amend_times (taking->store, &was, &moved, &is_found, error) &&
         trace_fold_heard (taking->store, &unclear->was.subject, 1, error) &&
         trace_fold_move_links (taking->store, taking->stream->id, now->seq, now->arrived_s,
                                now->slack_s, error) &&
         trace_db_run (taking->db,
                       "UPDATE visit SET arrived_s = $3, slack_s = $4"
                       " WHERE stream = $1 AND seq = $2",
                       TRACE_VALUES (TRACE_INT (taking->stream->id), TRACE_INT (now->seq),
                                     TRACE_INT (now->arrived_s), TRACE_INT (now->slack_s)),
                       NULL, error);
}

static gboolean
settle (const TraceTaking *taking, Unclear *unclear, GError **error)
{
  unclear->was.venue = unclear->venue;
  unclear->was.zone = unclear->zone;
  unclear->was.kiosk = taking->name;
  TraceArrival now = unclear->was;
  // What contradicts itself now keeps the place that it has, and its width.
  if (!trace_time_place (taking, &unclear->from, unclear->is_open ? NULL : &unclear->to,
                         unclear->margin_ms, &now))
    return TRUE;
  return trace_db_run (
             taking->db,
             "INSERT INTO amendment (stream, seq, part, version, at_ms, was_arrived_s, was_left_s,"
             " was_slack_s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
             TRACE_VALUES (TRACE_INT (taking->stream->id), TRACE_INT (now.seq),
                           TRACE_INT (unclear->part), TRACE_INT (unclear->version + 1),
                           TRACE_INT (taking->now_ms), TRACE_INT (unclear->was.arrived_s),
                           unclear->was.left_s == TRACE_OPEN_S ? TRACE_NULL_INT
                                                               : TRACE_INT (unclear->was.left_s),
                           TRACE_INT (unclear->was.slack_s)),
             NULL, error) &&
         amend (taking, unclear, &now, error);
}

gboolean
trace_time_settle (const TraceTaking *taking, GError **error)
{
  g_autoptr (GArray) all = read_all_unclear (taking, error);
  if (all == NULL)
    return FALSE;
  for (guint i = 0; i < all->len; i++)
    if (!settle (taking, &g_array_index (all, Unclear, i), error))
      return FALSE;
  return trace_db_run (
      taking->db,
      "DELETE FROM unclear WHERE stream = $1 AND from_boot <= $2"
      " AND (to_boot IS NULL OR to_boot <= $2)",
      TRACE_VALUES (TRACE_INT (taking->stream->id), TRACE_INT (taking->fixed_boot)), NULL, error);
}
