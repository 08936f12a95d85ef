// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the journal's tests share: a state folder, a clock that is told the time, and the store's
// calls made to wait.

#pragma once

#include "kiosk/journal/journal-outbox.h"
#include "kiosk/journal/journal-store.h"

G_BEGIN_DECLS

#define HARNESS_START_MS G_GINT64_CONSTANT (1794967200000) // 2026-11-18 09:00 in UTC+7
#define HARNESS_HOUR_MS  G_GINT64_CONSTANT (3600000)

// A stamp at HARNESS_START_MS + @after_ms of the kiosk's first boot, clock synchronised.
JournalStamp harness_stamp (gint64 after_ms);

char *harness_make_state_dir (void);
void harness_remove_state_dir (char *state_dir); // (transfer full)

// NULL @vfs_name: the system's.
JournalStore *harness_store_new (const char *state_dir, const char *vfs_name);

GBytes *harness_identity (guint number);

gboolean harness_open (JournalStore *store, gint64 after_ms, GError **error);
JournalVisit harness_find (JournalStore *store, GBytes *identity, gint64 after_ms);
JournalCommitted *harness_arrive (
    JournalStore *store, GBytes *identity, GBytes *details, gint64 after_ms, GError **error);
JournalCommitted *
harness_leave (JournalStore *store, guint64 visit, gint64 after_ms, GError **error);
gboolean harness_tidy (JournalStore *store, gint64 after_ms, GError **error);
gboolean harness_probe (JournalStore *store, GError **error);
// Where it ends, as the kiosk says it to others.
gboolean harness_sign_end (JournalStore *store,
                           JournalStatement *ret_statement,
                           guint8 ret_signature[JOURNAL_SIG_SIZE],
                           GError **error);

// The whole content of STATE/NAME; empty when there is none.
GByteArray *harness_read_file (const char *state_dir, const char *name);
void harness_write_file (const char *state_dir, const char *name, const guint8 *data, gsize len);

G_END_DECLS
