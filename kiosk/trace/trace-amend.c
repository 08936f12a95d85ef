// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-amend.h"

#include "kiosk/trace/trace-conflict.h"

// A stay's key by the names that it came with.
#define WHERE_KEY                                                                                  \
  " WHERE place = (SELECT id FROM place WHERE venue = $1 AND zone = $2) AND arrived_s = $3"        \
  " AND subject = (SELECT id FROM subject WHERE key = $4)"                                         \
  " AND source = (SELECT id FROM source WHERE name = $5) AND seq = $6 AND part = $7"
#define KEY_VALUES(stay)                                                                           \
  TRACE_TEXT ((stay)->venue), TRACE_TEXT ((stay)->zone), TRACE_INT ((stay)->arrived_s),            \
      TRACE_BYTES ((stay)->subject, TRACE_SUBJECT_SIZE), TRACE_TEXT ((stay)->kiosk),               \
      TRACE_INT ((stay)->seq), TRACE_INT ((stay)->part)

// What the stay is beside its times; @ret_now comes with these.
static gboolean
read_rest (TraceDb *db,
           const TraceArrival *was,
           TraceArrival *ret_now,
           gboolean *ret_found,
           GError **error)
{
  GError *own_error = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (db, "SELECT evidence, doubts, length_s FROM stay" WHERE_KEY,
                      TRACE_VALUES (KEY_VALUES (was)), &own_error);
  *ret_found = rows != NULL && trace_rows_next (rows, &own_error);
  if (*ret_found) {
    ret_now->evidence = (TraceEvidence) trace_rows_get_int (rows, 0);
    ret_now->doubts = (guint8) trace_rows_get_int (rows, 1);
    if (ret_now->left_s == TRACE_OPEN_S && !trace_rows_is_null (rows, 2))
      ret_now->left_s = ret_now->arrived_s + trace_rows_get_int (rows, 2);
  }
  if (own_error != NULL)
    g_propagate_error (error, own_error);
  return own_error == NULL;
}

gboolean
trace_amend_times (TraceStore *store,
                   const TraceArrival *was,
                   const TraceArrival *now,
                   gboolean *ret_found,
                   GError **error)
{
  TraceDb *db = trace_store_get_db (store);
  TraceArrival moved = *now;
  gboolean is_new = FALSE;
  if (!read_rest (db, was, &moved, ret_found, error))
    return FALSE;
  return !*ret_found || (trace_db_run (db, "DELETE FROM open_visit" WHERE_KEY,
                                       TRACE_VALUES (KEY_VALUES (was)), NULL, error) &&
                         trace_db_run (db, "DELETE FROM stay" WHERE_KEY,
                                       TRACE_VALUES (KEY_VALUES (was)), NULL, error) &&
                         trace_store_put (store, &moved, &is_new, error));
}

gboolean
trace_amend_ended_by_rule (TraceStore *store, const TraceArrival *stay, GError **error)
{
  return trace_db_run (trace_store_get_db (store), "UPDATE stay SET doubts = doubts | 8" WHERE_KEY,
                       TRACE_VALUES (KEY_VALUES (stay)), NULL, error);
}

// Another stay of the same subject, by its key in numbers.
typedef struct {
  gint64 place, arrived_s, subject, source, seq, part;
} Other;

// $1 subject, $2 venue; it began not before $5 and not after $3, and lasted until $4 ($3: nobody
// knows). A length counts when the visitor made the end: it is there, and no rule's (8).
#define OTHER_ENDED "(s.length_s IS NOT NULL AND s.doubts & 8 = 0)"
#define OTHERS                                                                                     \
  "SELECT s.place, s.arrived_s, s.subject, s.source, s.seq, s.part FROM stay s"                    \
  " JOIN place p ON p.id = s.place WHERE s.subject = (SELECT id FROM subject WHERE key = $1)"      \
  " AND p.venue <> $2 AND " TRACE_CONFLICT_SQL_COUNTS (                                            \
      "s") " AND s.arrived_s <= $4"                                                                \
           " AND s.arrived_s > $3 - (SELECT longest_s FROM bound) AND ("                           \
           " (s.arrived_s - s.slack_s >= $3 AND s.arrived_s + s.slack_s < $4)"                     \
           " OR (" OTHER_ENDED " AND s.arrived_s + s.slack_s <= $5"                                \
           " AND s.arrived_s + s.length_s - s.slack_s > $3))"

static GArray *
find_others (TraceDb *db, const TraceArrival *stay, gint64 from_s, gint64 to_s, GError **error)
{
  GError *own_error = NULL;
  g_autoptr (GArray) others = g_array_new (FALSE, FALSE, sizeof (Other));
  g_autoptr (TraceRows) rows =
      trace_db_query (db, OTHERS,
                      TRACE_VALUES (TRACE_BYTES (stay->subject, TRACE_SUBJECT_SIZE),
                                    TRACE_TEXT (stay->venue), TRACE_INT (from_s), TRACE_INT (to_s),
                                    TRACE_INT (stay->arrived_s - stay->slack_s)),
                      &own_error);
  while (rows != NULL && trace_rows_next (rows, &own_error)) {
    Other other = { trace_rows_get_int (rows, 0), trace_rows_get_int (rows, 1),
                    trace_rows_get_int (rows, 2), trace_rows_get_int (rows, 3),
                    trace_rows_get_int (rows, 4), trace_rows_get_int (rows, 5) };
    g_array_append_val (others, other);
  }
  if (own_error == NULL)
    return g_steal_pointer (&others);
  g_propagate_error (error, own_error);
  return NULL;
}

static gboolean
mark (TraceDb *db, const Other *other, GError **error)
{
  return trace_db_run (db,
                       "UPDATE stay SET doubts = doubts | 4 WHERE place = $1 AND arrived_s = $2"
                       " AND subject = $3 AND source = $4 AND seq = $5 AND part = $6",
                       TRACE_VALUES (TRACE_INT (other->place), TRACE_INT (other->arrived_s),
                                     TRACE_INT (other->subject), TRACE_INT (other->source),
                                     TRACE_INT (other->seq), TRACE_INT (other->part)),
                       NULL, error);
}

gboolean
trace_amend_conflicts (TraceStore *store,
                       const TraceArrival *stay,
                       gboolean is_ended_by_visitor,
                       gboolean *ret_conflict,
                       GError **error)
{
  TraceDb *db = trace_store_get_db (store);
  gint64 from_s = stay->arrived_s + stay->slack_s;
  gint64 to_s = is_ended_by_visitor ? stay->left_s - stay->slack_s : from_s;
  *ret_conflict = FALSE;
  g_autoptr (GArray) others = find_others (db, stay, from_s, MAX (from_s, to_s), error);
  if (others == NULL)
    return FALSE;
  for (guint i = 0; i < others->len; i++)
    if (!mark (db, &g_array_index (others, Other, i), error))
      return FALSE;
  *ret_conflict = others->len > 0;
  return others->len == 0 || trace_db_run (db, "UPDATE stay SET doubts = doubts | 4" WHERE_KEY,
                                           TRACE_VALUES (KEY_VALUES (stay)), NULL, error);
}
