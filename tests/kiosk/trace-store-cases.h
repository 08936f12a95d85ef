// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What every engine's store has to do.

#pragma once

#include "kiosk/trace/trace-store.h"

// The URI of an empty store. (transfer full)
typedef char *(*TraceMakeUri) (gpointer user_data);

void trace_store_cases_add (const char *engine, TraceMakeUri make_uri, gpointer user_data);

// The store, at a time when nothing is open for longer than an hour.
TraceStore *trace_store_case_open (const char *uri);
#define TRACE_CASE_NOW_S 1000000000
// One of a few thousand subjects.
void trace_store_case_subject (guint number, guint8 ret_subject[TRACE_SUBJECT_SIZE]);
