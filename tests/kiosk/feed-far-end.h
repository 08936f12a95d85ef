// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The other side of the wire: an HTTPS server of its own thread that keeps what it is sent, signs
// receipts, enrols, and misbehaves in every way that is asked of it.

#pragma once

#include "kiosk/feed/feed-wire.h"

G_BEGIN_DECLS

typedef enum {
  FAR_END_WELL,
  FAR_END_PORTAL,          // 200 and a page: "please sign in"
  FAR_END_MOVED,           // 301 to another server
  FAR_END_ALTERED_RECEIPT, // one bit of it
  FAR_END_OTHER_KIOSK,     // a valid receipt for somebody else
  FAR_END_OTHER_SEQ,       // a valid receipt for one record less
  FAR_END_STRANGER,        // a receipt signed by another core
  FAR_END_TOO_LARGE,       // 413 for more than 10 records
  FAR_END_TOO_MANY,        // 429, come back in 1 s
  FAR_END_BUSY,            // 503, come back in 1 s
  FAR_END_BROKEN,          // 500
  FAR_END_ENDLESS,         // 200 and bytes for ever
  FAR_END_ENDLESS_HEADERS,
  FAR_END_RESET,   // keeps the batch, or takes the kiosk in, and closes without a word
  FAR_END_SILENT,  // takes the request, and says nothing
  FAR_END_FORGETS, // 409, wants the first record again, and has forgotten all of them
  FAR_END_FORK,
  FAR_END_EPOCH,
  FAR_END_REVOKED,
  FAR_END_EMPTY, // 200 without a body
} FarEndMood;

typedef struct _FarEnd FarEnd;

// @is_expired: its certificate is long out of date.
FarEnd *far_end_new (gboolean is_expired);
void far_end_free (FarEnd *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FarEnd, far_end_free)

// Another core than far_end_new () makes, before anybody knows it.
void far_end_set_core_seed (FarEnd *self, guint8 number);

// The next @n requests (but heartbeats) are answered so; then well again.
void far_end_set_mood (FarEnd *self, FarEndMood mood, guint n);
// Off the network, and back at the same place.
void far_end_cut (FarEnd *self);
void far_end_mend (FarEnd *self);

const char *far_end_get_url (FarEnd *self);
const guint8 *far_end_get_pin (FarEnd *self);
const guint8 *far_end_get_core_key (FarEnd *self);
// A code whose token it will take once.
FeedCode far_end_make_code (FarEnd *self);

guint far_end_count_requests (FarEnd *self); // but heartbeats
guint far_end_count_records (FarEnd *self);
guint far_end_count_doubles (FarEnd *self); // that came again; they are not kept twice
guint far_end_count_heartbeats (FarEnd *self);
guint far_end_count_elsewhere (FarEnd *self); // requests where nobody should have asked
guint64 far_end_get_last (FarEnd *self);
FeedHeartbeat far_end_get_heartbeat (FarEnd *self); // the latest
// Every byte of every body it was sent, uncompressed.
GByteArray *far_end_get_bytes (FarEnd *self);              // (transfer none)
void far_end_set_shift_ms (FarEnd *self, gint64 shift_ms); // of its clock

G_END_DECLS
