// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Lists of stays: their orders, and presence windows made one.

#pragma once

#include "kiosk/trace/trace-source.h"

G_BEGIN_DECLS

int trace_stay_compare_arrivals (gconstpointer a, gconstpointer b);

// Windows of one subject at one place that are nearer than TRACE_MERGE_GAP_S become one stay, with
// the doubts of all. Leaves @stays by subject, place and arrival.
void trace_stays_merge (GArray *stays);

// Leaves those that touch [from_s, to_s), and are not empty.
void trace_stays_keep_touching (GArray *stays, gint64 from_s, gint64 to_s);

G_END_DECLS
