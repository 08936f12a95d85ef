// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What each kind of record means to the core. Within the transaction of its batch.

#pragma once

#include "kiosk/trace/trace-keys.h"
#include "kiosk/trace/trace-store.h"
#include "kiosk/trace/trace-stream.h"

G_BEGIN_DECLS

typedef struct {
  TraceStore *store;
  TraceDb *db;
  const TraceKeys *keys;
  const TraceKiosk *kiosk;
  TraceStream *stream;
  char name[64]; // of the stream in the store
  gint64 now_ms;
  gint64 fixed_boot; // that learnt the time in this batch, 0: none
} TraceTaking;

// What the records of a batch tell about time, before they are taken: boots, and fixes of the
// clock.
void trace_take_note_time (TraceTaking *taking, const JournalRecord *record);

// Takes one record in. @ret_reason: NULL, or the word for why it is put into quarantine, and then
// nothing else of it was written. FALSE: the store failed.
gboolean trace_take_record (TraceTaking *taking,
                            const JournalRecord *record,
                            const char **ret_reason,
                            GError **error);

// Puts it into quarantine.
gboolean trace_take_aside (const TraceTaking *taking,
                           const JournalRecord *record,
                           const guint8 *item,
                           gsize item_len,
                           const char *reason,
                           GError **error);
// A boot learnt the time: what could not be placed is tried again, and everything up to that boot
// has its place for good.
gboolean trace_take_settle (TraceTaking *taking, GError **error);

// A point in time as a record tells it: a boot and a boot time, or (boot 0) the time itself.
typedef struct {
  gint64 boot, ms;
} TraceMoment;

TraceMoment trace_moment_of (const TraceTaking *taking, const JournalStamp *stamp);
gboolean trace_moment_is_settled (const TraceTaking *taking, const TraceMoment *moment);

// Places a stay from @from to @to (nullable: open), give or take @margin_ms. FALSE: in no time that
// can be; nothing is filled.
gboolean trace_time_place (const TraceTaking *taking,
                           const TraceMoment *from,
                           const TraceMoment *to,
                           gint64 margin_ms,
                           TraceArrival *ret_times);

#define TRACE_PART_GAP -1 // of an observation gap, which is no stay

// Remembers that what was placed may be placed better when the time becomes known.
gboolean trace_time_remember (const TraceTaking *taking,
                              const TraceMoment *from,
                              const TraceMoment *to,
                              gint64 margin_ms,
                              const TraceArrival *stay,
                              GError **error);
// Visit @seq, open so far, has ended at @to, its times are now those of @stay.
gboolean trace_time_end (const TraceTaking *taking,
                         const TraceMoment *from,
                         const TraceMoment *to,
                         const TraceArrival *was,
                         const TraceArrival *stay,
                         GError **error);
// Every stay and gap up to the boot that learnt the time is placed for good.
gboolean trace_time_settle (const TraceTaking *taking, GError **error);

G_END_DECLS
