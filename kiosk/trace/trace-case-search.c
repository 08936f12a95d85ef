// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// All index cases are one search, each in infectious days of its own: a path never goes back in
// time where it comes upon another's, and no index case is somebody's contact. Who may have been
// exposed by stays that are gone goes into the search with the level that they had, so that whom
// they met since is found again.

#define G_LOG_DOMAIN "trace-case"

#include <string.h>

#include "kiosk/trace/trace-case-private.h"

#define DAY_S     86400
#define TRIES_MAX 16 // until nobody's level hangs on another's that changed

static guint
hash_subject (gconstpointer subject)
{
  guint hash = 0;
  memcpy (&hash, subject, sizeof hash); // pseudonyms are random
  return hash;
}

static gboolean
equal_subjects (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, TRACE_SUBJECT_SIZE) == 0;
}

GHashTable *
trace_case_levels_new (void)
{
  return g_hash_table_new_full (hash_subject, equal_subjects, NULL, g_free);
}

void
trace_case_levels_put (GHashTable *levels, const TraceCaseLevel *level)
{
  TraceCaseLevel *kept = g_memdup2 (level, sizeof *level);
  g_hash_table_replace (levels, kept->subject, kept);
}

// What all of it is found with.
typedef struct {
  const TraceCaseSearch *search;
  TraceCasePeople people;
  GHashTable *from_s; // subject → gint64: of an index case, when it was infectious first
  GHashTable *kept;   // subject → TraceCaseLevel: contacts by stays that may have been let go
} Finding;

static void
finding_clear (Finding *finding)
{
  trace_case_people_clear (&finding->people);
  g_clear_pointer (&finding->from_s, g_hash_table_unref);
  g_clear_pointer (&finding->kept, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Finding, finding_clear)

static void
list_index_cases (Finding *finding)
{
  const GArray *entries = finding->search->entries;
  for (guint i = 0; i < entries->len; i++) {
    TraceIndexCase *entry = &g_array_index (entries, TraceIndexCase, i);
    const gint64 *from_s = g_hash_table_lookup (finding->from_s, entry->subject);
    if (!entry->is_withdrawn && (from_s == NULL || *from_s > entry->from_s))
      g_hash_table_replace (finding->from_s, entry->subject, &entry->from_s);
  }
}

static void
list_kept (Finding *finding)
{
  const TraceCaseSearch *search = finding->search;
  gint64 dropped_before_s = search->what->dropped_before_s;
  gint64 until_s = dropped_before_s + search->what->question.window_s + DAY_S; // with a long stay
  for (guint i = 0; i < search->before->len && dropped_before_s != 0; i++) {
    TraceCaseLevel level = g_array_index (search->before, TraceCaseLevel, i);
    if (level.level == 0 || level.exposed_s >= until_s ||
        g_hash_table_contains (finding->from_s, level.subject))
      continue;
    if (level.kept_before_s == 0)
      level.kept_before_s = dropped_before_s;
    trace_case_levels_put (finding->kept, &level);
  }
}

// Those of them whom the store knows. (transfer full) of TraceContact.
static GArray *
list_known (const Finding *finding, GError **error)
{
  g_autoptr (GArray) known = g_array_new (FALSE, FALSE, sizeof (TraceContact));
  GHashTableIter iter;
  TraceCaseLevel *level = NULL;
  g_hash_table_iter_init (&iter, finding->kept);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &level)) {
    TraceContact contact = { .level = level->level,
                             .doubts = level->doubts,
                             .exposed_s = level->exposed_s,
                             .overlap_s = level->overlap_s,
                             .is_known = TRUE };
    if (!trace_store_find_subject (finding->search->store, level->subject, &contact.subject, error))
      return NULL;
    if (contact.subject > 0)
      g_array_append_val (known, contact);
  }
  return g_steal_pointer (&known);
}

static gboolean
take_contacts (const Finding *finding, const GArray *contacts, GHashTable *levels, GError **error)
{
  TraceSource *source = trace_store_get_source (finding->search->store);
  for (guint i = 0; i < contacts->len; i++) {
    const TraceContact *contact = &g_array_index (contacts, TraceContact, i);
    TraceCaseLevel level = { .level = contact->level,
                             .doubts = contact->doubts,
                             .exposed_s = contact->exposed_s,
                             .overlap_s = contact->overlap_s };
    if (!source->get_key (source, contact->subject, level.subject, error))
      return FALSE;
    if (contact->is_known)
      trace_case_levels_put (levels, g_hash_table_lookup (finding->kept, level.subject));
    else if (source->get_key (source, contact->via, level.via, error))
      trace_case_levels_put (levels, &level);
    else
      return FALSE;
  }
  return TRUE;
}

// Whom the search does not tell: index cases, and whom the store does not know any more.
static void
take_others (const Finding *finding, GHashTable *levels)
{
  GHashTableIter iter;
  gpointer subject = NULL, kept = NULL;
  g_hash_table_iter_init (&iter, finding->kept);
  while (g_hash_table_iter_next (&iter, &subject, &kept))
    if (!g_hash_table_contains (levels, subject))
      trace_case_levels_put (levels, kept);
  g_hash_table_iter_init (&iter, finding->from_s);
  while (g_hash_table_iter_next (&iter, &subject, NULL)) {
    TraceCaseLevel level = { .level = 0 };
    memcpy (level.subject, subject, TRACE_SUBJECT_SIZE);
    memcpy (level.via, subject, TRACE_SUBJECT_SIZE);
    trace_case_levels_put (levels, &level);
  }
}

// (transfer full)
static GHashTable *
search_once (const Finding *finding, GError **error)
{
  const TraceCaseSearch *search = finding->search;
  const GArray *seeds = finding->people.seeds;
  g_autoptr (GHashTable) levels = trace_case_levels_new ();
  g_autoptr (GArray) known = list_known (finding, error);
  TraceQuestion question = search->what->question;
  question.from_s = finding->people.from_s;
  question.to_s = MIN (question.to_s, search->now_s);
  if (known == NULL)
    return NULL;
  if (question.from_s < question.to_s) {
    g_autoptr (TraceAnswer) answer = trace_search_on (
        trace_store_get_source (search->store), (const TraceSeed *) (const void *) seeds->data,
        seeds->len, known, &question, search->progress, search->user_data, error);
    if (answer == NULL || !take_contacts (finding, answer->contacts, levels, error))
      return NULL;
  }
  take_others (finding, levels);
  return g_steal_pointer (&levels);
}

// One more than that of whom they have it from; 0: they cannot have it from them any more.
static guint8
find_level (const Finding *finding, const TraceCaseLevel *level, GHashTable *levels)
{
  const TraceQuestion *question = &finding->search->what->question;
  const TraceCaseLevel *via = g_hash_table_lookup (levels, level->via);
  const gint64 *from_s = g_hash_table_lookup (finding->from_s, level->via);
  if (via == NULL || via->level >= question->levels)
    return 0;
  gint64 first_s = from_s != NULL ? *from_s : via->exposed_s + question->latency_s;
  return first_s + question->min_overlap_s <= level->exposed_s ? (guint8) (via->level + 1) : 0;
}

// FALSE: there was nothing to settle.
static gboolean
settle (Finding *finding, GHashTable *levels)
{
  gboolean has_changed = FALSE;
  GHashTableIter iter;
  TraceCaseLevel *level = NULL;
  g_hash_table_iter_init (&iter, finding->kept);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &level)) {
    const TraceCaseLevel *now = g_hash_table_lookup (levels, level->subject);
    guint8 number = find_level (finding, level, levels);
    if (now->kept_before_s == 0 || number == level->level)
      continue; // what there is says it as well
    has_changed = TRUE;
    level->level = number;
    if (number == 0)
      g_hash_table_iter_remove (&iter);
  }
  return has_changed;
}

GHashTable *
trace_case_search (const TraceCaseSearch *search, GError **error)
{
  g_auto (Finding) finding = {
    .search = search,
    .from_s = g_hash_table_new (hash_subject, equal_subjects),
    .kept = trace_case_levels_new (),
  };
  list_index_cases (&finding);
  list_kept (&finding);
  if (!trace_case_find_people (search->store, search->entries, &finding.people, error))
    return NULL;
  for (guint i = 0; i < TRIES_MAX; i++) {
    g_autoptr (GHashTable) levels = search_once (&finding, error);
    if (levels == NULL || !settle (&finding, levels))
      return g_steal_pointer (&levels);
  }
  g_hash_table_remove_all (finding.kept);
  return search_once (&finding, error);
}
