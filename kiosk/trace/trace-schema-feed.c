// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables: kiosks, enrolment, and what they sent.

#include "kiosk/trace/trace-schema.h"

const TraceSchemaArea trace_schema_feed = { .name = "feed", .steps = NULL, .n_steps = 0 };
