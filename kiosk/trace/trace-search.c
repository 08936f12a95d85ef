// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One level at a time: for each of its members, who was where they were. Members are followed by
// exposure, so that the earliest that one of them can give only grows: whoever has an earlier one
// by then, or is known, is passed over with one look at an array.

#define G_LOG_DOMAIN "trace-search"

#include "kiosk/trace/trace-search.h"

#include <gio/gio.h>
#include <string.h>

#include "kiosk/core/ct-contact.h"
#include "kiosk/trace/trace-rank.h"
#include "kiosk/trace/trace-stays.h"

#define MEMBERS_AT_ONCE  256
#define TOUCHED_A_REPORT 1000000 // some ten milliseconds
#define LOOK_AHEAD       12
#define SPAN_MAX_S       ((gint64) G_MAXINT32) // 68 years

#define NEVER   0
#define SETTLED G_MAXUINT32

// Nothing is known of nearly everybody: that is zero, so that it costs nothing to begin.
typedef struct {
  guint32 exposed_for; // until the end of the search, and a second; this level's longest, or
                       // NEVER, or SETTLED
  guint32 shared;      // of the member: 1 + the number of the last that they shared; 0: nothing
} Person;

// What somebody shared with the member that is being followed, within one of its stays.
typedef struct {
  guint32 before; // the same person's last, as Person.shared
  guint32 own;    // the member's stay
  guint8 evidence, doubts;
  gint64 arrived_s, left_s;
} Shared;

// A part of what a pair shared, within the search.
typedef struct {
  struct ct_shared span;
  guint8 doubts;
} TracePart;

typedef struct {
  TraceSource *source;
  const TraceQuestion *question;
  struct ct_contact_rule rule;
  TraceProgress progress;
  gpointer user_data;
  guint32 n_people;
  Person *people;      // [n_people + 1]
  guint32 *contact_of; // [n_people + 1], into found, of those who have an exposure of this level
  GArray *found;       // of TraceContact
  GArray *own;         // of TraceStay: the member's
  GArray *present;     // of TraceStay
  GArray *shared;      // of Shared
  GArray *windows;     // of Shared
  GArray *touched;     // of guint32: those that have Person.shared
  // Of one person; each has room for all that was shared.
  TracePart *parts;
  struct ct_shared *spans; // united
  gsize n_parts, n_spans, n_room;
  guint64 n_touched, n_told; // stays looked at; and when that was last told
} Search;

typedef struct {
  TraceContact contact; // of level 0 for the index case
  gint64 from_s;        // contacts count from then on
} Member;

static void
search_init (Search *search, TraceSource *source, const TraceQuestion *question)
{
  *search = (Search){
    .source = source,
    .question = question,
    .rule = { question->window_s, question->min_overlap_s },
    .n_people = source->count_subjects (source),
    .found = g_array_new (FALSE, FALSE, sizeof (TraceContact)),
    .own = g_array_new (FALSE, FALSE, sizeof (TraceStay)),
    .present = g_array_new (FALSE, FALSE, sizeof (TraceStay)),
    .shared = g_array_new (FALSE, FALSE, sizeof (Shared)),
    .windows = g_array_new (FALSE, FALSE, sizeof (Shared)),
    .touched = g_array_new (FALSE, FALSE, sizeof (guint32)),
  };
  search->people = g_new0 (Person, (gsize) search->n_people + 1);
  search->contact_of = g_new (guint32, (gsize) search->n_people + 1);
}

static void
search_clear (Search *search)
{
  g_array_unref (search->found);
  g_array_unref (search->own);
  g_array_unref (search->present);
  g_array_unref (search->shared);
  g_array_unref (search->windows);
  g_array_unref (search->touched);
  g_free (search->parts);
  g_free (search->spans);
  g_free (search->people);
  g_free (search->contact_of);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

// By the end of the search; NEVER when it comes after it.
static guint32
count_exposed_for (const Search *search, gint64 exposed_s)
{
  return (guint32) MAX (search->question->to_s - exposed_s + 1, NEVER);
}

// Whoever was at the place of the member's stay number @own while it lasted. Its beginning bounds
// what it, and every later one, can give.
static void
take_present (Search *search, guint own, gint64 begin_s, gint64 end_s)
{
  guint32 longest = count_exposed_for (search, begin_s + search->rule.min_overlap_s);
  guint n = search->present->len, n_shared = search->shared->len, n_touched = search->touched->len;
  const TraceStay *stays = (const TraceStay *) (void *) search->present->data;
  search->n_touched += n;
  g_array_set_size (search->shared, n_shared + n);
  g_array_set_size (search->touched, n_touched + n);
  Shared *shared = (Shared *) (void *) search->shared->data;
  guint32 *touched = (guint32 *) (void *) search->touched->data;
  for (guint i = 0; i < n; i++) {
    const TraceStay *stay = &stays[i];
    if (i + LOOK_AHEAD < n)
      __builtin_prefetch (&search->people[MIN (stays[i + LOOK_AHEAD].subject, search->n_people)]);
    if (stay->subject > search->n_people)
      continue; // came in since the search began
    Person *person = &search->people[stay->subject];
    if (person->exposed_for > longest && person->shared == 0)
      continue;
    gboolean touches = stay->arrived_s < end_s && stay->left_s > begin_s;
    if (!touches && stay->evidence != TRACE_EVIDENCE_BLE)
      continue;
    if (person->shared == 0)
      touched[n_touched++] = stay->subject;
    shared[n_shared] = (Shared){ person->shared,  own,         stay->evidence, stay->doubts,
                                 stay->arrived_s, stay->left_s };
    person->shared = ++n_shared;
  }
  g_array_set_size (search->shared, n_shared);
  g_array_set_size (search->touched, n_touched);
}

static void
add_part (Search *search, const Member *member, const Shared *shared)
{
  const TraceStay *own = &g_array_index (search->own, TraceStay, shared->own);
  gint64 to_s = MIN (search->question->to_s, MIN (own->left_s, shared->left_s));
  gint64 from_s = MAX (member->from_s, MAX (own->arrived_s, shared->arrived_s));
  gboolean is_heard = own->evidence == TRACE_EVIDENCE_BLE || shared->evidence == TRACE_EVIDENCE_BLE;
  if (from_s < to_s)
    search->parts[search->n_parts++] = (TracePart){
      .span = { from_s, to_s, own->place },
      .doubts = (guint8) (own->doubts | shared->doubts | (is_heard ? TRACE_DOUBT_BEACON : 0)),
    };
}

static int
compare_windows (gconstpointer a, gconstpointer b)
{
  const Shared *one = a, *other = b;
  if (one->own != other->own)
    return one->own < other->own ? -1 : 1;
  return (one->arrived_s > other->arrived_s) - (one->arrived_s < other->arrived_s);
}

// The presence windows among what was shared are merged before they are clipped.
static void
add_windows (Search *search, const Member *member, guint32 last)
{
  GArray *windows = search->windows;
  g_array_set_size (windows, 0);
  for (guint32 i = last; i != 0; i = g_array_index (search->shared, Shared, i - 1).before)
    if (g_array_index (search->shared, Shared, i - 1).evidence == TRACE_EVIDENCE_BLE)
      g_array_append_val (windows, g_array_index (search->shared, Shared, i - 1));
  g_array_sort (windows, compare_windows);
  for (guint i = 0; i < windows->len;) {
    Shared merged = g_array_index (windows, Shared, i);
    for (i++; i < windows->len; i++) {
      const Shared *next = &g_array_index (windows, Shared, i);
      if (next->own != merged.own || next->arrived_s - merged.left_s > TRACE_MERGE_GAP_S)
        break;
      merged.left_s = MAX (merged.left_s, next->left_s);
      merged.doubts |= next->doubts;
    }
    add_part (search, member, &merged);
  }
}

static void
gather_parts (Search *search, const Member *member, guint32 last)
{
  gboolean has_windows = FALSE;
  search->n_parts = 0;
  for (guint32 i = last; i != 0; i = g_array_index (search->shared, Shared, i - 1).before) {
    const Shared *shared = &g_array_index (search->shared, Shared, i - 1);
    if (shared->evidence == TRACE_EVIDENCE_BLE)
      has_windows = TRUE;
    else
      add_part (search, member, shared);
  }
  if (has_windows)
    add_windows (search, member, last);
}

// Could the parts be enough, and early enough? Most are not, and cost no more than this.
static gboolean
may_expose (const Search *search, guint32 exposed_for)
{
  gint64 sum_s = 0, first_s = G_MAXINT64;
  for (gsize i = 0; i < search->n_parts; i++) {
    const struct ct_shared *span = &search->parts[i].span;
    sum_s += span->to_s - span->from_s;
    first_s = MIN (first_s, span->from_s);
  }
  return sum_s >= search->rule.min_overlap_s &&
         count_exposed_for (search, first_s + search->rule.min_overlap_s) >= exposed_for;
}

// The exposure by those parts that have none of @without. Leaves them in search->spans.
static gboolean
find_exposure (Search *search, guint8 without, gint64 *ret_exposed_s, gsize *ret_index)
{
  search->n_spans = 0;
  for (gsize i = search->n_parts; i > 0; i--) // they were gathered backwards
    if ((search->parts[i - 1].doubts & without) == 0)
      search->spans[search->n_spans++] = search->parts[i - 1].span;
  search->n_spans = ct_shared_unite (search->spans, search->n_spans);
  return ct_exposure_find (&search->rule, search->spans, search->n_spans, ret_exposed_s, ret_index);
}

// A doubt counts when the exposure would be another, or none, without what is doubted.
static guint8
find_doubts (Search *search, gint64 exposed_s)
{
  guint8 all = 0, doubts = 0;
  for (gsize i = 0; i < search->n_parts; i++)
    all |= search->parts[i].doubts;
  for (guint bit = 1; bit <= all; bit <<= 1) {
    gint64 without_s = 0;
    gsize index = 0;
    if ((all & bit) != 0 &&
        (!find_exposure (search, (guint8) bit, &without_s, &index) || without_s != exposed_s))
      doubts |= (guint8) bit;
  }
  return doubts;
}

// Of two that give the same exposure the one with the smaller key.
static gboolean
has_smaller_key (
    Search *search, guint32 one, guint32 other, gboolean *ret_is_smaller, GError **error)
{
  guint8 key[16], other_key[16];
  if (!search->source->get_key (search->source, one, key, error) ||
      !search->source->get_key (search->source, other, other_key, error))
    return FALSE;
  *ret_is_smaller = memcmp (key, other_key, sizeof key) < 0;
  return TRUE;
}

static gboolean
judge (Search *search, const Member *member, guint32 subject, GError **error)
{
  Person *person = &search->people[subject];
  TraceContact found = {
    .subject = subject,
    .via = member->contact.subject,
    .level = (guint8) (member->contact.level + 1),
  };
  gsize index = 0;
  gather_parts (search, member, person->shared);
  if (!may_expose (search, person->exposed_for) ||
      !find_exposure (search, 0, &found.exposed_s, &index))
    return TRUE;
  guint32 exposed_for = count_exposed_for (search, found.exposed_s);
  gboolean is_better = exposed_for > person->exposed_for;
  if (exposed_for == person->exposed_for) {
    const TraceContact *other =
        &g_array_index (search->found, TraceContact, search->contact_of[subject]);
    if (other->is_known)
      is_better = TRUE;
    else if (!has_smaller_key (search, found.via, other->via, &is_better, error))
      return FALSE;
  }
  if (!is_better)
    return TRUE;
  found.overlap_s = ct_shared_measure (search->spans, search->n_spans);
  found.first_s = search->spans[0].from_s;
  found.last_s = search->spans[search->n_spans - 1].to_s;
  found.place = search->spans[index].place;
  found.doubts = find_doubts (search, found.exposed_s);
  found.risk = trace_rank_weigh (&found, member->contact.risk, search->rule.min_overlap_s);
  if (person->exposed_for == NEVER) {
    search->contact_of[subject] = search->found->len;
    g_array_append_val (search->found, found);
  } else {
    g_array_index (search->found, TraceContact, search->contact_of[subject]) = found;
  }
  person->exposed_for = exposed_for;
  return TRUE;
}

static void
make_room (Search *search)
{
  if (search->shared->len <= search->n_room)
    return;
  search->n_room = 2 * (gsize) search->shared->len;
  search->parts = g_renew (TracePart, search->parts, search->n_room);
  search->spans = g_renew (struct ct_shared, search->spans, search->n_room);
}

static gboolean
follow (Search *search, const Member *member, GError **error)
{
  gboolean ok = TRUE;
  g_array_set_size (search->shared, 0);
  g_array_set_size (search->touched, 0);
  for (guint i = 0; ok && i < search->own->len; i++) {
    const TraceStay *stay = &g_array_index (search->own, TraceStay, i);
    const TracePlaceSpan span = { stay->place, MAX (stay->arrived_s, member->from_s),
                                  MIN (stay->left_s, search->question->to_s) };
    if (span.from_s >= span.to_s)
      continue;
    g_array_set_size (search->present, 0);
    ok = search->source->find_at (search->source, &span, search->present, error);
    if (ok)
      take_present (search, i, span.from_s, span.to_s);
  }
  make_room (search);
  for (guint i = 0; ok && i < search->touched->len; i++)
    ok = judge (search, member, g_array_index (search->touched, guint32, i), error);
  for (guint i = 0; i < search->touched->len; i++)
    search->people[g_array_index (search->touched, guint32, i)].shared = 0;
  return ok;
}

// A member's stays out of those of many, as they were asked for.
static void
take_own (Search *search, const Member *member, const TraceStay *stays, gsize n_stays)
{
  gboolean has_windows = FALSE;
  g_array_set_size (search->own, 0);
  if (n_stays > 0)
    g_array_append_vals (search->own, stays, (guint) n_stays);
  trace_stays_keep_touching (search->own, member->from_s - TRACE_MERGE_GAP_S,
                             search->question->to_s + TRACE_MERGE_GAP_S);
  for (guint i = 0; i < search->own->len; i++)
    has_windows |= g_array_index (search->own, TraceStay, i).evidence == TRACE_EVIDENCE_BLE;
  if (!has_windows)
    return;
  trace_stays_merge (search->own);
  g_array_sort (search->own, trace_stay_compare_arrivals);
}

static gboolean
tell_progress (
    Search *search, guint level, gsize n_done, gsize n_members, const GArray *kept, GError **error)
{
  search->n_told = search->n_touched;
  if (search->progress == NULL ||
      search->progress (level, n_done, n_members, kept, search->user_data))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the search was stopped in level %u",
               level);
  return FALSE;
}

static gboolean
find_stays (
    Search *search, const guint32 *subjects, gsize n, gint64 from_s, GArray *stays, GError **error)
{
  g_array_set_size (stays, 0);
  return search->source->find_of (search->source, subjects, n, from_s - TRACE_MERGE_GAP_S,
                                  search->question->to_s + TRACE_MERGE_GAP_S, stays, error);
}

static gint64
counts_from (const Search *search, const TraceContact *contact)
{
  return MAX (search->question->from_s, contact->exposed_s + search->question->latency_s);
}

// Members number @first and on, as many as are asked for at once.
static gboolean
follow_some (Search *search, const GArray *members, guint first, GArray *stays, GError **error)
{
  guint32 subjects[MEMBERS_AT_ONCE];
  const TraceContact *some = &g_array_index (members, TraceContact, first);
  gsize n = MIN (members->len - first, MEMBERS_AT_ONCE);
  gsize at = 0;
  for (gsize i = 0; i < n; i++)
    subjects[i] = some[i].subject;
  if (!find_stays (search, subjects, n, counts_from (search, &some[0]), stays, error))
    return FALSE;
  const TraceStay *all = (const TraceStay *) (void *) stays->data;
  for (gsize i = 0; i < n; i++) {
    const Member member = { some[i], counts_from (search, &some[i]) };
    gsize end = at;
    while (end < stays->len && all[end].subject == subjects[i])
      end++;
    take_own (search, &member, all + at, end - at);
    at = end;
    if (!follow (search, &member, error))
      return FALSE;
    if (search->n_touched - search->n_told >= TOUCHED_A_REPORT &&
        !tell_progress (search, some[i].level + 1u, first + i + 1, members->len, NULL, error))
      return FALSE;
  }
  return TRUE;
}

// @members: of TraceContact, by exposure.
static gboolean
find_level (Search *search, const GArray *members, GError **error)
{
  g_autoptr (GArray) stays = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  for (guint i = 0; i < members->len; i += MEMBERS_AT_ONCE)
    if (!follow_some (search, members, i, stays, error))
      return FALSE;
  return TRUE;
}

// An index case is one member, by whatever names it is known.
static gboolean
follow_seed (Search *search, const TraceSeed *seed, GError **error)
{
  const TraceQuestion *question = search->question;
  g_autoptr (GArray) own =
      trace_seed_find_stays (search->source, seed, question->from_s, question->to_s, error);
  if (own == NULL)
    return FALSE;
  const Member member = { { .subject = own->len > 0 ? seed->limits[0].subject : 0, .risk = 1 },
                          question->from_s };
  g_array_set_size (search->own, 0);
  if (own->len > 0)
    g_array_append_vals (search->own, own->data, own->len);
  return follow (search, &member, error);
}

static gboolean
find_first_level (Search *search, const TraceSeed *seeds, gsize n_seeds, GError **error)
{
  for (gsize i = 0; i < n_seeds; i++)
    for (gsize j = 0; j < seeds[i].n_limits; j++)
      if (seeds[i].limits[j].subject <= search->n_people)
        search->people[seeds[i].limits[j].subject].exposed_for = SETTLED;
  for (gsize i = 0; i < n_seeds; i++)
    if (!follow_seed (search, &seeds[i], error))
      return FALSE;
  return TRUE;
}

// Those of the level that nothing gives a lower one.
static void
add_known (Search *search, const GArray *known, guint level)
{
  for (guint i = 0; i < known->len; i++) {
    TraceContact contact = g_array_index (known, TraceContact, i);
    guint32 exposed_for = count_exposed_for (search, contact.exposed_s);
    if (contact.level != level || contact.subject > search->n_people || exposed_for == NEVER ||
        search->people[contact.subject].exposed_for != NEVER)
      continue;
    contact.risk = trace_rank_weigh (&contact, 1, search->rule.min_overlap_s);
    search->people[contact.subject].exposed_for = exposed_for;
    search->contact_of[contact.subject] = search->found->len;
    g_array_append_val (search->found, contact);
  }
}

// The level that was found becomes known, and goes into the answer.
static gboolean
close_level (Search *search, guint level, TraceAnswer *answer, GError **error)
{
  guint room = G_MAXUINT;
  for (guint i = 0; i < search->found->len; i++) {
    TraceContact *contact = &g_array_index (search->found, TraceContact, i);
    contact->is_staff = search->source->is_staff (search->source, contact->subject);
    search->people[contact->subject].exposed_for = SETTLED;
  }
  if (!trace_rank_sort (search->source, search->found, error))
    return FALSE;
  if (search->question->limit > 0)
    room = search->question->limit - answer->contacts->len;
  g_autoptr (GArray) kept = trace_rank_keep (search->found, room);
  trace_summary_add (answer->summary, search->found);
  g_array_append_val (answer->n_of_level, search->found->len);
  answer->n_cut += search->found->len - kept->len;
  answer->n_touched = search->n_touched;
  if (kept->len > 0)
    g_array_append_vals (answer->contacts, kept->data, kept->len);
  return tell_progress (search, level, search->found->len, search->found->len, kept, error);
}

// Those who are followed. @members: of TraceContact.
static void
take_members (Search *search, GArray *members)
{
  g_array_set_size (members, 0);
  for (guint i = 0; i < search->found->len; i++) {
    const TraceContact *contact = &g_array_index (search->found, TraceContact, i);
    if (!contact->is_staff || search->question->through_staff)
      g_array_append_vals (members, contact, 1);
  }
  g_array_set_size (search->found, 0);
}

static gboolean
check (const TraceQuestion *question, GError **error)
{
  const char *wrong = NULL;
  if (question->from_s >= question->to_s || question->to_s - question->from_s > SPAN_MAX_S)
    wrong = "it ends later than it begins, by 68 years at most";
  else if (question->min_overlap_s < 1 || question->min_overlap_s > SPAN_MAX_S)
    wrong = "the least overlap is at least one second";
  else if (question->latency_s < 0 || question->latency_s > SPAN_MAX_S)
    wrong = "the latency is not negative";
  else if (question->levels < 1 || question->levels > G_MAXUINT8)
    wrong = "it has at least one level";
  if (wrong != NULL)
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "search: %s", wrong);
  return wrong == NULL;
}

TraceAnswer *
trace_search_on (TraceSource *source,
                 const TraceSeed *seeds,
                 gsize n_seeds,
                 const GArray *known,
                 const TraceQuestion *question,
                 TraceProgress progress,
                 gpointer user_data,
                 GError **error)
{
  if (!check (question, error))
    return NULL;
  g_auto (Search) search = { 0 };
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (TraceContact));
  g_autoptr (TraceAnswer) answer = g_new0 (TraceAnswer, 1);
  search_init (&search, source, question);
  search.progress = progress;
  search.user_data = user_data;
  answer->contacts = g_array_new (FALSE, FALSE, sizeof (TraceContact));
  answer->n_of_level = g_array_new (FALSE, FALSE, sizeof (guint));
  answer->summary = trace_summary_new (question->day_offset_s);
  for (guint level = 1; level <= question->levels; level++) {
    add_known (&search, known, level);
    if (!(level == 1 ? find_first_level (&search, seeds, n_seeds, error)
                     : find_level (&search, members, error)) ||
        !close_level (&search, level, answer, error))
      return NULL;
    take_members (&search, members);
  }
  return g_steal_pointer (&answer);
}

TraceAnswer *
trace_search (TraceSource *source,
              const TraceSeed *seeds,
              gsize n_seeds,
              const TraceQuestion *question,
              TraceProgress progress,
              gpointer user_data,
              GError **error)
{
  g_autoptr (GArray) nobody = g_array_new (FALSE, FALSE, sizeof (TraceContact));
  return trace_search_on (source, seeds, n_seeds, nobody, question, progress, user_data, error);
}

void
trace_answer_free (TraceAnswer *answer)
{
  g_array_unref (answer->contacts);
  g_array_unref (answer->n_of_level);
  trace_summary_free (answer->summary);
  g_free (answer);
}
