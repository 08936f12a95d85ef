// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From keys to the store: ten thousand keys of two weeks are thirteen million identifiers, of which
// kiosks heard a few. Asking the store for each would take minutes, so its subjects are put into a
// Bloom filter first, and asked for are those that pass it.

#define G_LOG_DOMAIN "trace-bluezone"

#include "kiosk/trace/trace-bluezone.h"

#include <sodium.h>
#include <string.h>

#include "kiosk/core/ct-bluezone.h"

#define DAY_S             86400
#define ASK_EACH          4000 // identifiers; more are worth a filter
#define SUBJECTS_AT_ONCE  50000
#define FILTER_BITS       16 // for each subject; with six probes, one stranger in a thousand passes
#define FILTER_PROBES     6
#define IDENTITY_SIZE_MAX 64

typedef struct {
  guint8 *bits; // NULL: everybody passes
  guint64 mask; // of a bit's number
} Filter;

typedef struct {
  TraceStore *store;
  const TraceMaker *maker;
  gint64 from_s, to_s;
  Filter filter;
  TraceBluezoneAnswer *answer;
  guint8 ids[CT_BLUEZONE_SLOTS_MAX][CT_BLUEZONE_ID_SIZE];
} Finding;

static void
sha256 (const uint8_t *data, size_t len, uint8_t ret_hash[32])
{
  (void) crypto_hash_sha256 (ret_hash, data, len); // always 0
}

void
trace_bluezone_answer_clear (TraceBluezoneAnswer *answer)
{
  g_clear_pointer (&answer->limits, g_array_unref);
}

// The bits of a subject; its bytes are random already.
static guint64
filter_bit (const Filter *filter, const guint8 subject[TRACE_SUBJECT_SIZE], guint probe)
{
  guint64 words[2];
  memcpy (words, subject, sizeof words);
  return (words[0] + probe * (words[1] | 1)) & filter->mask;
}

static void
filter_add (Filter *filter, const guint8 subject[TRACE_SUBJECT_SIZE])
{
  for (guint probe = 0; probe < FILTER_PROBES; probe++) {
    guint64 bit = filter_bit (filter, subject, probe);
    filter->bits[bit / 8] |= (guint8) (1 << bit % 8);
  }
}

static gboolean
filter_passes (const Filter *filter, const guint8 subject[TRACE_SUBJECT_SIZE])
{
  for (guint probe = 0; filter->bits != NULL && probe < FILTER_PROBES; probe++) {
    guint64 bit = filter_bit (filter, subject, probe);
    if ((filter->bits[bit / 8] >> bit % 8 & 1) == 0)
      return FALSE;
  }
  return TRUE;
}

// Subjects after number @after; returns the number of the last one, or @after when there are none.
static gint64
fill_some (TraceDb *db, Filter *filter, gint64 after, GError **error)
{
  g_autoptr (TraceRows) rows =
      trace_db_query (db, "SELECT id, key FROM subject WHERE id > $1 ORDER BY id LIMIT $2",
                      TRACE_VALUES (TRACE_INT (after), TRACE_INT (SUBJECTS_AT_ONCE)), error);
  gint64 last = after;
  gsize len = 0;
  while (rows != NULL && trace_rows_next (rows, error)) {
    const guint8 *key = trace_rows_get_bytes (rows, 1, &len);
    last = trace_rows_get_int (rows, 0);
    if (len == TRACE_SUBJECT_SIZE)
      filter_add (filter, key);
  }
  return last;
}

// What was heard of a phone may be all its owner's, and its own name forgotten.
static void
fill_linked (TraceDb *db, Filter *filter, GError **error)
{
  g_autoptr (TraceRows) rows =
      trace_db_query (db, "SELECT DISTINCT beacon FROM link", TRACE_NO_VALUES, error);
  gsize len = 0;
  while (rows != NULL && trace_rows_next (rows, error)) {
    const guint8 *key = trace_rows_get_bytes (rows, 0, &len);
    if (len == TRACE_SUBJECT_SIZE)
      filter_add (filter, key);
  }
}

static gboolean
fill (TraceStore *store, Filter *filter, GError **error)
{
  g_autoptr (GError) cause = NULL;
  TraceSource *source = trace_store_get_source (store);
  guint64 n_bits = 1024;
  while (n_bits < (guint64) source->count_subjects (source) * FILTER_BITS)
    n_bits *= 2;
  filter->bits = g_malloc0 (n_bits / 8);
  filter->mask = n_bits - 1;
  for (gint64 before = -1, last = 0; before != last && cause == NULL;) {
    before = last;
    last = fill_some (trace_store_get_db (store), filter, before, &cause);
  }
  if (cause == NULL)
    fill_linked (trace_store_get_db (store), filter, &cause);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return cause == NULL;
}

static gsize
write_identity (const guint8 id[CT_BLUEZONE_ID_SIZE], char ret_text[IDENTITY_SIZE_MAX])
{
  static const char prefix[] = "beacon:bluezone:", digits[] = "0123456789abcdef";
  gsize len = sizeof prefix - 1;
  memcpy (ret_text, prefix, len); // as of every beacon: the word of its kind
  for (gsize i = 0; i < CT_BLUEZONE_ID_SIZE; i++) {
    ret_text[len++] = digits[id[i] >> 4];
    ret_text[len++] = digits[id[i] & 15];
  }
  return len;
}

// Who held a phone with that identifier beside a code, in its slot: they are the case, whatever
// else they are known by.
static gboolean
add_owners (Finding *finding,
            const guint8 subject[TRACE_SUBJECT_SIZE],
            gint64 from_s,
            gint64 to_s,
            GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (trace_store_get_db (finding->store),
                      "SELECT DISTINCT p.id FROM link l JOIN subject p ON p.key = l.subject"
                      " WHERE l.beacon = $1 AND l.at_s >= $2 AND l.at_s < $3",
                      TRACE_VALUES (TRACE_BYTES (subject, TRACE_SUBJECT_SIZE),
                                    TRACE_INT (from_s - TRACE_BLUEZONE_SKEW_S),
                                    TRACE_INT (to_s + TRACE_BLUEZONE_SKEW_S)),
                      error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &cause)) {
    const TraceLimit limit = { (guint32) trace_rows_get_int (rows, 0), finding->from_s,
                               finding->to_s, FALSE };
    g_array_append_val (finding->answer->limits, limit);
  }
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return cause == NULL;
}

static gboolean
look_up (Finding *finding,
         const guint8 id[CT_BLUEZONE_ID_SIZE],
         gint64 from_s,
         gint64 to_s,
         GError **error)
{
  char identity[IDENTITY_SIZE_MAX];
  guint8 subject[TRACE_SUBJECT_SIZE];
  TraceLimit limit = { 0, MAX (from_s - TRACE_BLUEZONE_SKEW_S, finding->from_s),
                       MIN (to_s + TRACE_BLUEZONE_SKEW_S, finding->to_s), TRUE };
  finding->answer->n_ids++;
  finding->maker->make (finding->maker->keys, identity, write_identity (id, identity), subject);
  if (!filter_passes (&finding->filter, subject))
    return TRUE;
  if (!trace_store_find_subject (finding->store, subject, &limit.subject, error))
    return FALSE;
  if (limit.subject != 0)
    g_array_append_val (finding->answer->limits, limit);
  return add_owners (finding, subject, from_s, to_s, error);
}

static gboolean
find_day (Finding *finding,
          const TraceBluezoneKey *key,
          const guint8 day_key[CT_BLUEZONE_KEY_SIZE],
          gint64 day_s,
          GError **error)
{
  ct_bluezone_list_ids (sha256, day_key, key->n_slots, finding->ids);
  for (guint slot = 0; slot < key->n_slots; slot++) {
    gint64 from_ms = 0, to_ms = 0;
    ct_bluezone_slot_span (key->n_slots, slot, &from_ms, &to_ms);
    gint64 from_s = day_s + from_ms / 1000, to_s = day_s + to_ms / 1000;
    if (from_s > key->last_s)
      break;
    if (to_s > finding->from_s && from_s < finding->to_s &&
        !look_up (finding, finding->ids[slot], from_s, to_s, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
find_key (Finding *finding, const TraceBluezoneKey *key, GError **error)
{
  guint8 day_key[CT_BLUEZONE_KEY_SIZE];
  memcpy (day_key, key->key, sizeof day_key);
  for (gint64 day_s = key->from_s; day_s <= key->last_s && day_s < finding->to_s; day_s += DAY_S) {
    if (day_s + DAY_S > finding->from_s && !find_day (finding, key, day_key, day_s, error))
      return FALSE;
    ct_bluezone_step_day (sha256, day_key);
  }
  return TRUE;
}

static gint64
count_ids (const GArray *keys)
{
  gint64 n = 0;
  for (guint i = 0; i < keys->len; i++) {
    const TraceBluezoneKey *key = &g_array_index (keys, TraceBluezoneKey, i);
    n += ((key->last_s - key->from_s) / DAY_S + 1) * key->n_slots;
  }
  return n;
}

gboolean
trace_bluezone_find (TraceStore *store,
                     const GArray *keys,
                     gint64 from_s,
                     gint64 to_s,
                     const TraceMaker *maker,
                     TraceBluezoneAnswer *ret_answer,
                     GError **error)
{
  g_auto (TraceBluezoneAnswer) answer = { 0, g_array_new (FALSE, FALSE, sizeof (TraceLimit)) };
  g_autofree Finding *finding = g_new0 (Finding, 1); // too much for a stack
  finding->store = store;
  finding->maker = maker;
  finding->from_s = from_s;
  finding->to_s = to_s;
  finding->answer = &answer;
  gboolean ok = count_ids (keys) <= ASK_EACH || fill (store, &finding->filter, error);
  for (guint i = 0; ok && i < keys->len; i++)
    ok = find_key (finding, &g_array_index (keys, TraceBluezoneKey, i), error);
  g_free (finding->filter.bits);
  if (!ok)
    return FALSE;
  ret_answer->n_ids = answer.n_ids;
  ret_answer->limits = g_steal_pointer (&answer.limits);
  return TRUE;
}
