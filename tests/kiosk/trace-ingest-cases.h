// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Taking in, on whatever engine the store has.

#pragma once

#include <glib.h>

// The URI of an empty store. (transfer full)
typedef char *(*TraceMakeUri) (gpointer user_data);

void trace_ingest_cases_add (const char *engine, TraceMakeUri make_uri, gpointer user_data);
