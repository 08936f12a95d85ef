// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One epoch of one kiosk, as far as the core holds it: its last record, the hashes of all before,
// the boots that its records tell of.

#pragma once

#include "kiosk/core/ct-clock.h"
#include "kiosk/trace/trace-kiosks.h"

G_BEGIN_DECLS

typedef struct {
  guint8 boot_id[JOURNAL_ID_SIZE];
  gboolean is_changed;
} TraceBoot;

typedef struct {
  TraceDb *db; // borrowed
  JournalOrigin origin;
  gint64 id;     // 0: not held yet
  gint64 number; // which of the kiosk's epochs, from 1
  guint64 last;  // record, 0: none
  guint8 head[JOURNAL_HASH_SIZE];
  gboolean has_our_key; // what it seals is for this core
  gint64 first_boot;    // the number of clocks[0]
  GArray *boots;        // of TraceBoot, the latest
  GArray *clocks;       // of struct ct_clock_boot, likewise
} TraceStream;

void trace_stream_clear (TraceStream *stream);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TraceStream, trace_stream_clear)

// Fills @ret_stream, empty (id 0) when nothing of @origin is held. Within a transaction, another
// server that takes the same stream waits.
gboolean trace_stream_open (TraceStream *ret_stream,
                            TraceDb *db,
                            const JournalOrigin *origin,
                            GError **error);
// Gives it a number and a row.
gboolean trace_stream_begin (TraceStream *stream, gint64 now_ms, GError **error);

// What the core held of record @seq, and since when. @ret_found: FALSE also for numbers in a hole.
gboolean trace_stream_find_hash (TraceStream *stream,
                                 guint64 seq,
                                 guint8 ret_hash[JOURNAL_HASH_SIZE],
                                 gint64 *ret_taken_ms,
                                 gboolean *ret_found,
                                 GError **error);
// Records from @first on, without a gap, were taken: their hashes.
gboolean trace_stream_save_run (
    TraceStream *stream, guint64 first, const GByteArray *hashes, gint64 now_ms, GError **error);
// The last record that was taken, with the boots that changed.
gboolean trace_stream_save (TraceStream *stream,
                            guint64 last,
                            const guint8 head[JOURNAL_HASH_SIZE],
                            gint64 now_ms,
                            GError **error);

// The boot that a record is of; a new one when the last was another. Returns its number.
gint64 trace_stream_note_boot (TraceStream *stream, const JournalStamp *stamp);
// By its id, the latest. 0: none.
gint64 trace_stream_find_boot (const TraceStream *stream, const guint8 boot_id[JOURNAL_ID_SIZE]);
struct ct_clock_boot *trace_stream_get_clock (TraceStream *stream, gint64 boot); // (nullable)
void trace_stream_note_fix (TraceStream *stream, gint64 boot, const struct ct_clock_fix *fix);

// Its name in the store: the kiosk's 32 digits, a dash, the epoch's number.
void trace_stream_get_name (const TraceStream *stream, char ret_name[64]);

G_END_DECLS
