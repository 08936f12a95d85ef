// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Taking stays in. What one transaction would make another wait for (who is staff, the bounds) is
// written at its very end and in one order, so that several can go on at once.

#define G_LOG_DOMAIN "trace-store"

#include "kiosk/trace/trace-store.h"

#include <stdlib.h>

#include "kiosk/trace/trace-spelling.h"
#include "kiosk/trace/trace-store-private.h"

// Whoever takes stays in, shared; whoever lets them go, alone.
#define LOCK_POSTGRES "SELECT pg_advisory_xact_lock_shared (7236002)"

// Whoever uses a name commits later, and that makes the name last too: what is committed goes into
// one log.
static TraceDb *
open_beside (const char *uri, GError **error)
{
  g_autoptr (TraceDb) db = trace_db_open (uri, error);
  return db != NULL && trace_db_run_script (db, "SET synchronous_commit = off;", error)
             ? g_steal_pointer (&db)
             : NULL;
}

// Takes @opened (nullable).
static TraceStore *
open_on (TraceDb *opened, const char *uri, const TraceOpenStays *open_stays, GError **error)
{
  g_autoptr (TraceDb) db = opened;
  g_autoptr (TraceDb) beside = NULL;
  if (db == NULL)
    return NULL;
  if (trace_db_is_postgres (db) && (beside = open_beside (uri, error)) == NULL)
    return NULL;
  TraceStore *store = g_new0 (TraceStore, 1);
  store->db = g_steal_pointer (&db);
  store->beside = g_steal_pointer (&beside);
  store->adding = store->beside != NULL ? store->beside : store->db;
  store->names = trace_names_new (store->db, store->adding);
  store->days = g_hash_table_new (NULL, NULL);
  store->made_days = g_array_new (FALSE, FALSE, sizeof (gint64));
  store->new_staff = g_array_new (FALSE, FALSE, sizeof (guint32));
  trace_tables_init (&store->tables, store->db, store->names, open_stays);
  return store;
}

TraceStore *
trace_store_open (const char *uri, const TraceOpenStays *open_stays, GError **error)
{
  return open_on (trace_db_open (uri, error), uri, open_stays, error);
}

TraceStore *
trace_store_open_existing (const char *uri, const TraceOpenStays *open_stays, GError **error)
{
  return open_on (trace_db_open_existing (uri, error), uri, open_stays, error);
}

void
trace_store_close (TraceStore *store)
{
  trace_tables_clear (&store->tables);
  trace_names_free (store->names);
  g_clear_pointer (&store->beside, trace_db_close);
  trace_db_close (store->db);
  g_hash_table_unref (store->days);
  g_array_unref (store->made_days);
  g_array_unref (store->new_staff);
  g_free (store);
}

TraceDb *
trace_store_get_db (TraceStore *store)
{
  return store->db;
}

TraceSource *
trace_store_get_source (TraceStore *store)
{
  return &store->tables.base;
}

const TraceOpenStays *
trace_store_get_open_stays (const TraceStore *store)
{
  return &store->tables.open_stays;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint32 one = *(const guint32 *) a, other = *(const guint32 *) b;
  return (one > other) - (one < other);
}

static gboolean
write_notes (TraceStore *store, GError **error)
{
  TraceTables *tables = &store->tables;
  g_array_sort (store->new_staff, compare_numbers);
  for (guint i = 0; i < store->new_staff->len; i++)
    if (!trace_db_run (store->db, "UPDATE subject SET is_staff = 1 WHERE id = $1 AND is_staff = 0",
                       TRACE_VALUES (TRACE_INT (g_array_index (store->new_staff, guint32, i))),
                       NULL, error))
      return FALSE;
  if (tables->longest_s > 0 &&
      !trace_db_run (store->db, "UPDATE bound SET longest_s = $1 WHERE longest_s < $1",
                     TRACE_VALUES (TRACE_INT (tables->longest_s)), NULL, error))
    return FALSE;
  if (tables->slack_s > 0 &&
      !trace_db_run (store->db, "UPDATE bound SET slack_s = $1 WHERE slack_s < $1",
                     TRACE_VALUES (TRACE_INT (tables->slack_s)), NULL, error))
    return FALSE;
  return TRUE;
}

static void
drop_notes (TraceStore *store)
{
  g_array_set_size (store->new_staff, 0);
  store->tables.longest_s = 0;
  store->tables.slack_s = 0;
}

static void
forget (TraceStore *store)
{
  trace_names_forget (store->names);
  g_hash_table_remove_all (store->days);
  g_hash_table_remove_all (store->tables.staff);
  store->tables.staff_read_us = 0;
}

// Numbers that were taken away meanwhile are not to be used.
static gboolean
start_taking_in (TraceStore *store, GError **error)
{
  gint64 generation = 0, unused = 0;
  if (store->beside != NULL &&
      !trace_db_query_int (store->db, LOCK_POSTGRES, TRACE_NO_VALUES, 0, &unused, error))
    return FALSE;
  if (!trace_db_query_int (store->db, "SELECT generation FROM bound", TRACE_NO_VALUES, 0,
                           &generation, error))
    return FALSE;
  if (generation != store->generation)
    forget (store);
  store->generation = generation;
  return TRUE;
}

static void
set_adding (TraceStore *store, TraceDb *adding)
{
  store->adding = adding;
  trace_names_set_adding (store->names, adding);
}

static gboolean
begin (TraceStore *store, TraceDb *adding, GError **error)
{
  if (!trace_db_begin (store->db, error))
    return FALSE;
  if (!start_taking_in (store, error)) {
    trace_db_roll_back (store->db);
    return FALSE;
  }
  set_adding (store, adding);
  store->is_taking_in = TRUE;
  store->has_old = FALSE;
  return TRUE;
}

gboolean
trace_store_begin (TraceStore *store, GError **error)
{
  return begin (store, store->beside != NULL ? store->beside : store->db, error);
}

gboolean
trace_store_begin_trial (TraceStore *store, GError **error)
{
  return begin (store, store->db, error);
}

gboolean
trace_store_commit (TraceStore *store, GError **error)
{
  if (!write_notes (store, error) || !trace_db_commit (store->db, error))
    return FALSE;
  drop_notes (store);
  g_array_set_size (store->made_days, 0);
  store->is_taking_in = FALSE;
  return TRUE;
}

void
trace_store_roll_back (TraceStore *store)
{
  trace_db_roll_back (store->db);
  drop_notes (store);
  store->is_taking_in = FALSE;
  trace_store_drop_made_days (store);
  forget (store);
  set_adding (store, store->beside != NULL ? store->beside : store->db);
}

void
trace_store_note (TraceStore *store, const TraceArrival *arrival, guint32 subject)
{
  TraceTables *tables = &store->tables;
  if (arrival->evidence == TRACE_EVIDENCE_STAFF &&
      g_hash_table_add (tables->staff, GUINT_TO_POINTER (subject)))
    g_array_append_val (store->new_staff, subject);
  if (arrival->left_s != TRACE_OPEN_S)
    tables->longest_s = MAX (tables->longest_s, arrival->left_s - arrival->arrived_s);
  tables->slack_s = MAX (tables->slack_s, arrival->slack_s);
}

// Without a transaction they are written at once.
static gboolean
finish_notes (TraceStore *store, GError **error)
{
  if (store->is_taking_in)
    return TRUE;
  gboolean ok = write_notes (store, error);
  drop_notes (store);
  return ok;
}

static gboolean
set_length (TraceStore *store, const TraceStayKey *key, gint64 length_s, GError **error)
{
  store->tables.longest_s = MAX (store->tables.longest_s, length_s);
  return trace_db_run (store->db,
                       "UPDATE stay SET length_s = $7 WHERE place = $1 AND arrived_s = $2"
                       " AND subject = $3 AND source = $4 AND seq = $5 AND part = $6"
                       " AND length_s IS NULL",
                       TRACE_VALUES (TRACE_KEY_VALUES (key), TRACE_INT (length_s)), NULL, error);
}

static gboolean
end_open (TraceStore *store, const TraceStayKey *key, gint64 left_s, GError **error)
{
  gint64 n_open = 0;
  gint64 length_s = MAX (left_s - key->arrived_s, 1); // its clock went back meanwhile
  return trace_db_run (store->db,
                       "DELETE FROM open_visit WHERE place = $1 AND arrived_s = $2"
                       " AND subject = $3 AND source = $4 AND seq = $5 AND part = $6",
                       TRACE_VALUES (TRACE_KEY_VALUES (key)), &n_open, error) &&
         (n_open == 0 || set_length (store, key, length_s, error));
}

gboolean
trace_store_find_key (TraceStore *store,
                      const TraceArrival *arrival,
                      TraceStayKey *ret_key,
                      GError **error)
{
  *ret_key =
      (TraceStayKey){ .part = arrival->part, .arrived_s = arrival->arrived_s, .seq = arrival->seq };
  return trace_names_find_place (store->names, arrival->venue, arrival->zone, TRUE, &ret_key->place,
                                 error) &&
         trace_names_find_source (store->names, arrival->kiosk, TRUE, &ret_key->source, error);
}

gboolean
trace_store_put (TraceStore *store,
                 const TraceArrival *arrival,
                 gboolean *ret_is_new,
                 GError **error)
{
  TraceStayKey key;
  TracePut put = { .clashes = NULL };
  if (trace_store_make_day (store, arrival->arrived_s, error) &&
      trace_store_find_key (store, arrival, &key, error) &&
      trace_names_find_subject (store->names, arrival->subject, TRUE, &key.subject, error) &&
      trace_store_put_key (store, arrival, &key, &put, error) && finish_notes (store, error)) {
    *ret_is_new = put.n_new > 0;
    return TRUE;
  }
  g_prefix_error (error, "writing a stay: ");
  return FALSE;
}

// A record opens one visit; a file may tell of several with the same number.
static gboolean
take_open (TraceStore *store, guint32 source, gint64 seq, GArray *keys, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (store->db,
                      "SELECT place, arrived_s, subject, part FROM open_visit"
                      " WHERE source = $1 AND seq = $2",
                      TRACE_VALUES (TRACE_INT (source), TRACE_INT (seq)), error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &own_error)) {
    const TraceStayKey key = {
      .place = (guint32) trace_rows_get_int (rows, 0),
      .arrived_s = trace_rows_get_int (rows, 1),
      .subject = (guint32) trace_rows_get_int (rows, 2),
      .source = source,
      .seq = seq,
      .part = (guint32) trace_rows_get_int (rows, 3),
    };
    g_array_append_val (keys, key);
  }
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return own_error == NULL;
}

gboolean
trace_store_end (TraceStore *store,
                 const char *kiosk,
                 gint64 seq,
                 gint64 left_s,
                 gboolean *ret_found,
                 GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (TraceStayKey));
  guint32 source = 0;
  gboolean ok = trace_names_find_source (store->names, kiosk, FALSE, &source, error) &&
                (source == 0 || seq == 0 || take_open (store, source, seq, keys, error));
  for (guint i = 0; ok && i < keys->len; i++)
    ok = end_open (store, &g_array_index (keys, TraceStayKey, i), left_s, error);
  ok = ok && finish_notes (store, error);
  if (!ok)
    g_prefix_error (error, "ending a visit: ");
  *ret_found = ok && keys->len > 0;
  return ok;
}

gboolean
trace_store_find_subject (TraceStore *store,
                          const guint8 subject[TRACE_SUBJECT_SIZE],
                          guint32 *ret_number,
                          GError **error)
{
  return trace_names_find_subject (store->names, subject, FALSE, ret_number, error);
}

gboolean
trace_store_get_subject (TraceStore *store,
                         guint32 number,
                         guint8 ret_subject[TRACE_SUBJECT_SIZE],
                         GError **error)
{
  return trace_names_get_key (store->names, number, ret_subject, error);
}

gboolean
trace_store_find_places (TraceStore *store, const char *venue, GArray *places, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (GString) scratch = g_string_new (NULL);
  const char *spelt =
      g_utf8_validate (venue, -1, NULL) ? trace_spelling_of (venue, scratch) : venue;
  g_autoptr (TraceRows) rows = trace_db_query (
      store->db, "SELECT id FROM place WHERE venue = $1 OR venue = $2 ORDER BY zone, venue",
      TRACE_VALUES (TRACE_TEXT (spelt), TRACE_TEXT (venue)), error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &own_error)) {
    guint32 place = (guint32) trace_rows_get_int (rows, 0);
    g_array_append_val (places, place);
  }
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return own_error == NULL;
}

const char *
trace_store_get_venue (TraceStore *store, guint32 place)
{
  return trace_names_get_venue (store->names, place);
}

const char *
trace_store_get_zone (TraceStore *store, guint32 place)
{
  return trace_names_get_zone (store->names, place);
}

gboolean
trace_store_count (TraceStore *store, TraceStats *ret_stats, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (store->db,
                      "SELECT count (*), count (*) - count (length_s), min (arrived_s),"
                      " max (arrived_s), (SELECT count (*) FROM subject),"
                      " (SELECT count (*) FROM place) FROM stay",
                      TRACE_NO_VALUES, error);
  if (rows == NULL)
    return FALSE;
  if (!trace_rows_next (rows, &own_error)) {
    g_propagate_error (error, g_steal_pointer (&own_error));
    return FALSE;
  }
  *ret_stats = (TraceStats){
    .n_stays = trace_rows_get_int (rows, 0),
    .n_open = trace_rows_get_int (rows, 1),
    .first_s = trace_rows_get_int (rows, 2),
    .last_s = trace_rows_get_int (rows, 3),
    .n_subjects = trace_rows_get_int (rows, 4),
    .n_places = trace_rows_get_int (rows, 5),
  };
  return TRUE;
}

const char *
trace_evidence_to_string (TraceEvidence evidence)
{
  static const char *const words[TRACE_N_EVIDENCES] = {
    [TRACE_EVIDENCE_QR] = "qr",
    [TRACE_EVIDENCE_BLE] = "ble",
    [TRACE_EVIDENCE_MANUAL] = "manual",
    [TRACE_EVIDENCE_STAFF] = "staff",
  };
  return (guint) evidence < TRACE_N_EVIDENCES ? words[evidence] : "";
}

static gboolean
read_digits (const char *text, guint8 ret_subject[TRACE_SUBJECT_SIZE])
{
  gsize n = 0;
  while (g_ascii_isxdigit (text[n]))
    n++;
  if (n != 2 * TRACE_SUBJECT_SIZE || text[n] != '\0')
    return FALSE;
  for (guint i = 0; i < TRACE_SUBJECT_SIZE; i++)
    ret_subject[i] =
        (guint8) (g_ascii_xdigit_value (text[2 * i]) * 16 + g_ascii_xdigit_value (text[2 * i + 1]));
  return TRUE;
}

gboolean
trace_subject_read (const char *text, guint8 ret_subject[TRACE_SUBJECT_SIZE])
{
  if (read_digits (text, ret_subject))
    return TRUE;
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  g_autoptr (GString) scratch = g_string_new (NULL);
  return read_digits (trace_spelling_of (text, scratch), ret_subject);
}

void
trace_subject_write (const guint8 subject[TRACE_SUBJECT_SIZE], char ret_text[33])
{
  static const char digits[] = "0123456789abcdef";
  for (guint i = 0; i < TRACE_SUBJECT_SIZE; i++) {
    ret_text[2 * i] = digits[subject[i] >> 4];
    ret_text[2 * i + 1] = digits[subject[i] & 15];
  }
  ret_text[2 * TRACE_SUBJECT_SIZE] = '\0';
}
