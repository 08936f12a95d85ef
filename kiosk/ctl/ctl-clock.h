// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The time now, as a record has it.

#pragma once

#include "kiosk/journal/journal-store.h"

G_BEGIN_DECLS

gboolean ctl_clock_read (JournalStamp *ret_stamp, GError **error);

G_END_DECLS
