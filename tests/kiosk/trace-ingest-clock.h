// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Taking in from kiosks that do not know what time it is.

#pragma once

#include "tests/kiosk/trace-ingest-cases.h"

void trace_ingest_clock_add (const char *engine, TraceMakeUri make_uri, gpointer user_data);
