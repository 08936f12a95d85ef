// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <stdlib.h>
#include <string.h>

#include "kiosk/core/ct-contact.h"
#include "rival.h"

#define NEVER G_MAXUINT32

struct Reference {
  const Province *province;
  guint32 *starts;   // [n_places + 2]
  guint32 *longest;  // [n_places + 1]
  guint32 *offsets;  // [n_subjects + 2]
  guint32 *postings; // by subject and arrival
};

typedef struct {
  guint32 exposed_s; // 0: known
  guint32 last;      // 1 + its last part
} Person;

typedef struct {
  guint32 before;
  guint32 from_s, to_s;
} Part;

typedef struct {
  const Reference *reference;
  const RivalQuestion *question;
  Person *people;
  GArray *touched, *parts, *spans;
  double n_touched;
} Run;

static guint32
find_arrival (const Reference *reference, guint32 first, guint32 end, gint64 time_s)
{
  while (first < end) {
    guint32 middle = first + (end - first) / 2;
    if (reference->province->stays[middle].arrived_s < time_s)
      first = middle + 1;
    else
      end = middle;
  }
  return first;
}

static void
touch (Run *run, const ProvinceStay *own, guint32 from_s, guint32 to_s)
{
  const Reference *reference = run->reference;
  guint32 end = reference->starts[own->place + 1];
  guint32 earliest_s = from_s + run->question->min_overlap_s;
  guint32 i = find_arrival (reference, reference->starts[own->place], end,
                            (gint64) from_s - reference->longest[own->place]);
  guint32 first = i;
  const ProvinceStay *stays = reference->province->stays;
  for (; i < end && stays[i].arrived_s < to_s; i++) {
    if (stays[i].left_s <= from_s)
      continue;
    Person *person = &run->people[stays[i].subject];
    if (person->exposed_s < earliest_s && person->last == 0)
      continue;
    if (person->last == 0)
      g_array_append_val (run->touched, stays[i].subject);
    const Part part = { person->last, MAX (from_s, stays[i].arrived_s),
                        MIN (to_s, stays[i].left_s) };
    g_array_append_val (run->parts, part);
    person->last = run->parts->len;
  }
  run->n_touched += i - first;
}

static void
judge (Run *run, guint32 subject, RivalAnswer *answer, guint level)
{
  const struct ct_contact_rule rule = { run->question->window_s, run->question->min_overlap_s };
  Person *person = &run->people[subject];
  int64_t exposed_s = 0;
  size_t index = 0;
  g_array_set_size (run->spans, 0);
  for (guint32 i = person->last; i != 0; i = g_array_index (run->parts, Part, i - 1).before) {
    const Part *part = &g_array_index (run->parts, Part, i - 1);
    const struct ct_shared span = { part->from_s, part->to_s, 0 };
    g_array_append_val (run->spans, span);
  }
  person->last = 0;
  struct ct_shared *spans = (struct ct_shared *) (void *) run->spans->data;
  size_t n = ct_shared_unite (spans, run->spans->len);
  if (!ct_exposure_find (&rule, spans, n, &exposed_s, &index) || exposed_s >= person->exposed_s)
    return;
  if (person->exposed_s == NEVER) {
    answer->level[subject] = (guint8) level;
    answer->n[level]++;
  }
  person->exposed_s = (guint32) exposed_s;
  answer->exposed_s[subject] = (guint32) exposed_s;
}

static void
follow (Run *run, guint32 subject, guint32 from_s, RivalAnswer *answer, guint level)
{
  const Reference *reference = run->reference;
  g_array_set_size (run->parts, 0);
  g_array_set_size (run->touched, 0);
  for (guint32 i = reference->offsets[subject]; i < reference->offsets[subject + 1]; i++) {
    const ProvinceStay *own = &reference->province->stays[reference->postings[i]];
    guint32 begin_s = MAX (own->arrived_s, from_s), end_s = MIN (own->left_s, run->question->to_s);
    if (begin_s < end_s)
      touch (run, own, begin_s, end_s);
  }
  for (guint i = 0; i < run->touched->len; i++)
    judge (run, g_array_index (run->touched, guint32, i), answer, level);
}

typedef struct {
  guint32 exposed_s, subject;
} Exposed;

static int
compare_exposures (const void *a, const void *b)
{
  guint32 one = ((const Exposed *) a)->exposed_s, other = ((const Exposed *) b)->exposed_s;
  return (one > other) - (one < other);
}

static void
take_members (const Run *run, const RivalAnswer *answer, guint level, GArray *members)
{
  const Province *province = run->reference->province;
  g_array_set_size (members, 0);
  for (guint32 i = 1; i <= province->n_people; i++)
    if (answer->level[i] == level) {
      const Exposed one = { answer->exposed_s[i], i };
      g_array_append_val (members, one);
    }
  qsort (members->data, members->len, sizeof (Exposed), compare_exposures);
  for (guint32 i = 1; i <= province->n_subjects; i++)
    if (answer->level[i] == level)
      run->people[i].exposed_s = 0;
}

void
reference_search (const Reference *reference, const RivalQuestion *question, RivalAnswer *answer)
{
  const Province *province = reference->province;
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (Exposed));
  Run run = {
    .reference = reference,
    .question = question,
    .people = g_new0 (Person, (gsize) province->n_subjects + 1),
    .touched = g_array_new (FALSE, FALSE, sizeof (guint32)),
    .parts = g_array_new (FALSE, FALSE, sizeof (Part)),
    .spans = g_array_new (FALSE, FALSE, sizeof (struct ct_shared)),
  };
  const Exposed first = { question->from_s, question->subject };
  g_array_append_val (members, first);
  for (guint32 i = 1; i <= province->n_subjects; i++)
    run.people[i].exposed_s = NEVER;
  run.people[question->subject].exposed_s = 0;
  for (guint level = 1; level <= question->levels; level++) {
    double began_s = rival_cpu_s ();
    run.n_touched = 0;
    for (guint i = 0; i < members->len; i++) {
      const Exposed *member = &g_array_index (members, Exposed, i);
      follow (&run, member->subject, member->exposed_s, answer, level);
    }
    take_members (&run, answer, level, members);
    answer->took_s[level] = rival_cpu_s () - began_s;
    answer->n_touched[level] = run.n_touched;
  }
  g_array_unref (run.touched);
  g_array_unref (run.parts);
  g_array_unref (run.spans);
  g_free (run.people);
}

static int
compare_arrivals (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const ProvinceStay *stays = user_data;
  guint32 one = stays[*(const guint32 *) a].arrived_s,
          other = stays[*(const guint32 *) b].arrived_s;
  return (one > other) - (one < other);
}

Reference *
reference_new (const Province *province)
{
  Reference *reference = g_new0 (Reference, 1);
  gsize n_subjects = province->n_subjects, n_places = province->n_places;
  const ProvinceStay *stays = province->stays;
  reference->province = province;
  reference->starts = g_new0 (guint32, n_places + 2);
  reference->longest = g_new0 (guint32, n_places + 1);
  reference->offsets = g_new0 (guint32, n_subjects + 2);
  reference->postings = g_new (guint32, province->n_stays);
  for (gsize i = 0; i < province->n_stays; i++) {
    guint32 *longest = &reference->longest[stays[i].place];
    *longest = MAX (*longest, stays[i].left_s - stays[i].arrived_s);
    reference->starts[stays[i].place + 1]++;
    reference->offsets[stays[i].subject + 1]++;
  }
  for (gsize i = 1; i < n_places + 2; i++)
    reference->starts[i] += reference->starts[i - 1];
  for (gsize i = 1; i < n_subjects + 2; i++)
    reference->offsets[i] += reference->offsets[i - 1];
  g_autofree guint32 *next = g_memdup2 (reference->offsets, (n_subjects + 2) * sizeof *next);
  for (gsize i = 0; i < province->n_stays; i++)
    reference->postings[next[stays[i].subject]++] = (guint32) i;
  for (gsize i = 1; i <= n_subjects; i++)
    g_qsort_with_data (reference->postings + reference->offsets[i],
                       (gint) (reference->offsets[i + 1] - reference->offsets[i]), sizeof (guint32),
                       compare_arrivals, (gpointer) stays);
  return reference;
}

void
reference_free (Reference *reference)
{
  g_free (reference->starts);
  g_free (reference->longest);
  g_free (reference->offsets);
  g_free (reference->postings);
  g_free (reference);
}
