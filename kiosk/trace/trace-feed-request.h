// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a kiosk's request says before its body: feed-wire.h's paths and header fields. Pure.

#pragma once

#include "kiosk/feed/feed-wire.h"
#include "kiosk/trace/trace-http.h"

G_BEGIN_DECLS

#define TRACE_FEED_PATH      "/v1/feed/"
#define TRACE_HEARTBEAT_PATH "/v1/heartbeat/"
#define TRACE_ENROL_PATH     "/v1/enroll"

// KIOSK/EPOCH/FIRST-LAST behind TRACE_FEED_PATH: lower-case digits of the one form that each number
// has, first up to last.
gboolean trace_feed_path_read (const char *path, JournalOrigin *ret_origin, FeedRange *ret_range);
// KIOSK/EPOCH behind TRACE_HEARTBEAT_PATH.
gboolean trace_heartbeat_path_read (const char *path, JournalOrigin *ret_origin);

// The three fields of a batch.
gboolean trace_feed_fields_read (const TraceRequest *request,
                                 FeedRange *range,
                                 guint8 ret_signature[JOURNAL_SIG_SIZE]);

G_END_DECLS
