// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A ring of the last answers. 256 entries are searched in a few microseconds, so there is no index.

#define G_LOG_DOMAIN "entrance-recent"

#include "kiosk/entrance/entrance-recent.h"

#include <string.h>

typedef struct {
  guint8 key[16];
  gint64 at_ms;
  EntranceAnswer answer;
} Entry;

struct _EntranceRecent {
  Entry entries[ENTRANCE_RECENT_MAX];
  guint n_entries;
  guint next;
};

void
entrance_answer_clear (EntranceAnswer *answer)
{
  g_clear_pointer (&answer->committed, journal_committed_unref);
  g_clear_pointer (&answer->masked_name, g_free);
  *answer = (EntranceAnswer){ .message = ENTRANCE_MESSAGE_NONE };
}

EntranceAnswer
entrance_answer_copy (const EntranceAnswer *answer)
{
  EntranceAnswer copy = *answer;
  copy.masked_name = g_strdup (answer->masked_name);
  if (answer->committed != NULL)
    copy.committed = journal_committed_ref (answer->committed);
  return copy;
}

EntranceRecent *
entrance_recent_new (void)
{
  return g_new0 (EntranceRecent, 1);
}

void
entrance_recent_free (EntranceRecent *recent)
{
  for (guint i = 0; i < recent->n_entries; i++)
    entrance_answer_clear (&recent->entries[i].answer);
  g_free (recent);
}

static Entry *
find_entry (EntranceRecent *recent, const guint8 key[16])
{
  for (guint i = 0; i < recent->n_entries; i++)
    if (memcmp (recent->entries[i].key, key, 16) == 0)
      return &recent->entries[i];
  return NULL;
}

void
entrance_recent_remember (EntranceRecent *recent,
                          const guint8 key[16],
                          const EntranceAnswer *answer,
                          gint64 now_ms)
{
  Entry *entry = find_entry (recent, key);
  if (entry == NULL) {
    entry = &recent->entries[recent->next];
    recent->next = (recent->next + 1) % ENTRANCE_RECENT_MAX;
    recent->n_entries = MIN (recent->n_entries + 1, ENTRANCE_RECENT_MAX);
  }
  EntranceAnswer copy = entrance_answer_copy (answer);
  entrance_answer_clear (&entry->answer);
  entry->answer = copy;
  memcpy (entry->key, key, 16);
  entry->at_ms = now_ms;
}

const EntranceAnswer *
entrance_recent_find (EntranceRecent *recent, const guint8 key[16], gint64 now_ms, gint64 window_ms)
{
  const Entry *entry = find_entry (recent, key);
  return entry != NULL && now_ms - entry->at_ms <= window_ms ? &entry->answer : NULL;
}

void
entrance_recent_touch (EntranceRecent *recent, const guint8 key[16], gint64 now_ms)
{
  Entry *entry = find_entry (recent, key);
  if (entry != NULL)
    entry->at_ms = now_ms;
}

void
entrance_recent_forget (EntranceRecent *recent, const guint8 key[16])
{
  Entry *entry = find_entry (recent, key);
  if (entry == NULL)
    return;
  entrance_answer_clear (&entry->answer);
  *entry = (Entry){ .at_ms = G_MININT64 / 2 };
}

guint
entrance_recent_get_size (EntranceRecent *recent)
{
  return recent->n_entries;
}
