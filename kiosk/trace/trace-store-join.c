// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What becomes of a stay that is there already and comes with something else: a later end, better
// evidence and any doubt are kept, so that the order in which they come makes no difference. An
// empty stay says who is staff and nothing of an end, so that what is open stays so.

#define G_LOG_DOMAIN "trace-store"

#include "kiosk/trace/trace-store-private.h"

#define WHERE_KEY                                                                                  \
  " WHERE place = $1 AND arrived_s = $2 AND subject = $3 AND source = $4 AND seq = $5"             \
  " AND part = $6"

// As strength_of () has it.
#define STRENGTH_OF(evidence)                                                                      \
  "CASE " evidence " WHEN 1 THEN 0 WHEN 2 THEN 1 WHEN 0 THEN 2 ELSE 3 END"

// Read again as it is written: somebody else may have joined another one meanwhile.
#define JOIN                                                                                       \
  "UPDATE stay SET"                                                                                \
  " length_s = CASE WHEN length_s = 0 OR (length_s IS NULL AND $7 > 0) OR length_s < $7 THEN $7"   \
  " ELSE length_s END,"                                                                            \
  " evidence = CASE WHEN " STRENGTH_OF ("evidence") " < " STRENGTH_OF (                            \
      "$8") " THEN $8 ELSE evidence END,"                                                          \
            " doubts = doubts | $9,"                                                               \
            " slack_s = CASE WHEN slack_s < $10 THEN $10 ELSE slack_s END" WHERE_KEY

#define NOTE_OPEN                                                                                  \
  "INSERT INTO open_visit (place, arrived_s, subject, source, seq, part)"                          \
  " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"

// Heard by radio, told by somebody, shown a code, at work.
static guint
strength_of (TraceEvidence evidence)
{
  static const guint strengths[TRACE_N_EVIDENCES] = {
    [TRACE_EVIDENCE_BLE] = 0,
    [TRACE_EVIDENCE_MANUAL] = 1,
    [TRACE_EVIDENCE_QR] = 2,
    [TRACE_EVIDENCE_STAFF] = 3,
  };
  return strengths[evidence];
}

static gint64
later_end (const TraceArrival *one, const TraceArrival *other)
{
  if (one->left_s == one->arrived_s)
    return other->left_s;
  if (other->left_s == other->arrived_s)
    return one->left_s;
  return MAX (one->left_s, other->left_s); // an open one is the least
}

gboolean
trace_put_join (TracePut *put,
                const TraceStayKey *key,
                TraceArrival *held,
                const TraceArrival *arrival)
{
  const TraceArrival was = *held;
  gboolean is_other = arrival->evidence != was.evidence ||
                      (arrival->left_s != was.left_s && arrival->left_s != TRACE_OPEN_S &&
                       was.left_s != TRACE_OPEN_S);
  if (is_other && put->clashes != NULL && key->source != 0 && key->seq != 0) {
    g_array_append_val (put->clashes, arrival->row);
    return FALSE;
  }
  put->n_joined += is_other;
  held->left_s = later_end (&was, arrival);
  held->doubts |= arrival->doubts;
  held->slack_s = MAX (was.slack_s, arrival->slack_s);
  if (strength_of (arrival->evidence) > strength_of (was.evidence))
    held->evidence = arrival->evidence;
  return held->left_s != was.left_s || held->doubts != was.doubts || held->slack_s != was.slack_s ||
         held->evidence != was.evidence;
}

gboolean
trace_store_join (TraceStore *store,
                  const TraceArrival *arrival,
                  const TraceStayKey *key,
                  TraceArrival *held,
                  TracePut *put,
                  GError **error)
{
  gboolean was_open = held->left_s == TRACE_OPEN_S;
  const char *note = was_open ? "DELETE FROM open_visit" WHERE_KEY : NOTE_OPEN;
  if (!trace_put_join (put, key, held, arrival))
    return TRUE;
  gboolean is_open = held->left_s == TRACE_OPEN_S;
  return trace_db_run (
             store->db, JOIN,
             TRACE_VALUES (TRACE_KEY_VALUES (key),
                           is_open ? TRACE_NULL_INT : TRACE_INT (held->left_s - key->arrived_s),
                           TRACE_INT (held->evidence), TRACE_INT (held->doubts),
                           TRACE_INT (held->slack_s)),
             NULL, error) &&
         (was_open == is_open ||
          trace_db_run (store->db, note, TRACE_VALUES (TRACE_KEY_VALUES (key)), NULL, error));
}

void
trace_store_read_held (TraceRows *rows,
                       guint column,
                       const TraceStayKey *key,
                       TraceArrival *ret_held)
{
  *ret_held = (TraceArrival){
    .arrived_s = key->arrived_s,
    .left_s = trace_rows_is_null (rows, column)
                  ? TRACE_OPEN_S
                  : key->arrived_s + trace_rows_get_int (rows, column),
    .evidence = (TraceEvidence) trace_rows_get_int (rows, column + 1),
    .doubts = (guint8) trace_rows_get_int (rows, column + 2),
    .slack_s = (guint32) trace_rows_get_int (rows, column + 3),
  };
}

static gboolean
find_held (TraceStore *store,
           const TraceStayKey *key,
           TraceArrival *ret_held,
           gboolean *ret_found,
           GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (store->db, "SELECT length_s, evidence, doubts, slack_s FROM stay" WHERE_KEY,
                      TRACE_VALUES (TRACE_KEY_VALUES (key)), error);
  if (rows == NULL)
    return FALSE;
  *ret_found = trace_rows_next (rows, &own_error);
  if (*ret_found)
    trace_store_read_held (rows, 0, key, ret_held);
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return own_error == NULL;
}

static gboolean
insert (TraceStore *store,
        const TraceArrival *arrival,
        const TraceStayKey *key,
        gint64 *ret_n_changed,
        GError **error)
{
  return trace_db_run (
      store->db,
      "INSERT INTO stay (place, arrived_s, subject, source, seq, part, length_s, evidence,"
      " doubts, slack_s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
      " ON CONFLICT DO NOTHING",
      TRACE_VALUES (
          TRACE_KEY_VALUES (key),
          arrival->left_s == TRACE_OPEN_S ? TRACE_NULL_INT
                                          : TRACE_INT (arrival->left_s - arrival->arrived_s),
          TRACE_INT (arrival->evidence), TRACE_INT (arrival->doubts), TRACE_INT (arrival->slack_s)),
      ret_n_changed, error);
}

gboolean
trace_store_put_key (TraceStore *store,
                     const TraceArrival *arrival,
                     const TraceStayKey *key,
                     TracePut *put,
                     GError **error)
{
  gint64 n_changed = 0;
  TraceArrival held;
  gboolean is_held = FALSE;
  if (!insert (store, arrival, key, &n_changed, error))
    return FALSE;
  trace_store_note (store, arrival, key->subject);
  put->n_new += n_changed;
  if (n_changed > 0)
    return arrival->left_s != TRACE_OPEN_S ||
           trace_db_run (store->db, NOTE_OPEN, TRACE_VALUES (TRACE_KEY_VALUES (key)), NULL, error);
  return find_held (store, key, &held, &is_held, error) &&
         (!is_held || trace_store_join (store, arrival, key, &held, put, error));
}
