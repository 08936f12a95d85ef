// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The two questions that a search asks: the stays of subjects, and the stays at places. Both touch
// one part of a store only, so that a larger one can be divided. Asked of a store's tables, or of
// the index beside it. Seconds since 1970 UTC, half-open; subjects and places are the store's
// numbers.

#pragma once

#include "kiosk/trace/trace-error.h"

G_BEGIN_DECLS

#define TRACE_MERGE_GAP_S 600 // presence windows nearer than this are one stay

typedef enum {
  TRACE_EVIDENCE_QR,
  TRACE_EVIDENCE_BLE, // presence windows: near ones are one stay
  TRACE_EVIDENCE_MANUAL,
  TRACE_EVIDENCE_STAFF,
  TRACE_N_EVIDENCES,
} TraceEvidence;

// Bits beside the evidence.
enum {
  TRACE_DOUBT_STATIC = 1,   // a code that anybody may have photographed
  TRACE_DOUBT_CLOCK = 2,    // the times were widened by what the kiosk's clock may have been wrong
  TRACE_DOUBT_CONFLICT = 4, // two places at once
  TRACE_DOUBT_OPEN = 8,     // nobody ended it: its end is a rule's
  TRACE_DOUBT_BEACON = 16,  // of a contact: heard by radio, which anybody may imitate
};

typedef struct {
  guint32 subject; // from 1
  guint32 place;   // a venue and zone, from 1
  gint64 arrived_s, left_s;
  guint8 evidence; // TraceEvidence
  guint8 doubts;   // TRACE_DOUBT_…
} TraceStay;

typedef struct {
  guint32 place;
  gint64 from_s, to_s;
} TracePlaceSpan;

typedef struct TraceSource TraceSource;
struct TraceSource {
  // Stays that touch [from_s, to_s), open ones ended, appended to @stays (of TraceStay) by subject
  // in the order of @subjects, then by arrival.
  gboolean (*find_of) (TraceSource *source,
                       const guint32 *subjects,
                       gsize n_subjects,
                       gint64 from_s,
                       gint64 to_s,
                       GArray *stays,
                       GError **error);
  // Stays that touch @span, appended in any order; of presence windows those too that are nearer
  // to it than TRACE_MERGE_GAP_S, because they may be one with others that touch it.
  gboolean (*find_at) (TraceSource *source,
                       const TracePlaceSpan *span,
                       GArray *stays,
                       GError **error);
  guint32 (*count_subjects) (TraceSource *source);             // the highest number
  gboolean (*is_staff) (TraceSource *source, guint32 subject); // has any stay of evidence staff
  // The 16 bytes that stand for the subject everywhere outside this store.
  gboolean (*get_key) (TraceSource *source, guint32 subject, guint8 ret_key[16], GError **error);
};

G_END_DECLS
