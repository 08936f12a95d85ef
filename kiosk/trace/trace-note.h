// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an export says about a subject in one line of text, which every format has room for: people
// can read it, and import reads it back. It tells where somebody was together with the one before,
// and nothing else of where they were:
//
//   F1 of HEX; exposed TIME; 30 min; staff; doubt clock beacon; at "venue"/"zone" TIME/TIME
//   qr+clock ble; subject HEX; officer "name"; tramxanh-note/1
//   guest; at "venue"/"zone" TIME/ qr; subject HEX; officer "name"; tramxanh-note/1
//
// Two words behind an "at": how the subject, and how the one before was seen, and what of it is in
// doubt.

#pragma once

#include "kiosk/trace/trace-fault.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

#define TRACE_NOTE_SCHEMA    "tramxanh-note/1"
#define TRACE_SUBJECT_LEN    32
#define TRACE_TIME_TEXT_SIZE 26

typedef struct {
  char *venue, *zone;
  gint64 from_s, to_s; // TRACE_OPEN_S: nobody ended it
  guint8 evidence, via_evidence;
  guint8 doubts, via_doubts; // of the stays
} TraceMeeting;

typedef struct {
  char subject[TRACE_SUBJECT_LEN + 1], via[TRACE_SUBJECT_LEN + 1]; // digits; "": not in here
  guint level;                                                     // 0: of a list of guests
  gint64 exposed_s, overlap_s;
  gboolean is_staff;
  guint8 doubts;    // of a contact what the exposure rests on; of a guest the stay's
  GArray *meetings; // of TraceMeeting
  guint n_more;     // that had no room
} TraceNote;

void trace_note_init (TraceNote *note);
void trace_note_clear (TraceNote *note);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TraceNote, trace_note_clear)
void trace_note_add_meeting (TraceNote *note, const TraceMeeting *meeting); // copies its texts

// At most @len_max bytes; 0: as many as it takes. Sets n_more.
void trace_note_write (TraceNote *note, const char *officer, gsize len_max, GString *text);
TraceFault trace_note_read (const char *text, TraceNote *note); // @note: after init

// In Vietnam's time: 2026-11-20T08:30:00+07:00.
void trace_time_write (gint64 time_s, char ret_text[TRACE_TIME_TEXT_SIZE]);
// Seconds since 1970, or ISO 8601 with its zone.
TraceFault trace_moment_read (const char *text, gint64 *ret_time_s);
// "static clock", in @text.
void trace_doubts_write (guint8 doubts, GString *text);
gboolean trace_doubts_read (const char *text, guint8 *ret_doubts); // "": none
gboolean trace_evidence_read (const char *text, guint8 *ret_evidence);

G_END_DECLS
