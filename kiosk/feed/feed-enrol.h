// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Joins a core with a one-time code: the kiosk's key goes there, the core's keys come back. The
// code names the core's TLS key, so that nobody in between can answer for it.

#pragma once

#include "kiosk/feed/feed-error.h"
#include "kiosk/feed/feed-wire.h"
#include "kiosk/journal/journal-membership.h"

G_BEGIN_DECLS

typedef struct {
  JournalMembership membership;
  guint8 kiosk_key[JOURNAL_KEY_SIZE];
} FeedEnrolled;

// No kiosk may run on @state_dir. Nothing has changed unless it succeeds. @again: although the
// kiosk belongs to a core already. FEED_ERROR_ENROLLED, FEED_ERROR_REFUSED (the code was used, or
// is too old), the other FEED_ERROR_…, JOURNAL_ERROR_LOCKED and the other JOURNAL_ERROR_….
void feed_enrol_async (const char *state_dir,
                       const FeedCode *code,
                       const JournalStamp *stamp,
                       gboolean again,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
gboolean feed_enrol_finish (GAsyncResult *result, FeedEnrolled *ret_enrolled, GError **error);

G_END_DECLS
