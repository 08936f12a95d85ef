// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One SQLite file: stays in the order of place and time, and an index by subject.

#define G_LOG_DOMAIN "trace-store"

#include "kiosk/trace/trace-store.h"

#include <sqlite3.h>
#include <string.h>

typedef enum {
  QUERY_FIND_PLACE,
  QUERY_ADD_PLACE,
  QUERY_PLACE_NAMES,
  QUERY_PLACES_OF_VENUE,
  QUERY_PUT,
  QUERY_END_OPEN,
  QUERY_NOTE_LONGEST,
  QUERY_LONGEST,
  QUERY_FIND_OF,
  QUERY_FIND_AT,
  QUERY_IS_STAFF,
  QUERY_COUNT,
  N_QUERIES,
} Query;

// "left" is no column's name in SQL without quotes.
static const char schema[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "CREATE TABLE IF NOT EXISTS place (id INTEGER PRIMARY KEY, venue TEXT NOT NULL,"
    " zone TEXT NOT NULL, UNIQUE (venue, zone)) STRICT;"
    "CREATE TABLE IF NOT EXISTS stay (place INTEGER NOT NULL, arrived_s INTEGER NOT NULL,"
    " subject BLOB NOT NULL, kiosk TEXT NOT NULL, seq INTEGER NOT NULL, left_s INTEGER,"
    " evidence INTEGER NOT NULL,"
    " PRIMARY KEY (place, arrived_s, subject, kiosk, seq)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS stay_of ON stay (subject, arrived_s, left_s, evidence);"
    "CREATE TABLE IF NOT EXISTS longest (id INTEGER PRIMARY KEY CHECK (id = 0),"
    " stay_s INTEGER NOT NULL) STRICT;"
    "INSERT OR IGNORE INTO longest VALUES (0, 0);";

// ?1 now, ?2 the longest stay: when an open one ended.
#define LEFT "coalesce (left_s, max (arrived_s + 1, min (arrived_s + ?2, ?1)))"

static const char *const queries[N_QUERIES] = {
  [QUERY_FIND_PLACE] = "SELECT id FROM place WHERE venue = ?1 AND zone = ?2",
  [QUERY_ADD_PLACE] = "INSERT INTO place (venue, zone) VALUES (?1, ?2)",
  [QUERY_PLACE_NAMES] = "SELECT venue, zone FROM place WHERE id = ?1",
  [QUERY_PLACES_OF_VENUE] = "SELECT id FROM place WHERE venue = ?1 ORDER BY zone",
  [QUERY_PUT] = "INSERT OR IGNORE INTO stay VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
  [QUERY_END_OPEN] = "UPDATE stay SET left_s = ?6 WHERE place = ?1 AND arrived_s = ?2"
                     " AND subject = ?3 AND kiosk = ?4 AND seq = ?5 AND left_s IS NULL",
  [QUERY_NOTE_LONGEST] = "UPDATE longest SET stay_s = ?1 WHERE stay_s < ?1",
  [QUERY_LONGEST] = "SELECT stay_s FROM longest",
  [QUERY_FIND_OF] = "SELECT subject, place, arrived_s, " LEFT ", evidence FROM stay"
                    " WHERE subject = ?3 AND arrived_s < ?5 AND arrived_s > ?4 - ?6"
                    " AND " LEFT " > ?4 ORDER BY arrived_s, place",
  [QUERY_FIND_AT] = "SELECT subject, place, arrived_s, " LEFT ", evidence FROM stay"
                    " WHERE place = ?3 AND arrived_s < ?5 AND arrived_s > ?4 - ?6"
                    " AND " LEFT " > ?4 ORDER BY arrived_s, subject",
  [QUERY_IS_STAFF] = "SELECT 1 FROM stay WHERE subject = ?1 AND evidence = 3 LIMIT 1",
  [QUERY_COUNT] = "SELECT count (*), count (*) - count (left_s), count (DISTINCT subject),"
                  " (SELECT count (*) FROM place), min (arrived_s), max (arrived_s) FROM stay",
};

typedef struct {
  char *venue, *zone;
} Place;

struct TraceStore {
  sqlite3 *sqlite;
  sqlite3_stmt *statements[N_QUERIES];
  TraceOpenStays open_stays;
  gint64 longest_s;   // of the stays that have an end
  GHashTable *places; // number → Place
};

static gboolean
fail (TraceStore *store, const char *doing, GError **error)
{
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "store: %s: %s", doing,
               sqlite3_errmsg (store->sqlite));
  return FALSE;
}

static void
place_free (gpointer user_data)
{
  Place *place = user_data;
  g_free (place->venue);
  g_free (place->zone);
  g_free (place);
}

static sqlite3_stmt *
start (TraceStore *store, Query query)
{
  sqlite3_stmt *statement = store->statements[query];
  (void) sqlite3_reset (statement); // repeats an error that was told
  (void) sqlite3_clear_bindings (statement);
  return statement;
}

// A statement without rows.
static gboolean
finish (TraceStore *store, sqlite3_stmt *statement, const char *doing, GError **error)
{
  gboolean ok = sqlite3_step (statement) == SQLITE_DONE || fail (store, doing, error);
  (void) sqlite3_reset (statement); // repeats an error that was told
  return ok;
}

static gboolean
execute (TraceStore *store, const char *sql, GError **error)
{
  return sqlite3_exec (store->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ||
         fail (store, sql, error);
}

static gboolean
read_longest (TraceStore *store, GError **error)
{
  sqlite3_stmt *statement = start (store, QUERY_LONGEST);
  if (sqlite3_step (statement) != SQLITE_ROW)
    return fail (store, "reading the longest stay", error);
  store->longest_s = sqlite3_column_int64 (statement, 0);
  (void) sqlite3_reset (statement);
  return TRUE;
}

TraceStore *
trace_store_open (const char *uri, const TraceOpenStays *open_stays, GError **error)
{
  g_autoptr (TraceStore) store = g_new0 (TraceStore, 1);
  store->open_stays = *open_stays;
  store->places = g_hash_table_new_full (NULL, NULL, NULL, place_free);
  if (!g_str_has_prefix (uri, "sqlite:")) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "store %s: not sqlite:FILE", uri);
    return NULL;
  }
  if (sqlite3_open (uri + strlen ("sqlite:"), &store->sqlite) != SQLITE_OK) {
    (void) fail (store, uri, error);
    return NULL;
  }
  (void) sqlite3_busy_timeout (store->sqlite, 5000);
  if (!execute (store, schema, error))
    return NULL;
  for (guint i = 0; i < N_QUERIES; i++)
    if (sqlite3_prepare_v3 (store->sqlite, queries[i], -1, SQLITE_PREPARE_PERSISTENT,
                            &store->statements[i], NULL) != SQLITE_OK) {
      (void) fail (store, queries[i], error);
      return NULL;
    }
  return read_longest (store, error) ? g_steal_pointer (&store) : NULL;
}

void
trace_store_close (TraceStore *store)
{
  for (guint i = 0; i < N_QUERIES; i++)
    (void) sqlite3_finalize (store->statements[i]); // repeats an error that was told
  (void) sqlite3_close (store->sqlite);             // with nothing left open it cannot fail
  g_hash_table_unref (store->places);
  g_free (store);
}

gboolean
trace_store_begin (TraceStore *store, GError **error)
{
  return execute (store, "BEGIN IMMEDIATE", error);
}

gboolean
trace_store_commit (TraceStore *store, GError **error)
{
  return execute (store, "COMMIT", error) && read_longest (store, error);
}

void
trace_store_roll_back (TraceStore *store)
{
  (void) sqlite3_exec (store->sqlite, "ROLLBACK", NULL, NULL, NULL); // what failed said so
}

gboolean
trace_store_find_place (TraceStore *store,
                        const char *venue,
                        const char *zone,
                        gboolean may_add,
                        guint32 *ret_place,
                        GError **error)
{
  sqlite3_stmt *find = start (store, QUERY_FIND_PLACE);
  (void) sqlite3_bind_text (find, 1, venue, -1, SQLITE_STATIC);
  (void) sqlite3_bind_text (find, 2, zone, -1, SQLITE_STATIC);
  int rc = sqlite3_step (find);
  *ret_place = rc == SQLITE_ROW ? (guint32) sqlite3_column_int64 (find, 0) : 0;
  (void) sqlite3_reset (find);
  if (rc != SQLITE_ROW && rc != SQLITE_DONE)
    return fail (store, "finding a place", error);
  if (rc == SQLITE_ROW || !may_add)
    return TRUE;
  sqlite3_stmt *add = start (store, QUERY_ADD_PLACE);
  (void) sqlite3_bind_text (add, 1, venue, -1, SQLITE_STATIC);
  (void) sqlite3_bind_text (add, 2, zone, -1, SQLITE_STATIC);
  if (!finish (store, add, "adding a place", error))
    return FALSE;
  *ret_place = (guint32) sqlite3_last_insert_rowid (store->sqlite);
  return TRUE;
}

static gboolean
run_put (TraceStore *store,
         Query query,
         const TraceStay *stay,
         const char *kiosk,
         gint64 seq,
         GError **error)
{
  sqlite3_stmt *put = start (store, query);
  (void) sqlite3_bind_int64 (put, 1, stay->place);
  (void) sqlite3_bind_int64 (put, 2, stay->arrived_s);
  (void) sqlite3_bind_blob (put, 3, stay->subject, TRACE_SUBJECT_SIZE, SQLITE_STATIC);
  (void) sqlite3_bind_text (put, 4, kiosk, -1, SQLITE_STATIC);
  (void) sqlite3_bind_int64 (put, 5, seq);
  if (stay->left_s != TRACE_OPEN_S)
    (void) sqlite3_bind_int64 (put, 6, stay->left_s);
  if (query == QUERY_PUT)
    (void) sqlite3_bind_int64 (put, 7, stay->evidence);
  return finish (store, put, "writing a stay", error);
}

gboolean
trace_store_put (TraceStore *store,
                 const TraceStay *stay,
                 const char *kiosk,
                 gint64 seq,
                 gboolean *ret_is_new,
                 GError **error)
{
  if (!run_put (store, QUERY_PUT, stay, kiosk, seq, error))
    return FALSE;
  *ret_is_new = sqlite3_changes (store->sqlite) > 0;
  if (stay->left_s == TRACE_OPEN_S)
    return TRUE;
  if (!*ret_is_new && !run_put (store, QUERY_END_OPEN, stay, kiosk, seq, error))
    return FALSE;
  gint64 length_s = stay->left_s - stay->arrived_s;
  if (length_s <= store->longest_s)
    return TRUE;
  sqlite3_stmt *note = start (store, QUERY_NOTE_LONGEST);
  (void) sqlite3_bind_int64 (note, 1, length_s);
  store->longest_s = length_s;
  return finish (store, note, "noting the longest stay", error);
}

static void
bind_span (TraceStore *store, sqlite3_stmt *find, gint64 from_s, gint64 to_s)
{
  (void) sqlite3_bind_int64 (find, 1, store->open_stays.now_s);
  (void) sqlite3_bind_int64 (find, 2, store->open_stays.longest_stay_s);
  (void) sqlite3_bind_int64 (find, 4, from_s);
  (void) sqlite3_bind_int64 (find, 5, to_s);
  (void) sqlite3_bind_int64 (find, 6, MAX (store->longest_s, store->open_stays.longest_stay_s));
}

static gboolean
take_stays (TraceStore *store, sqlite3_stmt *find, GArray *stays, GError **error)
{
  int rc = SQLITE_OK;
  while ((rc = sqlite3_step (find)) == SQLITE_ROW) {
    TraceStay stay = {
      .place = (guint32) sqlite3_column_int64 (find, 1),
      .arrived_s = sqlite3_column_int64 (find, 2),
      .left_s = sqlite3_column_int64 (find, 3),
      .evidence = (TraceEvidence) sqlite3_column_int (find, 4),
    };
    if (sqlite3_column_bytes (find, 0) != TRACE_SUBJECT_SIZE)
      continue; // nothing that we wrote
    memcpy (stay.subject, sqlite3_column_blob (find, 0), TRACE_SUBJECT_SIZE);
    g_array_append_val (stays, stay);
  }
  (void) sqlite3_reset (find);
  return rc == SQLITE_DONE || fail (store, "finding stays", error);
}

gboolean
trace_store_find_of (TraceStore *store,
                     const guint8 subject[TRACE_SUBJECT_SIZE],
                     gint64 from_s,
                     gint64 to_s,
                     GArray *stays,
                     GError **error)
{
  sqlite3_stmt *find = start (store, QUERY_FIND_OF);
  bind_span (store, find, from_s, to_s);
  (void) sqlite3_bind_blob (find, 3, subject, TRACE_SUBJECT_SIZE, SQLITE_STATIC);
  return take_stays (store, find, stays, error);
}

gboolean
trace_store_find_at (
    TraceStore *store, guint32 place, gint64 from_s, gint64 to_s, GArray *stays, GError **error)
{
  sqlite3_stmt *find = start (store, QUERY_FIND_AT);
  bind_span (store, find, from_s, to_s);
  (void) sqlite3_bind_int64 (find, 3, place);
  return take_stays (store, find, stays, error);
}

gboolean
trace_store_is_staff (TraceStore *store,
                      const guint8 subject[TRACE_SUBJECT_SIZE],
                      gboolean *ret_is_staff,
                      GError **error)
{
  sqlite3_stmt *find = start (store, QUERY_IS_STAFF);
  (void) sqlite3_bind_blob (find, 1, subject, TRACE_SUBJECT_SIZE, SQLITE_STATIC);
  int rc = sqlite3_step (find);
  *ret_is_staff = rc == SQLITE_ROW;
  (void) sqlite3_reset (find);
  return rc == SQLITE_ROW || rc == SQLITE_DONE || fail (store, "finding staff", error);
}

gboolean
trace_store_find_places (TraceStore *store, const char *venue, GArray *places, GError **error)
{
  sqlite3_stmt *find = start (store, QUERY_PLACES_OF_VENUE);
  int rc = SQLITE_OK;
  (void) sqlite3_bind_text (find, 1, venue, -1, SQLITE_STATIC);
  while ((rc = sqlite3_step (find)) == SQLITE_ROW) {
    guint32 place = (guint32) sqlite3_column_int64 (find, 0);
    g_array_append_val (places, place);
  }
  (void) sqlite3_reset (find);
  return rc == SQLITE_DONE || fail (store, "finding the places of a venue", error);
}

static const Place *
look_up (TraceStore *store, guint32 number)
{
  static const Place nowhere = { (char *) "", (char *) "" };
  Place *place = g_hash_table_lookup (store->places, GUINT_TO_POINTER (number));
  sqlite3_stmt *find = start (store, QUERY_PLACE_NAMES);
  (void) sqlite3_bind_int64 (find, 1, number);
  if (place == NULL && sqlite3_step (find) == SQLITE_ROW) {
    place = g_new (Place, 1);
    place->venue = g_strdup ((const char *) sqlite3_column_text (find, 0));
    place->zone = g_strdup ((const char *) sqlite3_column_text (find, 1));
    g_hash_table_insert (store->places, GUINT_TO_POINTER (number), place);
  }
  (void) sqlite3_reset (find);
  return place != NULL ? place : &nowhere;
}

const char *
trace_store_get_venue (TraceStore *store, guint32 place)
{
  return look_up (store, place)->venue;
}

const char *
trace_store_get_zone (TraceStore *store, guint32 place)
{
  return look_up (store, place)->zone;
}

gboolean
trace_store_count (TraceStore *store, TraceStats *ret_stats, GError **error)
{
  sqlite3_stmt *count = start (store, QUERY_COUNT);
  if (sqlite3_step (count) != SQLITE_ROW)
    return fail (store, "counting", error);
  *ret_stats = (TraceStats){
    .n_stays = sqlite3_column_int64 (count, 0),
    .n_open = sqlite3_column_int64 (count, 1),
    .n_subjects = sqlite3_column_int64 (count, 2),
    .n_places = sqlite3_column_int64 (count, 3),
    .first_s = sqlite3_column_int64 (count, 4),
    .last_s = sqlite3_column_int64 (count, 5),
  };
  (void) sqlite3_reset (count);
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
