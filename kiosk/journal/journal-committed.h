// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the store makes a proof of what the writer left on the disk; nobody else includes this.

#pragma once

#include "kiosk/journal/journal-writer.h"

G_BEGIN_DECLS

JournalCommitted *journal_committed_new (const JournalCommit *commit); // (transfer full)

G_END_DECLS
