// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Both of a search's questions, put to the mapped file and to what came since.

#define G_LOG_DOMAIN "trace-index"

#include "kiosk/trace/trace-index.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/trace/trace-index-log.h"
#include "kiosk/trace/trace-stays.h"

#define WORTH_STAYS 200000 // fewer are found in the tables before an index is built

struct TraceIndex {
  TraceSource base;
  TraceOpenStays open_stays;
  GMappedFile *file;
  TraceIndexPart *built;
  guint8 *bytes; // (nullable) of what came since
  TraceIndexPart *since;
  GArray *odd_by_place, *odd_by_subject; // of TraceStay
  guint32 n_subjects;
  guint8 *is_staff; // [n_subjects + 1]
  GByteArray *keys; // of the subjects that were not there when it was built
  guint64 n_changes;
  gboolean is_damaged;
};

static gboolean
fail (TraceIndex *index, GError **error)
{
  index->is_damaged = TRUE;
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "index: the file is damaged");
  return FALSE;
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const TraceStay *one = a, *other = b;
  return (one->place > other->place) - (one->place < other->place);
}

static int
compare_subjects (gconstpointer a, gconstpointer b)
{
  const TraceStay *one = a, *other = b;
  return (one->subject > other->subject) - (one->subject < other->subject);
}

// Those of the sorted @odd that equal @wanted and touch the span.
static void
take_odd (const GArray *odd,
          const TraceStay *wanted,
          GCompareFunc compare,
          gint64 from_s,
          gint64 to_s,
          GArray *stays)
{
  guint first = 0, end = odd->len;
  while (first < end) {
    guint middle = first + (end - first) / 2;
    if (compare (&g_array_index (odd, TraceStay, middle), wanted) < 0)
      first = middle + 1;
    else
      end = middle;
  }
  for (; first < odd->len; first++) {
    const TraceStay *stay = &g_array_index (odd, TraceStay, first);
    if (compare (stay, wanted) != 0)
      break;
    if (stay->arrived_s < to_s && stay->left_s > from_s)
      g_array_append_vals (stays, stay, 1);
  }
}

static void
sort_by_arrival (GArray *stays, guint first)
{
  TraceStay *all = (TraceStay *) (void *) stays->data;
  for (guint i = first + 1; i < stays->len; i++)
    if (all[i - 1].arrived_s > all[i].arrived_s) {
      qsort (all + first, stays->len - first, sizeof *all, trace_stay_compare_arrivals);
      return;
    }
}

static gboolean
find_of (TraceSource *source,
         const guint32 *subjects,
         gsize n_subjects,
         gint64 from_s,
         gint64 to_s,
         GArray *stays,
         GError **error)
{
  TraceIndex *index = (TraceIndex *) source;
  for (gsize i = 0; i < n_subjects; i++) {
    guint first = stays->len;
    if (!trace_index_part_find_of (index->built, &index->open_stays, subjects[i], from_s, to_s,
                                   stays) ||
        (index->since != NULL && !trace_index_part_find_of (index->since, &index->open_stays,
                                                            subjects[i], from_s, to_s, stays)))
      return fail (index, error);
    if (index->odd_by_subject->len > 0)
      take_odd (index->odd_by_subject, &(TraceStay){ .subject = subjects[i] }, compare_subjects,
                from_s, to_s, stays);
    sort_by_arrival (stays, first);
  }
  return TRUE;
}

static gboolean
find_at (TraceSource *source, const TracePlaceSpan *span, GArray *stays, GError **error)
{
  TraceIndex *index = (TraceIndex *) source;
  if (!trace_index_part_find_at (index->built, &index->open_stays, span, stays) ||
      (index->since != NULL &&
       !trace_index_part_find_at (index->since, &index->open_stays, span, stays)))
    return fail (index, error);
  if (index->odd_by_place->len > 0)
    take_odd (index->odd_by_place, &(TraceStay){ .place = span->place }, compare_places,
              span->from_s - TRACE_MERGE_GAP_S, span->to_s + TRACE_MERGE_GAP_S, stays);
  return TRUE;
}

static guint32
count_subjects (TraceSource *source)
{
  return ((TraceIndex *) source)->n_subjects;
}

static gboolean
is_staff (TraceSource *source, guint32 subject)
{
  TraceIndex *index = (TraceIndex *) source;
  return subject <= index->n_subjects && index->is_staff[subject] != 0;
}

static gboolean
get_key (TraceSource *source, guint32 subject, guint8 ret_key[16], GError **error)
{
  TraceIndex *index = (TraceIndex *) source;
  guint32 n_keys = trace_index_part_get_counts (index->built)->n_keys;
  const guint8 *key = NULL;
  if (subject <= n_keys)
    key = trace_index_part_get_key (index->built, subject);
  else if (subject <= index->n_subjects)
    key = index->keys->data + (gsize) (subject - n_keys - 1) * TRACE_SUBJECT_SIZE;
  if (key == NULL)
    return fail (index, error);
  memcpy (ret_key, key, TRACE_SUBJECT_SIZE);
  return TRUE;
}

static int
compare_placed (gconstpointer a, gconstpointer b)
{
  const TraceIndexPlaced *one = a, *other = b;
  if (one->place != other->place)
    return one->place < other->place ? -1 : 1;
  return trace_index_stay_compare (&one->stay, &other->stay);
}

// What came and went since. FALSE: something went that was not there.
static gboolean
subtract (GArray *added, GArray *gone)
{
  guint n = 0, next = 0;
  g_array_sort (added, compare_placed);
  g_array_sort (gone, compare_placed);
  for (guint i = 0; i < added->len; i++) {
    const TraceIndexPlaced *placed = &g_array_index (added, TraceIndexPlaced, i);
    if (next < gone->len &&
        compare_placed (placed, &g_array_index (gone, TraceIndexPlaced, next)) == 0)
      next++;
    else
      g_array_index (added, TraceIndexPlaced, n++) = *placed;
  }
  g_array_set_size (added, n);
  return next == gone->len;
}

// @added: in order.
static gboolean
build_since (TraceIndex *index, const GArray *added)
{
  const TraceIndexPlaced *all = (const TraceIndexPlaced *) (void *) added->data;
  g_autofree TraceIndexStay *stays = g_new (TraceIndexStay, added->len);
  const TraceIndexCounts counts = {
    .n_stays = added->len,
    .n_places = all[added->len - 1].place,
    .n_subjects = index->n_subjects,
  };
  gsize n_bytes = trace_index_part_size (&counts);
  index->bytes = g_malloc0 (n_bytes);
  TraceIndexBuild *build = trace_index_build_new (index->bytes, &counts);
  for (guint i = 0; i < added->len;) {
    gsize n = 0;
    guint32 place = all[i].place;
    for (; i < added->len && all[i].place == place; i++)
      stays[n++] = all[i].stay;
    trace_index_build_add (build, place, stays, n);
  }
  if (trace_index_build_finish (build))
    index->since = trace_index_part_new (index->bytes, n_bytes);
  return index->since != NULL;
}

static gboolean
remove_from_built (TraceIndex *index, GArray *gone)
{
  guint n = 0;
  for (guint i = 0; i < gone->len; i++) {
    const TraceIndexPlaced *placed = &g_array_index (gone, TraceIndexPlaced, i);
    gboolean found = FALSE;
    if (!trace_index_part_remove (index->built, placed->place, &placed->stay, &found))
      return FALSE;
    if (!found)
      g_array_index (gone, TraceIndexPlaced, n++) = *placed;
  }
  g_array_set_size (gone, n);
  return TRUE;
}

// What the store knows beside the file. @ret_state: also when it does not fit.
static gboolean
read_store (TraceIndex *index, TraceDb *db, TraceIndexState *ret_state, GError **error)
{
  const TraceIndexCounts *counts = trace_index_part_get_counts (index->built);
  g_autoptr (GArray) added = g_array_new (FALSE, FALSE, sizeof (TraceIndexPlaced));
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (TraceIndexPlaced));
  g_autoptr (GArray) staff = g_array_new (FALSE, FALSE, sizeof (guint32));
  gboolean fits = FALSE;
  *ret_state = TRACE_INDEX_STALE;
  if (!trace_index_log_fits (db, counts, &fits, error))
    return FALSE;
  if (!fits)
    return TRUE;
  if (!trace_index_log_read (db, counts, added, gone, error) ||
      !trace_index_log_read_odd (db, &index->open_stays, index->odd_by_place, error) ||
      !trace_index_log_read_people (db, counts->n_keys, staff, index->keys, &index->n_subjects,
                                    error))
    return FALSE;
  index->n_changes = added->len + gone->len;
  index->is_staff = g_new0 (guint8, (gsize) index->n_subjects + 1);
  for (guint i = 0; i < staff->len; i++)
    index->is_staff[MIN (g_array_index (staff, guint32, i), index->n_subjects)] = 1;
  g_array_append_vals (index->odd_by_subject, index->odd_by_place->data, index->odd_by_place->len);
  g_array_sort (index->odd_by_place, compare_places);
  g_array_sort (index->odd_by_subject, compare_subjects);
  *ret_state = TRACE_INDEX_DAMAGED;
  if (remove_from_built (index, gone) && subtract (added, gone) &&
      (added->len == 0 || build_since (index, added)))
    *ret_state = TRACE_INDEX_FRESH;
  return TRUE;
}

static TraceIndex *
index_new (GMappedFile *file, const TraceOpenStays *open_stays)
{
  TraceIndex *index = g_new0 (TraceIndex, 1);
  index->base = (TraceSource){ .find_of = find_of,
                               .find_at = find_at,
                               .count_subjects = count_subjects,
                               .is_staff = is_staff,
                               .get_key = get_key };
  index->open_stays = *open_stays;
  index->file = g_mapped_file_ref (file);
  index->built = trace_index_part_new ((const guint8 *) g_mapped_file_get_contents (file),
                                       g_mapped_file_get_length (file));
  index->odd_by_place = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  index->odd_by_subject = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  index->keys = g_byte_array_new ();
  return index;
}

TraceIndex *
trace_index_open (TraceStore *store, const char *path, TraceIndexState *ret_state, GError **error)
{
  TraceDb *db = trace_store_get_db (store);
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  *ret_state = TRACE_INDEX_ABSENT;
  if (file == NULL)
    return NULL; // as good as none: the tables answer
  g_autoptr (TraceIndex) index = index_new (file, trace_store_get_open_stays (store));
  *ret_state = TRACE_INDEX_DAMAGED;
  if (index->built == NULL || !trace_index_log_begin (db, error))
    return NULL;
  gboolean ok = read_store (index, db, ret_state, error);
  trace_index_log_end (db);
  return ok && *ret_state == TRACE_INDEX_FRESH ? g_steal_pointer (&index) : NULL;
}

void
trace_index_close (TraceIndex *index)
{
  g_clear_pointer (&index->built, trace_index_part_free);
  g_clear_pointer (&index->since, trace_index_part_free);
  g_mapped_file_unref (index->file);
  g_array_unref (index->odd_by_place);
  g_array_unref (index->odd_by_subject);
  g_byte_array_unref (index->keys);
  g_free (index->is_staff);
  g_free (index->bytes);
  g_free (index);
}

static gboolean
is_worth_it (TraceDb *db, gboolean *ret_is_worth_it, GError **error)
{
  gint64 n = 0;
  if (!trace_db_query_int (db, "SELECT count (*) FROM (SELECT 1 FROM stay LIMIT $1)",
                           TRACE_VALUES (TRACE_INT (WORTH_STAYS)), 0, &n, error))
    return FALSE;
  *ret_is_worth_it = n == WORTH_STAYS;
  return TRUE;
}

TraceIndex *
trace_index_open_or_build (TraceStore *store, const char *store_uri, GError **error)
{
  g_autofree char *path = trace_index_path (store_uri);
  g_autoptr (GError) own_error = NULL;
  TraceIndexState state = TRACE_INDEX_ABSENT;
  gboolean is_worth = FALSE;
  if (path == NULL)
    return NULL;
  TraceIndex *index = trace_index_open (store, path, &state, &own_error);
  if (index != NULL)
    return index;
  if (own_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&own_error));
    return NULL;
  }
  if (!is_worth_it (trace_store_get_db (store), &is_worth, error) || !is_worth ||
      !trace_index_build (store, path, error))
    return NULL;
  return trace_index_open (store, path, &state, error);
}

TraceSource *
trace_index_get_source (TraceIndex *index)
{
  return &index->base;
}

gboolean
trace_index_is_damaged (const TraceIndex *index)
{
  return index->is_damaged;
}

void
trace_index_count (const TraceIndex *index, TraceIndexStats *ret_stats)
{
  ret_stats->n_stays = trace_index_part_get_counts (index->built)->n_stays;
  ret_stats->n_changes = index->n_changes;
  ret_stats->n_bytes = g_mapped_file_get_length (index->file);
}
