// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who came past the entrance without a code: for each hour the visits that began with a code (not
// with a tag, nor by hand), and the phones that arrived, as journal-presence.h has it. Numbers
// only, nobody's identity. They compare hours: not every phone is a visitor's, nor every visitor's
// phone heard.

#pragma once

#include "kiosk/journal/journal-audit.h"

G_BEGIN_DECLS

typedef struct _CtlHours CtlHours;

CtlHours *ctl_hours_new (void);
void ctl_hours_free (CtlHours *hours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CtlHours, ctl_hours_free)

void ctl_hours_take (CtlHours *hours, const JournalRecord *record);

// A line for each hour in which there was something: "2026-11-18T02Z  codes 12  phones 30  40 %",
// or
// "-" where no phone was heard; and what it means.
void ctl_hours_print (CtlHours *hours, gboolean as_json, GString *text);

G_END_DECLS
