// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables: officers who sign in.

#include "kiosk/trace/trace-schema.h"

const TraceSchemaArea trace_schema_console = { .name = "console", .steps = NULL, .n_steps = 0 };
