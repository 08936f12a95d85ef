// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables: cases, details, and the audit log.

#include "kiosk/trace/trace-schema.h"

const TraceSchemaArea trace_schema_cases = { .name = "cases", .steps = NULL, .n_steps = 0 };
