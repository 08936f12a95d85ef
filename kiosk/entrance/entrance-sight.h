// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which codes are being held up right now. A code that stays is answered once; one that was away
// for a second is shown anew. Fixed memory; time is boot time in ms, an argument.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ENTRANCE_SIGHT_MAX 8

typedef struct {
  guint8 key[16];
  gint64 seen_at_ms;
  gboolean is_credential;
  gboolean is_used;
} EntranceSighted;

typedef struct {
  EntranceSighted codes[ENTRANCE_SIGHT_MAX];
} EntranceSight;

// Notes that @key is in view. Returns whether it already was.
gboolean entrance_sight_see (EntranceSight *sight,
                             const guint8 key[16],
                             gboolean is_credential,
                             gint64 now_ms);

// Is a credential in view? What lies beside it then needs no answer.
gboolean entrance_sight_has_credential (const EntranceSight *sight, gint64 now_ms);

// The next time @key is seen it is new.
void entrance_sight_forget (EntranceSight *sight, const guint8 key[16]);
void entrance_sight_forget_all (EntranceSight *sight);

G_END_DECLS
