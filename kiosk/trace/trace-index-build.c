// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-index-build"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "kiosk/trace/trace-index-layout.h"

static const guint32 kind_lengths_s[] = { 1200, 2700, 5400, 10800, 21600 }; // the last has no end

struct TraceIndexBuild {
  guint8 *bytes;
  TraceIndexCounts counts;
  TraceIndexLayout layout;
  TraceIndexStay *stays;
  guint32 *postings, *starts, *longest, *offsets;
  guint64 n_added;
  guint32 n_places; // that have their start
  gboolean is_wrong;
};

static gboolean
is_odd (gint64 arrived_s, gint64 length_s, gint64 slack_s)
{
  return arrived_s < slack_s || arrived_s > TRACE_INDEX_ARRIVED_MAX || slack_s < 0 ||
         slack_s > TRACE_INDEX_LENGTH_MAX || length_s > TRACE_INDEX_LENGTH_MAX;
}

gboolean
trace_index_stay_pack (guint32 subject,
                       gint64 arrived_s,
                       gint64 length_s,
                       gint64 slack_s,
                       guint8 evidence,
                       guint8 doubts,
                       TraceIndexStay *ret_stay)
{
  gboolean is_open = length_s < 0;
  if (is_odd (arrived_s, length_s, slack_s) || evidence > TRACE_INDEX_EVIDENCE_MAX)
    return FALSE;
  doubts &= TRACE_DOUBT_STATIC | TRACE_DOUBT_CLOCK | TRACE_DOUBT_CONFLICT;
  if (is_open)
    doubts |= TRACE_DOUBT_OPEN;
  if (slack_s > 0)
    doubts |= TRACE_DOUBT_CLOCK;
  *ret_stay = (TraceIndexStay){
    (guint32) (arrived_s - slack_s),
    subject,
    (guint32) (is_open ? slack_s : length_s + 2 * slack_s) << TRACE_INDEX_LENGTH_SHIFT |
        (guint32) doubts << TRACE_INDEX_DOUBTS_SHIFT | evidence,
  };
  return TRUE;
}

guint
trace_index_kind_of (const TraceIndexStay *stay)
{
  guint kind = 0;
  if (trace_index_stay_is_open (stay))
    return TRACE_INDEX_KIND_OPEN;
  if ((stay->rest & TRACE_INDEX_EVIDENCE_MAX) == TRACE_EVIDENCE_BLE)
    return TRACE_INDEX_KIND_WINDOW;
  while (kind < G_N_ELEMENTS (kind_lengths_s) &&
         trace_index_stay_length (stay) > kind_lengths_s[kind])
    kind++;
  return TRACE_INDEX_KIND_CLOSED + kind;
}

guint32
trace_index_sum (const guint8 *bytes, gsize n_bytes)
{
  return (guint32) crc32_z (0, bytes, n_bytes);
}

void
trace_index_layout_init (TraceIndexLayout *layout, const TraceIndexCounts *counts)
{
  const gsize n_starts = (gsize) counts->n_places * TRACE_INDEX_N_KINDS;
  const gsize sizes[TRACE_INDEX_N_SECTIONS] = {
    [TRACE_INDEX_STAYS] = counts->n_stays * sizeof (TraceIndexStay),
    [TRACE_INDEX_POSTINGS] = counts->n_stays * sizeof (guint32),
    [TRACE_INDEX_STARTS] = (n_starts + 1) * sizeof (guint32),
    [TRACE_INDEX_LONGEST] = n_starts * sizeof (guint32),
    [TRACE_INDEX_OFFSETS] = ((gsize) counts->n_subjects + 2) * sizeof (guint32),
    [TRACE_INDEX_KEYS] = ((gsize) counts->n_keys + 1) * 16,
  };
  layout->n_blocks = 0;
  for (guint i = 0; i < TRACE_INDEX_N_SECTIONS; i++) {
    layout->starts[i] = TRACE_INDEX_HEADER_SIZE + layout->n_blocks * TRACE_INDEX_BLOCK_SIZE;
    layout->n_blocks += (sizes[i] + TRACE_INDEX_BLOCK_SIZE - 1) / TRACE_INDEX_BLOCK_SIZE;
  }
  layout->starts[TRACE_INDEX_N_SECTIONS] =
      layout->starts[TRACE_INDEX_SUMS] + layout->n_blocks * sizeof (guint32);
}

gsize
trace_index_part_size (const TraceIndexCounts *counts)
{
  TraceIndexLayout layout;
  trace_index_layout_init (&layout, counts);
  return layout.starts[TRACE_INDEX_N_SECTIONS];
}

int
trace_index_stay_compare (gconstpointer a, gconstpointer b)
{
  const TraceIndexStay *one = a, *other = b;
  guint one_kind = trace_index_kind_of (one), other_kind = trace_index_kind_of (other);
  if (one_kind != other_kind)
    return one_kind < other_kind ? -1 : 1;
  if (one->arrived_s != other->arrived_s)
    return one->arrived_s < other->arrived_s ? -1 : 1;
  if (one->subject != other->subject)
    return one->subject < other->subject ? -1 : 1;
  return (one->rest > other->rest) - (one->rest < other->rest);
}

TraceIndexBuild *
trace_index_build_new (guint8 *bytes, const TraceIndexCounts *counts)
{
  TraceIndexBuild *build = g_new0 (TraceIndexBuild, 1);
  build->bytes = bytes;
  build->counts = *counts;
  trace_index_layout_init (&build->layout, counts);
  const gsize *starts = build->layout.starts;
  build->stays = (TraceIndexStay *) (void *) (bytes + starts[TRACE_INDEX_STAYS]);
  build->postings = (guint32 *) (void *) (bytes + starts[TRACE_INDEX_POSTINGS]);
  build->starts = (guint32 *) (void *) (bytes + starts[TRACE_INDEX_STARTS]);
  build->longest = (guint32 *) (void *) (bytes + starts[TRACE_INDEX_LONGEST]);
  build->offsets = (guint32 *) (void *) (bytes + starts[TRACE_INDEX_OFFSETS]);
  return build;
}

// Places that had none start where the next one does.
static void
start_until (TraceIndexBuild *build, guint32 n_places)
{
  for (; build->n_places < n_places; build->n_places++)
    for (guint kind = 0; kind < TRACE_INDEX_N_KINDS; kind++)
      build->starts[(gsize) build->n_places * TRACE_INDEX_N_KINDS + kind] =
          (guint32) build->n_added;
}

void
trace_index_build_add (TraceIndexBuild *build, guint32 place, TraceIndexStay *stays, gsize n_stays)
{
  if (place <= build->n_places || place > build->counts.n_places ||
      n_stays > build->counts.n_stays - build->n_added) {
    build->is_wrong = TRUE;
    return;
  }
  start_until (build, place - 1);
  guint32 *starts = build->starts + (gsize) (place - 1) * TRACE_INDEX_N_KINDS;
  guint32 *longest = build->longest + (gsize) (place - 1) * TRACE_INDEX_N_KINDS;
  guint next = 0; // the first kind that has no start yet
  qsort (stays, n_stays, sizeof *stays, trace_index_stay_compare);
  for (gsize i = 0; i < n_stays; i++) {
    guint kind = trace_index_kind_of (&stays[i]);
    for (; next <= kind; next++)
      starts[next] = (guint32) (build->n_added + i);
    longest[kind] = MAX (longest[kind], trace_index_stay_length (&stays[i]));
    if (stays[i].subject == 0 || stays[i].subject > build->counts.n_subjects)
      build->is_wrong = TRUE;
    else
      build->offsets[stays[i].subject + 1]++;
    build->stays[build->n_added + i] = stays[i];
  }
  build->n_added += n_stays;
  for (; next < TRACE_INDEX_N_KINDS; next++)
    starts[next] = (guint32) build->n_added;
  build->n_places = place;
}

void
trace_index_build_set_key (TraceIndexBuild *build, guint32 subject, const guint8 key[16])
{
  if (subject <= build->counts.n_keys)
    memcpy (build->bytes + build->layout.starts[TRACE_INDEX_KEYS] + (gsize) subject * 16, key, 16);
}

static int
compare_numbers (const void *a, const void *b)
{
  guint64 one = *(const guint64 *) a, other = *(const guint64 *) b;
  return (one > other) - (one < other);
}

// @postings: [n], of one subject. @spare: room for as many.
static void
sort_by_arrival (const TraceIndexBuild *build, guint32 *postings, gsize n, GArray *spare)
{
  gboolean is_sorted = TRUE;
  g_array_set_size (spare, (guint) n);
  guint64 *keys = (guint64 *) (void *) spare->data;
  for (gsize i = 0; i < n; i++) {
    keys[i] = (guint64) build->stays[postings[i]].arrived_s << 32 | postings[i];
    is_sorted = is_sorted && (i == 0 || keys[i - 1] < keys[i]);
  }
  if (is_sorted)
    return;
  qsort (keys, n, sizeof *keys, compare_numbers);
  for (gsize i = 0; i < n; i++)
    postings[i] = (guint32) keys[i];
}

// offsets[subject + 1] has counted the subject's stays.
static void
write_postings (TraceIndexBuild *build)
{
  gsize n_subjects = build->counts.n_subjects;
  g_autofree guint32 *next = g_new (guint32, n_subjects + 2);
  g_autoptr (GArray) spare = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (gsize i = 1; i < n_subjects + 2; i++)
    build->offsets[i] += build->offsets[i - 1];
  memcpy (next, build->offsets, (n_subjects + 2) * sizeof *next);
  for (gsize i = 0; i < build->n_added; i++)
    build->postings[next[build->stays[i].subject]++] = (guint32) i;
  for (gsize subject = 1; subject <= n_subjects; subject++)
    sort_by_arrival (build, build->postings + build->offsets[subject],
                     build->offsets[subject + 1] - build->offsets[subject], spare);
}

gboolean
trace_index_build_finish (TraceIndexBuild *build)
{
  gboolean ok = !build->is_wrong && build->n_added == build->counts.n_stays;
  if (ok) {
    start_until (build, build->counts.n_places);
    build->starts[(gsize) build->n_places * TRACE_INDEX_N_KINDS] = (guint32) build->n_added;
    write_postings (build);
    TraceIndexHeader *header = (TraceIndexHeader *) (void *) build->bytes;
    header->counts = build->counts;
    trace_index_seal (build->bytes, build->layout.starts[TRACE_INDEX_N_SECTIONS]);
  }
  g_free (build);
  return ok;
}

void
trace_index_seal (guint8 *bytes, gsize n_bytes)
{
  TraceIndexHeader *header = (TraceIndexHeader *) (void *) bytes;
  TraceIndexLayout layout;
  if (n_bytes < TRACE_INDEX_HEADER_SIZE)
    return;
  trace_index_layout_init (&layout, &header->counts);
  if (layout.starts[TRACE_INDEX_N_SECTIONS] != n_bytes)
    return;
  guint32 *sums = (guint32 *) (void *) (bytes + layout.starts[TRACE_INDEX_SUMS]);
  for (gsize i = 0; i < layout.n_blocks; i++)
    sums[i] = trace_index_sum (bytes + TRACE_INDEX_HEADER_SIZE + i * TRACE_INDEX_BLOCK_SIZE,
                               TRACE_INDEX_BLOCK_SIZE);
  memcpy (header->magic, TRACE_INDEX_MAGIC, sizeof header->magic);
  header->version = TRACE_INDEX_VERSION;
  header->sums_sum = trace_index_sum ((const guint8 *) sums, layout.n_blocks * sizeof *sums);
  header->header_sum = 0;
  header->header_sum = trace_index_sum (bytes, TRACE_INDEX_HEADER_SIZE);
}
