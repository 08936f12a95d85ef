// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// data_trace.txt, what a phone with Bluezone remembers: a line for each time it heard another one,
//
//   OWN TAB PEER TAB RSSI TAB MILLISECONDS
//
// with identifiers of 24 hexadecimal digits, which change every quarter of an hour. A sighting says
// that two phones were near, and names no place. So it is taken as a second that both were at a
// place of their own, venue "bluezone:OWN" and zone PEER; windows that are near in time become one
// stay as all presence does, and two phones that a third one heard have not met by that.

#pragma once

#include "kiosk/trace/trace-fault.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

#define TRACE_BLUEZONE_ID_SIZE  12
#define TRACE_BLUEZONE_VENUE    "bluezone:"
#define TRACE_BLUEZONE_KIOSK    "bluezone"
#define TRACE_BLUEZONE_LINE_MAX 256

typedef struct {
  guint8 own[TRACE_BLUEZONE_ID_SIZE], peer[TRACE_BLUEZONE_ID_SIZE];
  int rssi_dbm;
  gint64 time_ms;
} TraceSighting;

// @line: without its end. @ret_column: (nullable on success) what is wrong.
TraceFault
trace_sighting_read (const char *line, TraceSighting *ret_sighting, const char **ret_column);
void trace_sighting_write (const TraceSighting *sighting, GString *text); // with its end

// The subject that stands for an identifier: it says that it is one, so that it can be read back.
// It is no pseudonym: identifiers are already nobody's name.
void trace_sighting_make_subject (const guint8 id[TRACE_BLUEZONE_ID_SIZE],
                                  guint8 ret_subject[TRACE_SUBJECT_SIZE]);
gboolean trace_sighting_read_subject (const guint8 subject[TRACE_SUBJECT_SIZE],
                                      guint8 ret_id[TRACE_BLUEZONE_ID_SIZE]);

// The record number of a sighting's stays holds what a stay has no room for.
gint64 trace_sighting_make_seq (const TraceSighting *sighting);
void trace_sighting_read_seq (gint64 seq, TraceSighting *sighting);

G_END_DECLS
