// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-index-part"

#include <string.h>

#include "kiosk/trace/trace-index-layout.h"

struct TraceIndexPart {
  const guint8 *bytes;
  TraceIndexCounts counts;
  TraceIndexLayout layout;
  const TraceIndexStay *stays;
  const guint32 *postings, *starts, *longest, *offsets, *sums;
  guint8 *is_verified;   // of blocks
  guint32 *block_starts; // [block of stays]: the last of starts that is not after its first stay
  gsize n_stay_blocks;
  GHashTable *removed; // (nullable) numbers of stays
};

static gboolean
is_in_range (const TraceIndexPart *part, gsize block)
{
  gsize start = TRACE_INDEX_HEADER_SIZE + block * TRACE_INDEX_BLOCK_SIZE;
  if (start < part->layout.starts[TRACE_INDEX_POSTINGS]) {
    gsize end = MIN ((block + 1) * TRACE_INDEX_BLOCK_STAYS, part->counts.n_stays);
    for (gsize i = block * TRACE_INDEX_BLOCK_STAYS; i < end; i++)
      if (part->stays[i].subject == 0 || part->stays[i].subject > part->counts.n_subjects)
        return FALSE;
  } else if (start < part->layout.starts[TRACE_INDEX_STARTS]) {
    gsize first = (start - part->layout.starts[TRACE_INDEX_POSTINGS]) / sizeof (guint32);
    gsize end = MIN (first + TRACE_INDEX_BLOCK_SIZE / sizeof (guint32), part->counts.n_stays);
    for (gsize i = first; i < end; i++)
      if (part->postings[i] >= part->counts.n_stays)
        return FALSE;
  }
  return TRUE;
}

static gboolean
verify_block (TraceIndexPart *part, gsize block)
{
  const guint8 *bytes = part->bytes + TRACE_INDEX_HEADER_SIZE + block * TRACE_INDEX_BLOCK_SIZE;
  part->is_verified[block] = trace_index_sum (bytes, TRACE_INDEX_BLOCK_SIZE) == part->sums[block] &&
                             is_in_range (part, block);
  return part->is_verified[block];
}

static inline gboolean
verify (TraceIndexPart *part, gsize block)
{
  return G_LIKELY (part->is_verified[block]) || verify_block (part, block);
}

static gboolean
verify_section (TraceIndexPart *part, TraceIndexSection section)
{
  gsize start = part->layout.starts[section], end = part->layout.starts[section + 1];
  for (gsize at = start; at < end; at += TRACE_INDEX_BLOCK_SIZE)
    if (!verify (part, (at - TRACE_INDEX_HEADER_SIZE) / TRACE_INDEX_BLOCK_SIZE))
      return FALSE;
  return TRUE;
}

static gboolean
ascends (const guint32 *numbers, gsize n, guint64 last)
{
  for (gsize i = 1; i < n; i++)
    if (numbers[i - 1] > numbers[i])
      return FALSE;
  return numbers[0] == 0 && numbers[n - 1] == last;
}

static gboolean
check_header (const guint8 *bytes, gsize n_bytes, TraceIndexLayout *ret_layout)
{
  TraceIndexHeader header;
  guint8 page[TRACE_INDEX_HEADER_SIZE];
  if (n_bytes < sizeof page)
    return FALSE;
  memcpy (page, bytes, sizeof page);
  memcpy (&header, page, sizeof header);
  memset (page + G_STRUCT_OFFSET (TraceIndexHeader, header_sum), 0, sizeof header.header_sum);
  if (memcmp (header.magic, TRACE_INDEX_MAGIC, sizeof header.magic) != 0 ||
      header.version != TRACE_INDEX_VERSION ||
      header.header_sum != trace_index_sum (page, sizeof page) ||
      header.counts.n_stays > TRACE_INDEX_STAYS_MAX ||
      header.counts.n_places > G_MAXUINT32 / TRACE_INDEX_N_KINDS - 1)
    return FALSE;
  trace_index_layout_init (ret_layout, &header.counts);
  return ret_layout->starts[TRACE_INDEX_N_SECTIONS] == n_bytes &&
         header.sums_sum == trace_index_sum (bytes + ret_layout->starts[TRACE_INDEX_SUMS],
                                             ret_layout->n_blocks * sizeof (guint32));
}

static void
find_block_starts (TraceIndexPart *part)
{
  gsize n_starts = (gsize) part->counts.n_places * TRACE_INDEX_N_KINDS;
  gsize at = 0;
  part->n_stay_blocks =
      (part->counts.n_stays + TRACE_INDEX_BLOCK_STAYS - 1) / TRACE_INDEX_BLOCK_STAYS;
  part->block_starts = g_new (guint32, part->n_stay_blocks + 1);
  for (gsize block = 0; block < part->n_stay_blocks; block++) {
    while (at + 1 < n_starts && part->starts[at + 1] <= block * TRACE_INDEX_BLOCK_STAYS)
      at++;
    part->block_starts[block] = (guint32) at;
  }
  part->block_starts[part->n_stay_blocks] = (guint32) (n_starts > 0 ? n_starts - 1 : 0);
}

TraceIndexPart *
trace_index_part_new (const guint8 *bytes, gsize n_bytes)
{
  TraceIndexLayout layout;
  if (!check_header (bytes, n_bytes, &layout))
    return NULL;
  g_autoptr (TraceIndexPart) part = g_new0 (TraceIndexPart, 1);
  part->bytes = bytes;
  part->counts = ((const TraceIndexHeader *) (const void *) bytes)->counts;
  part->layout = layout;
  part->stays = (const void *) (bytes + layout.starts[TRACE_INDEX_STAYS]);
  part->postings = (const void *) (bytes + layout.starts[TRACE_INDEX_POSTINGS]);
  part->starts = (const void *) (bytes + layout.starts[TRACE_INDEX_STARTS]);
  part->longest = (const void *) (bytes + layout.starts[TRACE_INDEX_LONGEST]);
  part->offsets = (const void *) (bytes + layout.starts[TRACE_INDEX_OFFSETS]);
  part->sums = (const void *) (bytes + layout.starts[TRACE_INDEX_SUMS]);
  part->is_verified = g_new0 (guint8, layout.n_blocks);
  if (!verify_section (part, TRACE_INDEX_STARTS) || !verify_section (part, TRACE_INDEX_LONGEST) ||
      !verify_section (part, TRACE_INDEX_OFFSETS) ||
      !ascends (part->starts, (gsize) part->counts.n_places * TRACE_INDEX_N_KINDS + 1,
                part->counts.n_stays) ||
      !ascends (part->offsets, (gsize) part->counts.n_subjects + 2, part->counts.n_stays))
    return NULL;
  find_block_starts (part);
  return g_steal_pointer (&part);
}

void
trace_index_part_free (TraceIndexPart *part)
{
  g_clear_pointer (&part->removed, g_hash_table_unref);
  g_free (part->is_verified);
  g_free (part->block_starts);
  g_free (part);
}

const TraceIndexCounts *
trace_index_part_get_counts (const TraceIndexPart *part)
{
  return &part->counts;
}

static inline gboolean
verify_stay (TraceIndexPart *part, gsize number)
{
  return verify (part, number / TRACE_INDEX_BLOCK_STAYS);
}

static inline gboolean
is_removed (const TraceIndexPart *part, gsize number)
{
  return G_UNLIKELY (part->removed != NULL) &&
         g_hash_table_contains (part->removed, GSIZE_TO_POINTER (number));
}

static inline gint64
left_of (const TraceIndexStay *stay, const TraceOpenStays *open_stays)
{
  gint64 arrived_s = stay->arrived_s, length_s = trace_index_stay_length (stay);
  if (G_LIKELY (!trace_index_stay_is_open (stay)))
    return arrived_s + length_s;
  arrived_s += length_s; // without its slack
  return length_s +
         MAX (arrived_s + 1, MIN (arrived_s + open_stays->longest_stay_s, open_stays->now_s));
}

static inline void
unpack (const TraceIndexStay *stay, guint32 place, gint64 left_s, TraceStay *ret_stay)
{
  ret_stay->subject = stay->subject;
  ret_stay->place = place;
  ret_stay->arrived_s = stay->arrived_s;
  ret_stay->left_s = left_s;
  ret_stay->evidence = (guint8) (stay->rest & TRACE_INDEX_EVIDENCE_MAX);
  ret_stay->doubts =
      (guint8) (stay->rest >> TRACE_INDEX_DOUBTS_SHIFT &
                (TRACE_DOUBT_STATIC | TRACE_DOUBT_CLOCK | TRACE_DOUBT_CONFLICT | TRACE_DOUBT_OPEN));
}

// The first in [@first, @end) that arrived at @time_s or later. FALSE: damaged.
static gboolean
find_arrival (TraceIndexPart *part, gsize first, gsize end, gint64 time_s, gsize *ret_number)
{
  while (first < end) {
    gsize middle = first + (end - first) / 2;
    if (!verify_stay (part, middle))
      return FALSE;
    if (part->stays[middle].arrived_s < time_s)
      first = middle + 1;
    else
      end = middle;
  }
  *ret_number = first;
  return TRUE;
}

// Those of numbers [@first, @end), of one place and kind, that touch the span.
static gboolean
take_range (TraceIndexPart *part,
            const TraceOpenStays *open_stays,
            gsize first,
            gsize end,
            const TracePlaceSpan *span,
            GArray *stays)
{
  guint n = stays->len;
  for (gsize block = first / TRACE_INDEX_BLOCK_STAYS; block * TRACE_INDEX_BLOCK_STAYS < end;
       block++)
    if (!verify (part, block))
      return FALSE;
  g_array_set_size (stays, n + (guint) (end - first));
  TraceStay *next = &g_array_index (stays, TraceStay, n);
  for (gsize i = first; i < end; i++) {
    gint64 left_s = left_of (&part->stays[i], open_stays);
    if (left_s <= span->from_s || is_removed (part, i))
      continue;
    unpack (&part->stays[i], span->place, left_s, next++);
  }
  g_array_set_size (stays, (guint) (next - (TraceStay *) (void *) stays->data));
  return TRUE;
}

static gboolean
find_kind (TraceIndexPart *part,
           const TraceOpenStays *open_stays,
           guint kind,
           const TracePlaceSpan *span,
           GArray *stays)
{
  gsize at = (gsize) (span->place - 1) * TRACE_INDEX_N_KINDS + kind;
  gsize first = part->starts[at], end = part->starts[at + 1];
  gint64 longest_s = part->longest[at];
  TracePlaceSpan wide = *span;
  if (first == end)
    return TRUE;
  if (kind == TRACE_INDEX_KIND_OPEN)
    longest_s = 2 * longest_s + MAX (open_stays->longest_stay_s, 1);
  if (kind == TRACE_INDEX_KIND_WINDOW || kind == TRACE_INDEX_KIND_OPEN) {
    wide.from_s -= TRACE_MERGE_GAP_S;
    wide.to_s += TRACE_MERGE_GAP_S;
  }
  return find_arrival (part, first, end, wide.from_s - longest_s + 1, &first) &&
         find_arrival (part, first, end, wide.to_s, &end) &&
         take_range (part, open_stays, first, end, &wide, stays);
}

gboolean
trace_index_part_find_at (TraceIndexPart *part,
                          const TraceOpenStays *open_stays,
                          const TracePlaceSpan *span,
                          GArray *stays)
{
  if (span->place == 0 || span->place > part->counts.n_places)
    return TRUE;
  for (guint kind = 0; kind < TRACE_INDEX_N_KINDS; kind++)
    if (!find_kind (part, open_stays, kind, span, stays))
      return FALSE;
  return TRUE;
}

static guint32
place_of (const TraceIndexPart *part, gsize number)
{
  gsize block = number / TRACE_INDEX_BLOCK_STAYS;
  gsize first = part->block_starts[block], last = part->block_starts[block + 1];
  while (first < last) {
    gsize middle = first + (last - first + 1) / 2;
    if (part->starts[middle] <= number)
      first = middle;
    else
      last = middle - 1;
  }
  return (guint32) (first / TRACE_INDEX_N_KINDS + 1);
}

gboolean
trace_index_part_find_of (TraceIndexPart *part,
                          const TraceOpenStays *open_stays,
                          guint32 subject,
                          gint64 from_s,
                          gint64 to_s,
                          GArray *stays)
{
  const gsize a_block = TRACE_INDEX_BLOCK_SIZE / sizeof (guint32);
  const gsize first_block = (part->layout.starts[TRACE_INDEX_POSTINGS] - TRACE_INDEX_HEADER_SIZE) /
                            TRACE_INDEX_BLOCK_SIZE;
  if (subject == 0 || subject > part->counts.n_subjects)
    return TRUE;
  for (gsize i = part->offsets[subject]; i < part->offsets[subject + 1]; i++) {
    if (!verify (part, first_block + i / a_block) || !verify_stay (part, part->postings[i]))
      return FALSE;
    const TraceIndexStay *stay = &part->stays[part->postings[i]];
    gint64 left_s = left_of (stay, open_stays);
    if (stay->arrived_s >= to_s)
      break;
    if (left_s <= from_s || is_removed (part, part->postings[i]))
      continue;
    TraceStay found;
    unpack (stay, place_of (part, part->postings[i]), left_s, &found);
    g_array_append_val (stays, found);
  }
  return TRUE;
}

const guint8 *
trace_index_part_get_key (TraceIndexPart *part, guint32 subject)
{
  gsize at = part->layout.starts[TRACE_INDEX_KEYS] + (gsize) subject * 16;
  gsize block = (at - TRACE_INDEX_HEADER_SIZE) / TRACE_INDEX_BLOCK_SIZE;
  return subject <= part->counts.n_keys && verify (part, block) ? part->bytes + at : NULL;
}

gboolean
trace_index_part_remove (TraceIndexPart *part,
                         guint32 place,
                         const TraceIndexStay *stay,
                         gboolean *ret_found)
{
  *ret_found = FALSE;
  if (place == 0 || place > part->counts.n_places)
    return TRUE;
  gsize at = (gsize) (place - 1) * TRACE_INDEX_N_KINDS + trace_index_kind_of (stay);
  gsize end = part->starts[at + 1], i = part->starts[at];
  if (!find_arrival (part, i, end, stay->arrived_s, &i))
    return FALSE;
  for (; !*ret_found && i < end; i++) {
    if (!verify_stay (part, i))
      return FALSE;
    if (part->stays[i].arrived_s != stay->arrived_s)
      break;
    if (trace_index_stay_compare (&part->stays[i], stay) != 0 || is_removed (part, i))
      continue;
    if (part->removed == NULL)
      part->removed = g_hash_table_new (NULL, NULL);
    *ret_found = g_hash_table_add (part->removed, GSIZE_TO_POINTER (i));
  }
  return TRUE;
}
