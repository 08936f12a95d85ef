// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-conflict"

#include "kiosk/trace/trace-conflict.h"

#include "kiosk/trace/trace-store-private.h"

// In these many parts PostgreSQL, which sends an answer as a whole, is asked for many subjects.
#define SUBJECTS_AT_ONCE 2000

// SQLite reads and sorts so many stays in the time that it needs to find those of one subject.
#define WORTH_ALL 30

#define STAYS                                                                                      \
  "SELECT s.subject, s.place, s.arrived_s, s.source, s.seq, s.part, s.length_s, s.slack_s,"        \
  " s.doubts FROM stay s WHERE " TRACE_CONFLICT_SQL_COUNTS ("s") " AND s.arrived_s > $2"           \
                                                                 " AND s.arrived_s < $3 AND "
#define OF_ONE "s.subject = $1"
#define OF_ALL                                                                                     \
  "$1 = 0 ORDER BY +s.subject" // not by the index, which would find each stay by its key
#define OF_MANY                                                                                    \
  "s.subject = ANY (ARRAY (SELECT unnest (string_to_array ($1, ','))::integer))"                   \
  " ORDER BY s.subject"

typedef struct {
  TraceStore *store;
  GArray *keys;   // of TraceStayKey
  GArray *visits; // of TraceVisit, likewise
  GArray *marked; // of gboolean, likewise: before
  gint64 n_marked;
} Marking;

// The two best of different venues: whoever asks is at one of them at most.
typedef struct {
  const char *venue; // NULL: none yet
  gint64 number;
} Best;

static void
best_add (Best best[2], const char *venue, gint64 number)
{
  if (best[0].venue != NULL && g_str_equal (best[0].venue, venue))
    best[0].number = MAX (best[0].number, number);
  else if (best[0].venue == NULL || number > best[0].number) {
    best[1] = best[0];
    best[0] = (Best){ venue, number };
  } else if (best[1].venue == NULL || number > best[1].number)
    best[1] = (Best){ venue, number };
}

static gint64
best_elsewhere (const Best best[2], const char *venue)
{
  for (guint i = 0; i < 2; i++)
    if (best[i].venue != NULL && !g_str_equal (best[i].venue, venue))
      return best[i].number;
  return G_MININT64;
}

static int
compare_earliest (gconstpointer a, gconstpointer b)
{
  const TraceVisit *one = *(const TraceVisit *const *) a, *other = *(const TraceVisit *const *) b;
  return (one->earliest_s > other->earliest_s) - (one->earliest_s < other->earliest_s);
}

static int
compare_from (gconstpointer a, gconstpointer b)
{
  const TraceVisit *one = *(const TraceVisit *const *) a, *other = *(const TraceVisit *const *) b;
  return (one->from_s > other->from_s) - (one->from_s < other->from_s);
}

void
trace_conflicts_find (TraceVisit *visits, guint n_visits)
{
  g_autoptr (GPtrArray) begun = g_ptr_array_new (), ended = g_ptr_array_new ();
  Best last_ends[2] = { { NULL, 0 } }, first_begins[2] = { { NULL, 0 } };
  if (n_visits < 2)
    return;
  for (guint i = 0; i < n_visits; i++) {
    g_ptr_array_add (begun, &visits[i]);
    if (visits[i].to_s > visits[i].from_s)
      g_ptr_array_add (ended, &visits[i]);
  }
  g_ptr_array_sort (begun, compare_earliest);
  g_ptr_array_sort (ended, compare_from);
  for (guint i = 0, at = 0; i < begun->len; i++) { // who began within another one
    TraceVisit *visit = begun->pdata[i];
    for (; at < ended->len; at++) {
      const TraceVisit *other = ended->pdata[at];
      if (other->from_s > visit->earliest_s)
        break;
      best_add (last_ends, other->venue, other->to_s);
    }
    visit->is_conflicting = best_elsewhere (last_ends, visit->venue) > visit->from_s;
  }
  for (guint i = ended->len, at = begun->len; i > 0; i--) { // within whom another one began
    TraceVisit *visit = ended->pdata[i - 1];
    for (; at > 0; at--) {
      const TraceVisit *other = begun->pdata[at - 1];
      if (other->earliest_s < visit->from_s)
        break;
      best_add (first_begins, other->venue, -other->from_s);
    }
    visit->is_conflicting |= best_elsewhere (first_begins, visit->venue) > -visit->to_s;
  }
}

static gboolean
mark (Marking *marking, GError **error)
{
  TraceVisit *visits = (TraceVisit *) (void *) marking->visits->data;
  trace_conflicts_find (visits, marking->visits->len);
  for (guint i = 0; i < marking->visits->len; i++) {
    const TraceStayKey *key = &g_array_index (marking->keys, TraceStayKey, i);
    if (!visits[i].is_conflicting || g_array_index (marking->marked, gboolean, i))
      continue;
    if (!trace_db_run (marking->store->db,
                       "UPDATE stay SET doubts = doubts | 4 WHERE place = $1 AND arrived_s = $2"
                       " AND subject = $3 AND source = $4 AND seq = $5 AND part = $6",
                       TRACE_VALUES (TRACE_KEY_VALUES (key)), NULL, error))
      return FALSE;
    marking->n_marked++;
  }
  g_array_set_size (marking->keys, 0);
  g_array_set_size (marking->visits, 0);
  g_array_set_size (marking->marked, 0);
  return TRUE;
}

static void
note (Marking *marking, TraceRows *rows)
{
  const TraceStayKey key = {
    .subject = (guint32) trace_rows_get_int (rows, 0),
    .place = (guint32) trace_rows_get_int (rows, 1),
    .arrived_s = trace_rows_get_int (rows, 2),
    .source = (guint32) trace_rows_get_int (rows, 3),
    .seq = trace_rows_get_int (rows, 4),
    .part = (guint32) trace_rows_get_int (rows, 5),
  };
  gint64 slack_s = trace_rows_get_int (rows, 7), doubts = trace_rows_get_int (rows, 8);
  gboolean is_ended = !trace_rows_is_null (rows, 6) && (doubts & TRACE_DOUBT_OPEN) == 0;
  gboolean is_marked = (doubts & TRACE_DOUBT_CONFLICT) != 0;
  const TraceVisit visit = {
    .venue = trace_store_get_venue (marking->store, key.place),
    .earliest_s = key.arrived_s - slack_s,
    .from_s = key.arrived_s + slack_s,
    .to_s = is_ended ? key.arrived_s + trace_rows_get_int (rows, 6) - slack_s : 0,
  };
  g_array_append_val (marking->keys, key);
  g_array_append_val (marking->visits, visit);
  g_array_append_val (marking->marked, is_marked);
}

// Subject by subject, which is how the rows come.
static gboolean
mark_all (Marking *marking, TraceRows *rows, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  guint32 subject = 0;
  while (trace_rows_next (rows, &own_error)) {
    guint32 next = (guint32) trace_rows_get_int (rows, 0);
    if (next != subject && !mark (marking, error))
      return FALSE;
    subject = next;
    note (marking, rows);
  }
  if (own_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&own_error));
    return FALSE;
  }
  return TRUE;
}

// The subjects of SQLite one by one, through the index; of PostgreSQL many.
static gboolean
mark_of (Marking *marking,
         const guint32 *subjects,
         gsize n_subjects,
         gint64 after_s,
         gint64 before_s,
         GError **error)
{
  TraceDb *db = marking->store->db;
  g_autoptr (GString) list = g_string_new (NULL);
  g_autoptr (TraceRows) rows = NULL;
  if (trace_db_is_postgres (db)) {
    for (gsize i = 0; i < n_subjects; i++)
      g_string_append_printf (list, "%s%u", i > 0 ? "," : "", subjects[i]);
    rows = trace_db_query (
        db, STAYS OF_MANY,
        TRACE_VALUES (TRACE_TEXT (list->str), TRACE_INT (after_s), TRACE_INT (before_s)), error);
  } else
    rows = trace_db_query (
        db, STAYS OF_ONE,
        TRACE_VALUES (TRACE_INT (subjects[0]), TRACE_INT (after_s), TRACE_INT (before_s)), error);
  if (rows == NULL || !mark_all (marking, rows, error))
    return FALSE;
  g_clear_pointer (&rows, trace_rows_free); // of SQLite's: a stay is not changed while it is read
  return mark (marking, error);
}

// Of SQLite: they have all been read and sorted when the first one comes.
static gboolean
mark_of_all (Marking *marking, gint64 after_s, gint64 before_s, GError **error)
{
  g_autoptr (TraceRows) rows = trace_db_query (
      marking->store->db, STAYS OF_ALL,
      TRACE_VALUES (TRACE_INT (0), TRACE_INT (after_s), TRACE_INT (before_s)), error);
  return rows != NULL && mark_all (marking, rows, error) && mark (marking, error);
}

gboolean
trace_conflicts_mark (TraceStore *store,
                      const guint32 *subjects,
                      gsize n_subjects,
                      gint64 after_s,
                      gint64 before_s,
                      gint64 *n_marked,
                      GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (TraceStayKey));
  g_autoptr (GArray) visits = g_array_new (FALSE, FALSE, sizeof (TraceVisit));
  g_autoptr (GArray) marked = g_array_new (FALSE, FALSE, sizeof (gboolean));
  Marking marking = { store, keys, visits, marked, 0 };
  gboolean is_postgres = trace_db_is_postgres (store->db);
  gsize n_at_once = is_postgres ? SUBJECTS_AT_ONCE : 1;
  gint64 n_stays = 0;
  gboolean ok = is_postgres || trace_store_guess_stays (store, &n_stays, error);
  if (ok && !is_postgres && n_stays <= (gint64) n_subjects * WORTH_ALL)
    ok = mark_of_all (&marking, after_s, before_s, error);
  else
    for (gsize i = 0; ok && i < n_subjects; i += n_at_once)
      ok = mark_of (&marking, subjects + i, MIN (n_subjects - i, n_at_once), after_s, before_s,
                    error);
  if (!ok)
    g_prefix_error (error, "marking two places at once: ");
  *n_marked += marking.n_marked;
  return ok;
}
