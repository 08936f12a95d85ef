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

// The core has taken the kiosk. The kiosk does not belong to it before that is confirmed; until
// then, or until this is freed, no kiosk can run on the same folder.
typedef struct {
  JournalMembership membership;
  guint8 kiosk_key[JOURNAL_KEY_SIZE];
  JournalJoining *joining;
} FeedEnrolled;

// Unconfirmed: nothing has changed, and it is the same kiosk that asks next time.
void feed_enrolled_free (FeedEnrolled *enrolled);
// Likewise, but it is not to belong to that core: if it was new, it asks as another kiosk next
// time.
void feed_enrolled_drop (FeedEnrolled *enrolled);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FeedEnrolled, feed_enrolled_free)

// No kiosk may run on @state_dir. @again: although the kiosk belongs to a core already.
// FEED_ERROR_ENROLLED, FEED_ERROR_REFUSED (the code was used, or is too old), the other
// FEED_ERROR_…, JOURNAL_ERROR_LOCKED and the other JOURNAL_ERROR_….
void feed_enrol_async (const char *state_dir,
                       const FeedCode *code,
                       const JournalStamp *stamp,
                       gboolean again,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
FeedEnrolled *feed_enrol_finish (GAsyncResult *result, GError **error); // (transfer full)

// Durable when it returns TRUE; otherwise nothing has changed. @enrolled: (transfer full).
void
feed_enrol_confirm_async (FeedEnrolled *enrolled, GAsyncReadyCallback callback, gpointer user_data);
gboolean
feed_enrol_confirm_finish (GAsyncResult *result, JournalMembership *ret_membership, GError **error);

G_END_DECLS
