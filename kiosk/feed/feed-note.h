// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// STATE/feed.note: what the running feed last knew, for the doctor, who cannot ask it. How much was
// delivered is in the journal; why it goes no further is only here.

#pragma once

#include "kiosk/feed/feed-client.h"

G_BEGIN_DECLS

#define FEED_NOTE_NAME "feed.note"

// Replaces it in the background. Of two at a time, either may be the one that stays.
void feed_note_write_async (const char *state_dir,
                            const FeedState *state,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean feed_note_write_finish (GAsyncResult *result, GError **error);
// FALSE: there is none, or it is not one. Fills link, reason, offline_since_ms and clocks_differ.
gboolean feed_note_read (const char *state_dir, FeedState *ret_state);

G_END_DECLS
