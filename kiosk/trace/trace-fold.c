// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// On PostgreSQL several servers take in at once: the row of a beacon's name is where a link and
// what was heard of it meet. Whoever hears shares it, whoever links has it alone.

#define G_LOG_DOMAIN "trace-fold"

#include "kiosk/trace/trace-fold.h"

#include <string.h>

#include "kiosk/trace/trace-store-private.h"

#define FOREVER_S (G_GINT64_CONSTANT (1) << 40)
#define DAY_S     86400

#define KEY(subject) TRACE_BYTES (subject, TRACE_SUBJECT_SIZE)

gboolean
trace_fold_rename (TraceStore *store,
                   const guint8 old[TRACE_SUBJECT_SIZE],
                   const guint8 subject[TRACE_SUBJECT_SIZE],
                   GError **error)
{
  guint32 from = 0, to = 0;
  return trace_names_find_subject (store->names, old, FALSE, &from, error) &&
         (from == 0 ||
          (trace_names_find_subject (store->names, subject, TRUE, &to, error) &&
           trace_db_run (store->db, "UPDATE stay SET subject = $2 WHERE subject = $1",
                         TRACE_VALUES (TRACE_INT (from), TRACE_INT (to)), NULL, error) &&
           trace_db_run (store->db, "UPDATE unclear SET subject = $2 WHERE subject = $1",
                         TRACE_VALUES (KEY (old), KEY (subject)), NULL, error)));
}

static void
note_staff (TraceStore *store, guint32 subject)
{
  const TraceArrival staff = { .left_s = TRACE_OPEN_S, .evidence = TRACE_EVIDENCE_STAFF };
  trace_store_note (store, &staff, subject);
}

gboolean
trace_fold_badge (TraceStore *store,
                  const guint8 beacon[TRACE_SUBJECT_SIZE],
                  gint64 stream,
                  gint64 at_s,
                  GError **error)
{
  guint32 number = 0;
  if (!trace_names_find_subject (store->names, beacon, TRUE, &number, error))
    return FALSE;
  note_staff (store, number);
  return trace_db_run (store->db,
                       "INSERT INTO badge (subject, stream, day) VALUES ($1, $2, $3)"
                       " ON CONFLICT DO NOTHING",
                       TRACE_VALUES (KEY (beacon), TRACE_INT (stream), TRACE_INT (at_s / DAY_S)),
                       NULL, error);
}

typedef struct {
  guint32 subject;
  gint64 from_s, to_s; // half-open
} Owner;

// When what is heard of the beacon is its owner's: in the slot that the link lies in, or, where
// that is not known, near it.
static Owner
find_span (gint64 at_s, guint32 slack_s)
{
  gint64 early_s = at_s - TRACE_FOLD_SKEW_S, late_s = at_s + TRACE_FOLD_SKEW_S;
  Owner span = { .from_s = early_s - TRACE_FOLD_SLOT_S, .to_s = late_s + TRACE_FOLD_SLOT_S };
  if (slack_s <= TRACE_FOLD_SKEW_S) {
    span.from_s = early_s - early_s % TRACE_FOLD_SLOT_S - TRACE_FOLD_SKEW_S;
    span.to_s = late_s - late_s % TRACE_FOLD_SLOT_S + TRACE_FOLD_SLOT_S + TRACE_FOLD_SKEW_S;
  }
  return span;
}

// (transfer full, of Owner) The first counts. In an order that no server gave.
static GArray *
read_owners (TraceStore *store, const guint8 beacon[TRACE_SUBJECT_SIZE], GError **error)
{
  GError *own_error = NULL;
  g_autoptr (GArray) owners = g_array_new (FALSE, FALSE, sizeof (Owner));
  g_autoptr (GByteArray) keys = g_byte_array_new ();
  g_autoptr (TraceRows) rows = trace_db_query (
      store->db, "SELECT subject, from_s, to_s FROM link WHERE beacon = $1 ORDER BY at_s, subject",
      TRACE_VALUES (KEY (beacon)), &own_error);
  while (rows != NULL && trace_rows_next (rows, &own_error)) {
    Owner owner = { 0, trace_rows_get_int (rows, 1), trace_rows_get_int (rows, 2) };
    gsize len = 0;
    const guint8 *key = trace_rows_get_bytes (rows, 0, &len);
    if (len != TRACE_SUBJECT_SIZE)
      continue;
    g_byte_array_append (keys, key, TRACE_SUBJECT_SIZE);
    g_array_append_val (owners, owner);
  }
  for (guint i = 0; own_error == NULL && i < owners->len; i++)
    (void) trace_names_find_subject (store->names, keys->data + i * TRACE_SUBJECT_SIZE, TRUE,
                                     &g_array_index (owners, Owner, i).subject, &own_error);
  if (own_error == NULL)
    return g_steal_pointer (&owners);
  g_propagate_error (error, own_error);
  return NULL;
}

// (transfer full, of TraceStayKey) What was heard of the beacon: under its own name, and what was
// folded.
static GArray *
read_heard (TraceStore *store, const guint8 beacon[TRACE_SUBJECT_SIZE], guint32 own, GError **error)
{
  GError *own_error = NULL;
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (TraceStayKey));
  g_autoptr (TraceRows) rows = trace_db_query (
      store->db,
      "SELECT place, subject, source, part, arrived_s, seq FROM stay WHERE subject = $2"
      " AND evidence = 1 UNION ALL"
      " SELECT s.place, s.subject, s.source, s.part, s.arrived_s, s.seq FROM stay s"
      " JOIN fold f ON f.source = s.source AND f.seq = s.seq AND f.part = s.part"
      " WHERE f.beacon = $1 AND s.subject IN (SELECT p.id FROM subject p"
      " JOIN link l ON l.subject = p.key WHERE l.beacon = $1)",
      TRACE_VALUES (KEY (beacon), TRACE_INT (own)), &own_error);
  while (rows != NULL && trace_rows_next (rows, &own_error)) {
    TraceStayKey key = { .place = (guint32) trace_rows_get_int (rows, 0),
                         .subject = (guint32) trace_rows_get_int (rows, 1),
                         .source = (guint32) trace_rows_get_int (rows, 2),
                         .part = (guint32) trace_rows_get_int (rows, 3),
                         .arrived_s = trace_rows_get_int (rows, 4),
                         .seq = trace_rows_get_int (rows, 5) };
    g_array_append_val (keys, key);
  }
  if (own_error == NULL)
    return g_steal_pointer (&keys);
  g_propagate_error (error, own_error);
  return NULL;
}

static gboolean
give (TraceStore *store,
      const guint8 beacon[TRACE_SUBJECT_SIZE],
      guint32 own,
      const TraceStayKey *key,
      guint32 owner,
      GError **error)
{
  const TraceValue record[] = { TRACE_INT (key->source), TRACE_INT (key->seq),
                                TRACE_INT (key->part), KEY (beacon), TRACE_INT (key->arrived_s) };
  gboolean ok = owner == own
                    ? trace_db_run (store->db,
                                    "DELETE FROM fold WHERE source = $1 AND seq = $2 AND part = $3",
                                    record, 3, NULL, error)
                    : trace_db_run (store->db,
                                    "INSERT INTO fold (source, seq, part, beacon, arrived_s)"
                                    " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (source, seq, part)"
                                    " DO UPDATE SET arrived_s = $5",
                                    record, G_N_ELEMENTS (record), NULL, error);
  return ok &&
         (owner == key->subject ||
          trace_db_run (store->db,
                        "UPDATE stay SET subject = $7 WHERE place = $1 AND arrived_s = $2"
                        " AND subject = $3 AND source = $4 AND seq = $5 AND part = $6",
                        TRACE_VALUES (TRACE_KEY_VALUES (key), TRACE_INT (owner)), NULL, error));
}

static guint32
choose (const GArray *owners, guint32 own, gint64 arrived_s)
{
  for (guint i = 0; i < owners->len; i++) {
    const Owner *owner = &g_array_index (owners, Owner, i);
    if (owner->from_s <= arrived_s && arrived_s < owner->to_s)
      return owner->subject;
  }
  return own;
}

// Whoever wears a badge is staff by it.
static gboolean
note_wearers (TraceStore *store,
              const guint8 beacon[TRACE_SUBJECT_SIZE],
              const GArray *owners,
              GError **error)
{
  gint64 is_worn = 0;
  if (!trace_db_query_int (store->db, "SELECT 1 FROM badge WHERE subject = $1 LIMIT 1",
                           TRACE_VALUES (KEY (beacon)), 0, &is_worn, error))
    return FALSE;
  for (guint i = 0; is_worn != 0 && i < owners->len; i++) {
    const Owner *owner = &g_array_index (owners, Owner, i);
    if (owner->to_s == FOREVER_S)
      note_staff (store, owner->subject);
  }
  return TRUE;
}

// Every stay of the beacon to whom it belongs.
static gboolean
fold (TraceStore *store, const guint8 beacon[TRACE_SUBJECT_SIZE], GError **error)
{
  guint32 own = 0;
  if (!trace_names_find_subject (store->names, beacon, TRUE, &own, error))
    return FALSE;
  g_autoptr (GArray) owners = read_owners (store, beacon, error);
  g_autoptr (GArray) heard = owners != NULL ? read_heard (store, beacon, own, error) : NULL;
  if (heard == NULL)
    return FALSE;
  for (guint i = 0; i < heard->len; i++) {
    const TraceStayKey *key = &g_array_index (heard, TraceStayKey, i);
    if (!give (store, beacon, own, key, choose (owners, own, key->arrived_s), error))
      return FALSE;
  }
  return note_wearers (store, beacon, owners, error);
}

// Until the transaction ends nobody else takes in what was heard of it.
static gboolean
hold_alone (TraceStore *store, const guint8 beacon[TRACE_SUBJECT_SIZE], GError **error)
{
  guint32 number = 0;
  gint64 unused = 0;
  return trace_names_find_subject (store->names, beacon, TRUE, &number, error) &&
         (store->beside == NULL ||
          trace_db_query_int (store->db, "SELECT id FROM subject WHERE id = $1 FOR UPDATE",
                              TRACE_VALUES (TRACE_INT (number)), 0, &unused, error));
}

gboolean
trace_fold_link (TraceStore *store, const TraceLink *link, GError **error)
{
  Owner span = find_span (link->at_s, link->slack_s);
  if (link->is_lasting)
    span = (Owner){ .from_s = 0, .to_s = FOREVER_S };
  return hold_alone (store, link->beacon, error) &&
         trace_db_run (store->db,
                       "INSERT INTO link (subject, beacon, at_s, stream, seq, visit, from_s, to_s)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                       TRACE_VALUES (KEY (link->subject), KEY (link->beacon),
                                     TRACE_INT (link->at_s), TRACE_INT (link->stream),
                                     TRACE_INT (link->seq), TRACE_INT (link->visit),
                                     TRACE_INT (span.from_s), TRACE_INT (span.to_s)),
                       NULL, error) &&
         fold (store, link->beacon, error);
}

typedef struct {
  guint8 key[TRACE_SUBJECT_SIZE];
} Beacon;

// (transfer full, of Beacon) What the question answers with.
static GArray *
read_beacons (
    TraceStore *store, const char *sql, const TraceValue *values, gsize n_values, GError **error)
{
  GError *own_error = NULL;
  g_autoptr (GArray) beacons = g_array_new (FALSE, FALSE, sizeof (Beacon));
  g_autoptr (TraceRows) rows = trace_db_query (store->db, sql, values, n_values, &own_error);
  while (rows != NULL && trace_rows_next (rows, &own_error)) {
    gsize len = 0;
    const guint8 *key = trace_rows_get_bytes (rows, 0, &len);
    if (len == TRACE_SUBJECT_SIZE)
      g_array_append_vals (beacons, key, 1);
  }
  if (own_error == NULL)
    return g_steal_pointer (&beacons);
  g_propagate_error (error, own_error);
  return NULL;
}

gboolean
trace_fold_move_links (
    TraceStore *store, gint64 stream, gint64 visit, gint64 at_s, guint32 slack_s, GError **error)
{
  const Owner span = find_span (at_s, slack_s);
  g_autoptr (GArray) beacons =
      read_beacons (store, "SELECT beacon FROM link WHERE stream = $1 AND visit = $2",
                    TRACE_VALUES (TRACE_INT (stream), TRACE_INT (visit)), error);
  for (guint i = 0; beacons != NULL && i < beacons->len; i++) {
    const Beacon *beacon = &g_array_index (beacons, Beacon, i);
    if (!hold_alone (store, beacon->key, error) ||
        !trace_db_run (store->db,
                       "UPDATE link SET at_s = $3,"
                       " from_s = CASE WHEN from_s = 0 THEN from_s ELSE $4 END,"
                       " to_s = CASE WHEN from_s = 0 THEN to_s ELSE $5 END"
                       " WHERE stream = $1 AND visit = $2",
                       TRACE_VALUES (TRACE_INT (stream), TRACE_INT (visit), TRACE_INT (at_s),
                                     TRACE_INT (span.from_s), TRACE_INT (span.to_s)),
                       NULL, error) ||
        !fold (store, beacon->key, error))
      return FALSE;
  }
  return beacons != NULL;
}

// On PostgreSQL two questions for all of them.
static GArray *
find_linked_at_once (TraceStore *store,
                     const guint8 (*beacons)[TRACE_SUBJECT_SIZE],
                     gsize n_beacons,
                     GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);
  gint64 unused = 0;
  for (gsize i = 0; i < n_beacons; i++) {
    char digits[2 * TRACE_SUBJECT_SIZE + 1];
    trace_subject_write (beacons[i], digits);
    g_string_append_printf (list, "%s%s", i > 0 ? "," : "", digits);
  }
#define LISTED                                                                                     \
  "ANY (ARRAY (SELECT decode (digits, 'hex') FROM unnest (string_to_array ($1, ',')) digits))"
  if (!trace_db_query_int (store->db,
                           "SELECT count (*) FROM (SELECT id FROM subject WHERE key = " LISTED
                           " ORDER BY id FOR KEY SHARE) held",
                           TRACE_VALUES (TRACE_TEXT (list->str)), 0, &unused, error))
    return NULL;
  return read_beacons (store, "SELECT DISTINCT beacon FROM link WHERE beacon = " LISTED,
                       TRACE_VALUES (TRACE_TEXT (list->str)), error);
}

static GArray *
find_linked_one_by_one (TraceStore *store,
                        const guint8 (*beacons)[TRACE_SUBJECT_SIZE],
                        gsize n_beacons,
                        GError **error)
{
  g_autoptr (GArray) linked = g_array_new (FALSE, FALSE, sizeof (Beacon));
  for (gsize i = 0; i < n_beacons; i++) {
    gint64 is_linked = 0;
    if (!trace_db_query_int (store->db, "SELECT 1 FROM link WHERE beacon = $1 LIMIT 1",
                             TRACE_VALUES (KEY (beacons[i])), 0, &is_linked, error))
      return NULL;
    if (is_linked != 0)
      g_array_append_vals (linked, beacons[i], 1);
  }
  return g_steal_pointer (&linked);
}

gboolean
trace_fold_heard (TraceStore *store,
                  const guint8 (*beacons)[TRACE_SUBJECT_SIZE],
                  gsize n_beacons,
                  GError **error)
{
  if (n_beacons == 0)
    return TRUE;
  g_autoptr (GArray) linked =
      (store->beside != NULL ? find_linked_at_once : find_linked_one_by_one) (store, beacons,
                                                                              n_beacons, error);
  for (guint i = 0; linked != NULL && i < linked->len; i++)
    if (!fold (store, g_array_index (linked, Beacon, i).key, error))
      return FALSE;
  return linked != NULL;
}

gboolean
trace_fold_find (TraceStore *store, TraceArrival *stay, GError **error)
{
  TraceStayKey key;
  GError *own_error = NULL;
  gsize len = 0;
  if (!trace_store_find_key (store, stay, &key, error))
    return FALSE;
  g_autoptr (TraceRows) rows = trace_db_query (
      store->db,
      "SELECT p.key FROM stay s JOIN subject p ON p.id = s.subject WHERE s.place = $1"
      " AND s.arrived_s = $2 AND s.source = $3 AND s.seq = $4 AND s.part = $5",
      TRACE_VALUES (TRACE_INT (key.place), TRACE_INT (key.arrived_s), TRACE_INT (key.source),
                    TRACE_INT (key.seq), TRACE_INT (key.part)),
      &own_error);
  if (rows != NULL && trace_rows_next (rows, &own_error)) {
    const guint8 *subject = trace_rows_get_bytes (rows, 0, &len);
    if (len == TRACE_SUBJECT_SIZE)
      memcpy (stay->subject, subject, len);
  }
  if (own_error != NULL)
    g_propagate_error (error, own_error);
  return own_error == NULL;
}
