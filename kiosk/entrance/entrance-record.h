// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One person's scan becomes a record: is this person inside, and what follows from the venue's
// rule.

#pragma once

#include "kiosk/entrance/entrance-profile.h"
#include "kiosk/entrance/entrance-recent.h"

G_BEGIN_DECLS

typedef struct {
  const EntranceProfile *profile;
  struct ct_credential credential;
  EntranceDirection direction;
  JournalStamp stamp; // when the code was seen
} EntranceScan;

// Main thread. The profile must outlive the call; the credential is copied, and wiped when done.
void entrance_record_async (JournalStore *journal,
                            const EntranceScan *scan,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

// Fills @ret_answer (to be cleared); it carries a JournalCommitted exactly when something was
// recorded.
gboolean entrance_record_finish (JournalStore *journal,
                                 GAsyncResult *result,
                                 EntranceAnswer *ret_answer,
                                 GError **error);

G_END_DECLS
