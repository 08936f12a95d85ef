// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who came past an entrance without a code: for each venue and hour in which a radio could hear,
// the codes that were shown, and how many phones arrived (journal-presence.h has what that is
// worth). Numbers, nobody's identity.

#pragma once

#include "kiosk/core/ct-beacon.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

typedef struct {
  char *venue;
  gint64 hour_s; // its begin
  gint64 n_codes;
  gint64 n_arrived[CT_BEACON_N_KINDS]; // of all its kiosks
  gint64 n_phones;                     // of the kind of which the most arrived
  gint64 heard_s;                      // for so long a kiosk's radio could hear, on average
  guint n_kiosks;
} TraceMissedHour;

// Hours that begin in [from_s, to_s), by venue and time. @venue: (nullable) only that one.
// (transfer full, of TraceMissedHour)
GArray *trace_missed_count (
    TraceStore *store, const char *venue, gint64 from_s, gint64 to_s, GError **error);

// A line for each. (transfer full)
char *trace_missed_to_text (const GArray *hours);
char *trace_missed_to_json (const GArray *hours);

G_END_DECLS
