// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-names"

#include "kiosk/trace/trace-names.h"

#include <string.h>

#define PLACES_MAX   (1 << 20)
#define SOURCES_MAX  (1 << 17)
#define SUBJECT_BITS 18

typedef struct {
  const char *venue, *zone;
  guint32 number;
} Place;

typedef struct {
  guint8 key[TRACE_KEY_SIZE];
  guint32 number; // 0: nothing here
} Subject;

struct TraceNames {
  TraceDb *db, *adding;
  GStringChunk *texts;
  GHashTable *places;    // Place, by its names
  GHashTable *by_number; // number → Place
  GHashTable *sources;   // name → number
  Subject *subjects;     // each has one slot where it can be
};

static guint
hash_place (gconstpointer pointer)
{
  const Place *place = pointer;
  return g_str_hash (place->venue) * 33 + g_str_hash (place->zone);
}

static gboolean
equal_places (gconstpointer a, gconstpointer b)
{
  const Place *one = a, *other = b;
  return g_str_equal (one->venue, other->venue) && g_str_equal (one->zone, other->zone);
}

TraceNames *
trace_names_new (TraceDb *db, TraceDb *adding)
{
  TraceNames *names = g_new0 (TraceNames, 1);
  names->db = db;
  names->adding = adding;
  names->texts = g_string_chunk_new (4096);
  names->places = g_hash_table_new_full (hash_place, equal_places, g_free, NULL);
  names->by_number = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  names->sources = g_hash_table_new (g_str_hash, g_str_equal);
  names->subjects = g_new0 (Subject, 1 << SUBJECT_BITS);
  return names;
}

void
trace_names_free (TraceNames *names)
{
  g_hash_table_unref (names->places);
  g_hash_table_unref (names->by_number);
  g_hash_table_unref (names->sources);
  g_string_chunk_free (names->texts);
  g_free (names->subjects);
  g_free (names);
}

void
trace_names_set_adding (TraceNames *names, TraceDb *adding)
{
  names->adding = adding;
}

void
trace_names_forget (TraceNames *names)
{
  g_hash_table_remove_all (names->places);
  g_hash_table_remove_all (names->by_number);
  g_hash_table_remove_all (names->sources);
  memset (names->subjects, 0, sizeof (Subject) << SUBJECT_BITS);
}

// The number that @find tells; else, when there may be one more, the one that @add gives. Somebody
// else may give it at the same moment: then @add gives none, and @find tells it.
static gboolean
find_number (TraceNames *names,
             const char *find,
             const char *add, // (nullable)
             const TraceValue *values,
             gsize n_values,
             guint32 *ret_number,
             GError **error)
{
  gint64 number = 0;
  if (!trace_db_query_int (names->db, find, values, n_values, 0, &number, error))
    return FALSE;
  if (number == 0 && add != NULL &&
      (!trace_db_query_int (names->adding, add, values, n_values, 0, &number, error) ||
       (number == 0 && !trace_db_query_int (names->db, find, values, n_values, 0, &number, error))))
    return FALSE;
  *ret_number = (guint32) number;
  return TRUE;
}

gboolean
trace_names_find_place (TraceNames *names,
                        const char *venue,
                        const char *zone,
                        gboolean may_add,
                        guint32 *ret_number,
                        GError **error)
{
  Place wanted = { venue, zone, 0 };
  const Place *known = g_hash_table_lookup (names->places, &wanted);
  if (known != NULL) {
    *ret_number = known->number;
    return TRUE;
  }
  if (!find_number (names, "SELECT id FROM place WHERE venue = $1 AND zone = $2",
                    may_add ? "INSERT INTO place (venue, zone) VALUES ($1, $2)"
                              " ON CONFLICT (venue, zone) DO NOTHING RETURNING id"
                            : NULL,
                    TRACE_VALUES (TRACE_TEXT (venue), TRACE_TEXT (zone)), &wanted.number, error))
    return FALSE;
  *ret_number = wanted.number;
  if (wanted.number == 0)
    return TRUE;
  if (g_hash_table_size (names->places) >= PLACES_MAX)
    g_hash_table_remove_all (names->places);
  wanted.venue = g_string_chunk_insert_const (names->texts, venue);
  wanted.zone = g_string_chunk_insert_const (names->texts, zone);
  g_hash_table_add (names->places, g_memdup2 (&wanted, sizeof wanted));
  return TRUE;
}

gboolean
trace_names_find_source (
    TraceNames *names, const char *name, gboolean may_add, guint32 *ret_number, GError **error)
{
  *ret_number = GPOINTER_TO_UINT (g_hash_table_lookup (names->sources, name));
  if (*ret_number != 0 || name[0] == '\0')
    return TRUE;
  if (!find_number (names, "SELECT id FROM source WHERE name = $1",
                    may_add ? "INSERT INTO source (name) VALUES ($1)"
                              " ON CONFLICT (name) DO NOTHING RETURNING id"
                            : NULL,
                    TRACE_VALUES (TRACE_TEXT (name)), ret_number, error))
    return FALSE;
  if (g_hash_table_size (names->sources) >= SOURCES_MAX)
    g_hash_table_remove_all (names->sources);
  if (*ret_number != 0)
    g_hash_table_insert (names->sources, g_string_chunk_insert_const (names->texts, name),
                         GUINT_TO_POINTER (*ret_number));
  return TRUE;
}

static Subject *
find_slot (TraceNames *names, const guint8 key[TRACE_KEY_SIZE])
{
  guint64 halves[2];
  memcpy (halves, key, sizeof halves);
  guint64 hash = (halves[0] ^ (halves[1] * 0x9E3779B97F4A7C15u)) * 0xD6E8FEB86659FD93u;
  return &names->subjects[hash >> (64 - SUBJECT_BITS)];
}

gboolean
trace_names_find_subject (TraceNames *names,
                          const guint8 key[TRACE_KEY_SIZE],
                          gboolean may_add,
                          guint32 *ret_number,
                          GError **error)
{
  Subject *slot = find_slot (names, key);
  if (slot->number != 0 && memcmp (slot->key, key, TRACE_KEY_SIZE) == 0) {
    *ret_number = slot->number;
    return TRUE;
  }
  if (!find_number (names, "SELECT id FROM subject WHERE key = $1",
                    may_add ? "INSERT INTO subject (key) VALUES ($1)"
                              " ON CONFLICT (key) DO NOTHING RETURNING id"
                            : NULL,
                    TRACE_VALUES (TRACE_BYTES (key, TRACE_KEY_SIZE)), ret_number, error))
    return FALSE;
  if (*ret_number != 0) {
    slot->number = *ret_number;
    memcpy (slot->key, key, TRACE_KEY_SIZE);
  }
  return TRUE;
}

#define PACKED_KEYS                                                                                \
  "substring ($1 FROM (i * 16 + 1)::integer FOR 16) FROM generate_series (0, $2 - 1) AS i"

static guint
hash_key (gconstpointer key)
{
  guint64 hash = 0;
  memcpy (&hash, (const guint8 *) key + TRACE_KEY_SIZE - sizeof hash, sizeof hash);
  return (guint) ((hash * 0x9E3779B97F4A7C15u) >> 32);
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, TRACE_KEY_SIZE) == 0;
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return memcmp (*(const guint8 *const *) a, *(const guint8 *const *) b, TRACE_KEY_SIZE);
}

// Those that have no number yet go to @sql as one, in their order: whoever adds the same ones at
// the same time waits, and does not wait for us.
static gboolean
take_numbers (TraceNames *names, TraceDb *db, const char *sql, GHashTable *numbers, GError **error)
{
  g_autoptr (GPtrArray) wanted = g_ptr_array_new ();
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GError) own_error = NULL;
  GHashTableIter iter;
  gpointer key = NULL, number = NULL;
  g_hash_table_iter_init (&iter, numbers);
  while (g_hash_table_iter_next (&iter, &key, &number))
    if (number == NULL)
      g_ptr_array_add (wanted, key);
  if (wanted->len == 0)
    return TRUE;
  g_ptr_array_sort (wanted, compare_keys);
  for (guint i = 0; i < wanted->len; i++)
    g_byte_array_append (packed, wanted->pdata[i], TRACE_KEY_SIZE);
  g_autoptr (TraceRows) rows = trace_db_query (
      db, sql, TRACE_VALUES (TRACE_BYTES (packed->data, packed->len), TRACE_INT (wanted->len)),
      error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &own_error)) {
    gsize len = 0;
    const guint8 *bytes = trace_rows_get_bytes (rows, 0, &len);
    guint32 found = (guint32) trace_rows_get_int (rows, 1);
    if (len != TRACE_KEY_SIZE || !g_hash_table_lookup_extended (numbers, bytes, &key, NULL))
      continue; // nothing that was asked for
    g_hash_table_insert (numbers, key, GUINT_TO_POINTER (found));
    Subject *slot = find_slot (names, key);
    memcpy (slot->key, key, TRACE_KEY_SIZE);
    slot->number = found;
  }
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return own_error == NULL;
}

gboolean
trace_names_find_subjects (TraceNames *names,
                           const guint8 *keys,
                           gsize stride,
                           gsize n_keys,
                           guint32 *ret_numbers,
                           GError **error)
{
  static const char find[] =
      "SELECT key, id FROM subject WHERE key = ANY (ARRAY (SELECT " PACKED_KEYS "))";
  static const char add[] = "INSERT INTO subject (key) SELECT " PACKED_KEYS
                            " ON CONFLICT (key) DO NOTHING RETURNING key, id";
  g_autoptr (GHashTable) numbers = g_hash_table_new (hash_key, equal_keys);
  gboolean is_postgres = trace_db_is_postgres (names->db);
  for (gsize i = 0; i < n_keys; i++) {
    const guint8 *key = keys + i * stride;
    const Subject *slot = find_slot (names, key);
    if (!is_postgres && !trace_names_find_subject (names, key, TRUE, &ret_numbers[i], error))
      return FALSE;
    if (is_postgres)
      g_hash_table_insert (numbers, (gpointer) key,
                           equal_keys (slot->key, key) ? GUINT_TO_POINTER (slot->number) : NULL);
  }
  // Somebody else may have been faster between the first and the second.
  if (is_postgres && (!take_numbers (names, names->db, find, numbers, error) ||
                      !take_numbers (names, names->adding, add, numbers, error) ||
                      !take_numbers (names, names->db, find, numbers, error)))
    return FALSE;
  for (gsize i = 0; is_postgres && i < n_keys; i++)
    ret_numbers[i] = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, keys + i * stride));
  return TRUE;
}

static const Place *
look_up (TraceNames *names, guint32 number)
{
  static const Place nowhere = { "", "", 0 };
  Place *place = g_hash_table_lookup (names->by_number, GUINT_TO_POINTER (number));
  if (place != NULL)
    return place;
  g_autoptr (TraceRows) rows = trace_db_query (
      names->db, "SELECT venue, zone FROM place WHERE id = $1", TRACE_VALUES (TRACE_INT (number)),
      NULL); // a name that cannot be read is unknown
  if (rows == NULL || !trace_rows_next (rows, NULL))
    return &nowhere;
  if (g_hash_table_size (names->by_number) >= PLACES_MAX)
    g_hash_table_remove_all (names->by_number);
  place = g_new (Place, 1);
  place->venue = g_string_chunk_insert_const (names->texts, trace_rows_get_text (rows, 0));
  place->zone = g_string_chunk_insert_const (names->texts, trace_rows_get_text (rows, 1));
  place->number = number;
  g_hash_table_insert (names->by_number, GUINT_TO_POINTER (number), place);
  return place;
}

const char *
trace_names_get_venue (TraceNames *names, guint32 place)
{
  return look_up (names, place)->venue;
}

const char *
trace_names_get_zone (TraceNames *names, guint32 place)
{
  return look_up (names, place)->zone;
}

gboolean
trace_names_get_key (TraceNames *names,
                     guint32 subject,
                     guint8 ret_key[TRACE_KEY_SIZE],
                     GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows = trace_db_query (names->db, "SELECT key FROM subject WHERE id = $1",
                                               TRACE_VALUES (TRACE_INT (subject)), error);
  gsize len = 0;
  if (rows == NULL)
    return FALSE;
  const guint8 *key =
      trace_rows_next (rows, &own_error) ? trace_rows_get_bytes (rows, 0, &len) : NULL;
  if (key != NULL && len == TRACE_KEY_SIZE) {
    memcpy (ret_key, key, TRACE_KEY_SIZE);
    return TRUE;
  }
  if (own_error == NULL)
    g_set_error (&own_error, TRACE_ERROR, TRACE_ERROR_STORAGE, "store: no subject %u", subject);
  g_propagate_error (error, g_steal_pointer (&own_error));
  return FALSE;
}
