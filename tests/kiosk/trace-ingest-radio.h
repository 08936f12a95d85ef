// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Taking in what the radio heard: whose it is, and when it was.

#pragma once

#include "tests/kiosk/trace-ingest-cases.h"

void trace_ingest_radio_add (const char *engine, TraceMakeUri make_uri, gpointer user_data);
