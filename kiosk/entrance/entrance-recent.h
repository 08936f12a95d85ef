// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What was answered in the last seconds, so that the same code shown again says the same again.
// Bounded: the oldest makes room. Time is boot time in ms, an argument.

#pragma once

#include "kiosk/entrance/entrance-view.h"
#include "kiosk/journal/journal-store.h"

G_BEGIN_DECLS

#define ENTRANCE_RECENT_MAX 256

typedef struct {
  EntranceMessage message;
  EntranceTone tone;           // what was shown
  JournalCommitted *committed; // (nullable) the proof, for green again
  char *masked_name;           // (nullable)
  gint64 since_ms;
  gboolean is_repeat; // told before; nothing new was recorded
} EntranceAnswer;

void entrance_answer_clear (EntranceAnswer *answer);
EntranceAnswer entrance_answer_copy (const EntranceAnswer *answer);

typedef struct _EntranceRecent EntranceRecent;

EntranceRecent *entrance_recent_new (void);
void entrance_recent_free (EntranceRecent *recent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntranceRecent, entrance_recent_free)

void entrance_recent_remember (EntranceRecent *recent,
                               const guint8 key[16],
                               const EntranceAnswer *answer,
                               gint64 now_ms);

// The answer to @key, not older than @window_ms; NULL: none. (transfer none), valid until the next
// call.
const EntranceAnswer *entrance_recent_find (EntranceRecent *recent,
                                            const guint8 key[16],
                                            gint64 now_ms,
                                            gint64 window_ms);
// The code is still being shown: its answer stays as young as it is.
void entrance_recent_touch (EntranceRecent *recent, const guint8 key[16], gint64 now_ms);
void entrance_recent_forget (EntranceRecent *recent, const guint8 key[16]);
guint entrance_recent_get_size (EntranceRecent *recent);

G_END_DECLS
