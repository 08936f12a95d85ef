// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How old is old: by the wall clock where it can be trusted, and by the time that the kiosk was
// running where it cannot. Pure.

#pragma once

#include "kiosk/journal/journal-audit.h"

G_BEGIN_DECLS

#define JOURNAL_RETENTION_MAX_DAYS 30

// Time from @then to @now: exact within one boot, by wall clocks otherwise; never negative.
gint64 journal_retention_elapsed_ms (const JournalStamp *then, const JournalStamp *now);

// The last record whose body is older than @retention_days, 0: none. A kiosk whose clock stands
// still or runs back erases by its running time. Up to an hour late:
// see JournalMark.
guint64 journal_retention_through (const JournalAudit *audit,
                                   const JournalStamp *now,
                                   guint retention_days);

G_END_DECLS
