// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Stays that the radio knows by a name of its own, and that are somebody's. Within a transaction.

#pragma once

#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

// What is there under the name @old is @subject's, for good.
gboolean trace_fold_rename (TraceStore *store,
                            const guint8 old[TRACE_SUBJECT_SIZE],
                            const guint8 subject[TRACE_SUBJECT_SIZE],
                            GError **error);

G_END_DECLS
