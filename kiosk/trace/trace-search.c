// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One level at a time: for each of its members, who was where they were. What a pair shared is
// judged by the rule of the core.

#define G_LOG_DOMAIN "trace-search"

#include "kiosk/trace/trace-search.h"

#include <gio/gio.h>
#include <string.h>

#include "kiosk/core/ct-contact.h"

typedef struct {
  TraceSource *source;
  const TraceQuestion *question;
  GHashTable *known; // subjects of all levels, the index case among them
  GHashTable *level; // subject → TraceContact, of the level that is being found
} Search;

// By subject, place and arrival; a place's presence windows come after its other stays, so that
// each lies beside the next.
static int
compare_stays (gconstpointer a, gconstpointer b)
{
  const TraceStay *one = a, *other = b;
  if (one->subject != other->subject)
    return one->subject < other->subject ? -1 : 1;
  if (one->place != other->place)
    return one->place < other->place ? -1 : 1;
  if ((one->evidence == TRACE_EVIDENCE_BLE) != (other->evidence == TRACE_EVIDENCE_BLE))
    return one->evidence == TRACE_EVIDENCE_BLE ? 1 : -1;
  return (one->arrived_s > other->arrived_s) - (one->arrived_s < other->arrived_s);
}

static int
compare_arrivals (gconstpointer a, gconstpointer b)
{
  const TraceStay *one = a, *other = b;
  if (one->arrived_s != other->arrived_s)
    return one->arrived_s < other->arrived_s ? -1 : 1;
  return compare_stays (a, b);
}

// @stays as compare_stays () orders them.
static void
merge_windows (GArray *stays)
{
  guint n = 0;
  for (guint i = 0; i < stays->len; i++) {
    TraceStay *stay = &g_array_index (stays, TraceStay, i);
    TraceStay *before = n > 0 ? &g_array_index (stays, TraceStay, n - 1) : NULL;
    if (before != NULL && stay->evidence == TRACE_EVIDENCE_BLE &&
        before->evidence == TRACE_EVIDENCE_BLE && before->subject == stay->subject &&
        before->place == stay->place && stay->arrived_s - before->left_s <= TRACE_MERGE_GAP_S) {
      before->left_s = MAX (before->left_s, stay->left_s);
      before->doubts |= stay->doubts;
    } else
      g_array_index (stays, TraceStay, n++) = *stay;
  }
  g_array_set_size (stays, n);
}

// A window just outside may be the other half of one that is inside. Leaves those that touch.
static void
keep_touching (GArray *stays, gint64 from_s, gint64 to_s)
{
  guint n = 0;
  for (guint i = 0; i < stays->len; i++) {
    const TraceStay *stay = &g_array_index (stays, TraceStay, i);
    if (stay->arrived_s < to_s && stay->left_s > from_s)
      g_array_index (stays, TraceStay, n++) = *stay;
  }
  g_array_set_size (stays, n);
}

GArray *
trace_find_stays (TraceSource *source,
                  const guint32 *subjects,
                  gsize n_subjects,
                  gint64 from_s,
                  gint64 to_s,
                  GError **error)
{
  g_autoptr (GArray) stays = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  if (!source->find_of (source, subjects, n_subjects, from_s - TRACE_MERGE_GAP_S,
                        to_s + TRACE_MERGE_GAP_S, stays, error))
    return NULL;
  g_array_sort (stays, compare_stays);
  merge_windows (stays);
  keep_touching (stays, from_s, to_s);
  g_array_sort (stays, compare_arrivals);
  return g_steal_pointer (&stays);
}

GArray *
trace_find_present (TraceSource *source, guint32 place, gint64 from_s, gint64 to_s, GError **error)
{
  const TracePlaceSpan span = { place, from_s - TRACE_MERGE_GAP_S, to_s + TRACE_MERGE_GAP_S };
  g_autoptr (GArray) stays = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  if (!source->find_at (source, &span, stays, error))
    return NULL;
  g_array_sort (stays, compare_stays);
  merge_windows (stays);
  keep_touching (stays, from_s, to_s);
  return g_steal_pointer (&stays);
}

// What @member shared with each other subject. (transfer full, subject → GArray of struct
// ct_shared)
static GHashTable *
find_shared (Search *search, const TraceContact *member, GError **error)
{
  gint64 from_s = member->level == 0 ? search->question->from_s
                                     : MAX (search->question->from_s,
                                            member->exposed_s + search->question->latency_s);
  gint64 to_s = search->question->to_s;
  g_autoptr (GHashTable) shared =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  g_autoptr (GArray) own =
      trace_find_stays (search->source, &member->subject, 1, from_s, to_s, error);
  for (guint i = 0; own != NULL && i < own->len; i++) {
    const TraceStay *stay = &g_array_index (own, TraceStay, i);
    gint64 begin_s = MAX (stay->arrived_s, from_s), end_s = MIN (stay->left_s, to_s);
    g_autoptr (GArray) present =
        trace_find_present (search->source, stay->place, begin_s, end_s, error);
    if (present == NULL)
      return NULL;
    for (guint j = 0; j < present->len; j++) {
      const TraceStay *other = &g_array_index (present, TraceStay, j);
      const struct ct_shared span = { MAX (begin_s, other->arrived_s), MIN (end_s, other->left_s),
                                      stay->place };
      GArray *spans = g_hash_table_lookup (shared, GUINT_TO_POINTER (other->subject));
      if (span.from_s >= span.to_s || other->subject == member->subject)
        continue;
      if (spans == NULL) {
        spans = g_array_new (FALSE, FALSE, sizeof span);
        g_hash_table_insert (shared, GUINT_TO_POINTER (other->subject), spans);
      }
      g_array_append_val (spans, span);
    }
  }
  return own != NULL ? g_steal_pointer (&shared) : NULL;
}

// Numbers say who came in first, keys do not.
static int
compare_keys (Search *search, guint32 one, guint32 other)
{
  guint8 keys[2][16] = { { 0 }, { 0 } };
  (void) search->source->get_key (search->source, one, keys[0], NULL);
  (void) search->source->get_key (search->source, other, keys[1], NULL);
  return memcmp (keys[0], keys[1], sizeof keys[0]);
}

// Is @found the better of two ways to the same subject?
static gboolean
is_better (Search *search, const TraceContact *found, const TraceContact *before)
{
  if (before == NULL || found->exposed_s != before->exposed_s)
    return before == NULL || found->exposed_s < before->exposed_s;
  return compare_keys (search, found->via, before->via) < 0;
}

static void
judge (Search *search, const TraceContact *member, guint32 subject, GArray *spans)
{
  const struct ct_contact_rule rule = { search->question->window_s,
                                        search->question->min_overlap_s };
  struct ct_shared *united = (struct ct_shared *) (void *) spans->data;
  TraceContact found = { .level = (guint8) (member->level + 1) };
  size_t index = 0;
  size_t n = ct_shared_unite (united, spans->len);
  if (g_hash_table_contains (search->known, GUINT_TO_POINTER (subject)) ||
      !ct_exposure_find (&rule, united, n, &found.exposed_s, &index))
    return;
  found.subject = subject;
  found.via = member->subject;
  found.overlap_s = ct_shared_measure (united, n);
  found.first_s = united[0].from_s;
  found.last_s = united[n - 1].to_s;
  found.place = united[index].place;
  if (is_better (search, &found, g_hash_table_lookup (search->level, GUINT_TO_POINTER (subject))))
    g_hash_table_replace (search->level, GUINT_TO_POINTER (subject),
                          g_memdup2 (&found, sizeof found));
}

static gboolean
follow (Search *search, const TraceContact *member, GError **error)
{
  if (member->is_staff && !search->question->through_staff)
    return TRUE;
  g_autoptr (GHashTable) shared = find_shared (search, member, error);
  if (shared == NULL)
    return FALSE;
  GHashTableIter iter;
  gpointer subject = NULL, spans = NULL;
  g_hash_table_iter_init (&iter, shared);
  while (g_hash_table_iter_next (&iter, &subject, &spans))
    judge (search, member, GPOINTER_TO_UINT (subject), spans);
  return TRUE;
}

static int
compare_contacts (gconstpointer a, gconstpointer b)
{
  const TraceContact *one = a, *other = b;
  if (one->level != other->level)
    return one->level < other->level ? -1 : 1;
  if (one->exposed_s != other->exposed_s)
    return one->exposed_s < other->exposed_s ? -1 : 1;
  return (one->subject > other->subject) - (one->subject < other->subject);
}

// The level that was found becomes known. @members: of TraceContact, its members from now on.
static void
close_level (Search *search, GArray *members)
{
  GHashTableIter iter;
  gpointer found = NULL;
  g_array_set_size (members, 0);
  g_hash_table_iter_init (&iter, search->level);
  while (g_hash_table_iter_next (&iter, NULL, &found)) {
    TraceContact *contact = found;
    contact->is_staff = search->source->is_staff (search->source, contact->subject);
    g_array_append_vals (members, contact, 1);
    g_hash_table_add (search->known, GUINT_TO_POINTER (contact->subject));
  }
  g_hash_table_remove_all (search->level);
  g_array_sort (members, compare_contacts);
}

static gboolean
find_levels (Search *search,
             const guint32 *index_case,
             gsize n_index_case,
             TraceAnswer *answer,
             TraceProgress progress,
             gpointer user_data,
             GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (TraceContact));
  for (gsize i = 0; i < n_index_case; i++) {
    const TraceContact first = { .subject = index_case[i] };
    g_array_append_val (members, first);
    g_hash_table_add (search->known, GUINT_TO_POINTER (first.subject));
  }
  for (guint level = 1; level <= search->question->levels && members->len > 0; level++) {
    guint n_members = members->len;
    for (guint i = 0; i < members->len; i++)
      if (!follow (search, &g_array_index (members, TraceContact, i), error))
        return FALSE;
    close_level (search, members);
    g_array_append_val (answer->n_of_level, members->len);
    if (members->len > 0)
      g_array_append_vals (answer->contacts, members->data, members->len);
    if (progress != NULL && !progress (level, n_members, n_members, members, user_data)) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the search was stopped");
      return FALSE;
    }
  }
  return TRUE;
}

TraceAnswer *
trace_search (TraceSource *source,
              const guint32 *index_case,
              gsize n_index_case,
              const TraceQuestion *question,
              TraceProgress progress,
              gpointer user_data,
              GError **error)
{
  Search search = {
    .source = source,
    .question = question,
    .known = g_hash_table_new (NULL, NULL),
    .level = g_hash_table_new_full (NULL, NULL, NULL, g_free),
  };
  g_autoptr (TraceAnswer) answer = g_new0 (TraceAnswer, 1);
  answer->contacts = g_array_new (FALSE, FALSE, sizeof (TraceContact));
  answer->n_of_level = g_array_new (FALSE, FALSE, sizeof (guint));
  gboolean ok = find_levels (&search, index_case, n_index_case, answer, progress, user_data, error);
  g_hash_table_unref (search.known);
  g_hash_table_unref (search.level);
  if (question->limit > 0 && answer->contacts->len > question->limit) {
    answer->n_cut = answer->contacts->len - question->limit;
    g_array_set_size (answer->contacts, question->limit);
  }
  return ok ? g_steal_pointer (&answer) : NULL;
}

void
trace_answer_free (TraceAnswer *answer)
{
  g_array_unref (answer->contacts);
  g_array_unref (answer->n_of_level);
  g_free (answer);
}
