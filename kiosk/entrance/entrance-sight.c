// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A handful of codes; the one that was seen longest ago makes room.

#define G_LOG_DOMAIN "entrance-sight"

#include "kiosk/entrance/entrance-sight.h"

#include <string.h>

#define WITHDRAWN_MS 1000

static gboolean
is_in_view (const EntranceSighted *code, gint64 now_ms)
{
  return code->is_used && now_ms - code->seen_at_ms <= WITHDRAWN_MS;
}

static EntranceSighted *
find_or_make_room (EntranceSight *sight, const guint8 key[16])
{
  EntranceSighted *oldest = &sight->codes[0];
  for (guint i = 0; i < ENTRANCE_SIGHT_MAX; i++) {
    EntranceSighted *code = &sight->codes[i];
    if (code->is_used && memcmp (code->key, key, sizeof code->key) == 0)
      return code;
    if (!code->is_used || (oldest->is_used && code->seen_at_ms < oldest->seen_at_ms))
      oldest = code;
  }
  *oldest = (EntranceSighted){ .is_used = FALSE };
  return oldest;
}

gboolean
entrance_sight_see (EntranceSight *sight,
                    const guint8 key[16],
                    gboolean is_credential,
                    gint64 now_ms)
{
  EntranceSighted *code = find_or_make_room (sight, key);
  gboolean was_in_view = is_in_view (code, now_ms);
  *code =
      (EntranceSighted){ .seen_at_ms = now_ms, .is_credential = is_credential, .is_used = TRUE };
  memcpy (code->key, key, sizeof code->key);
  return was_in_view;
}

gboolean
entrance_sight_has_credential (const EntranceSight *sight, gint64 now_ms)
{
  for (guint i = 0; i < ENTRANCE_SIGHT_MAX; i++)
    if (sight->codes[i].is_credential && is_in_view (&sight->codes[i], now_ms))
      return TRUE;
  return FALSE;
}

void
entrance_sight_forget (EntranceSight *sight, const guint8 key[16])
{
  for (guint i = 0; i < ENTRANCE_SIGHT_MAX; i++)
    if (sight->codes[i].is_used &&
        memcmp (sight->codes[i].key, key, sizeof sight->codes[i].key) == 0)
      sight->codes[i].is_used = FALSE;
}

void
entrance_sight_forget_all (EntranceSight *sight)
{
  *sight = (EntranceSight){ .codes = { { .is_used = FALSE } } };
}
