// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One window of what the radio heard, on its way into the journal: counts for everybody, and the
// beacons that are kept (Bluezone identifiers, enrolled tags, ...) sealed to the ingest key, many
// in one box. Pure.
//
// In the box, 32 bytes each: kind, length of the identifier, identifier (20), first and last (16
// bits each, steps of 100 ms from the window's begin), sightings (16 bits, the most there is), RSSI
// maximum and median (signed, 127: unknown), zone, 1: a tag of the staff, else 0. Numbers are
// big-endian.
//
// Counts have 32 bits (big-endian) for each kind of beacon, and are of identifiers, of which a
// phone has several: one of each kind that it speaks, and the next one after some minutes. Whoever
// was present in two windows is in the counts of both. The arrivals are for adding up: a beacon is
// one in the window in which it became present, unless it follows another that fell silent at the
// same strength about when phones of its kind change their identifier (Bluezone: by the quarters of
// an hour; others: at any time). So who goes and comes back, or was there when the kiosk started,
// arrives again; who arrives at such a moment, while somebody leaves, is missing. Nobody arrives in
// a record that is continued.

#pragma once

#include "kiosk/core/ct-beacon.h"
#include "kiosk/journal/journal-record.h"
#include "kiosk/journal/journal-store.h"

G_BEGIN_DECLS

#define JOURNAL_BEACON_SIZE   32
#define JOURNAL_BEACONS_MAX   128 // in one box
#define JOURNAL_COUNTS_SIZE   (4 * CT_BEACON_N_KINDS)
#define JOURNAL_PRESENCE_STEP 100 // ms

typedef struct {
  struct ct_beacon beacon;
  guint32 first_ms; // after the window's begin
  guint32 last_ms;
  guint32 n_sightings;
  gint8 rssi_max_dbm;
  gint8 rssi_median_dbm;
  guint8 zone;       // enum ct_presence_zone
  gboolean is_staff; // a tag of the venue's staff
} JournalBeacon;

struct _JournalPresence {
  JournalStamp stamp;                // of the window's end, or of when it was cut
  gint64 start_wall_ms;              // by the clock of then, which may have been set since
  gint64 start_boottime_ns;          // of the same boot as the stamp; 0: unknown
  JournalClockQuality start_quality; // of that clock, if the boot time is known
  guint window_s;
  gboolean is_cut;  // the kiosk began or ended within it
  guint32 heard_ms; // for so long of it the radio could hear
  guint32 n_present[CT_BEACON_N_KINDS];
  guint32 n_arrived[CT_BEACON_N_KINDS];
  guint32 n_sightings;
  guint32 n_dropped;
  GArray *beacons; // of JournalBeacon
};

JournalPresence *journal_presence_new (void);
JournalPresence *journal_presence_copy (const JournalPresence *presence);
void journal_presence_free (JournalPresence *presence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JournalPresence, journal_presence_free)

// When the window began, by the clocks of its stamp.
JournalStamp journal_presence_get_start (const JournalPresence *presence);
// The content of box @i; NULL: there are not so many.
GBytes *journal_presence_write_box (const JournalPresence *presence, guint i);
// (transfer full, of JournalBeacon) NULL: no content of such a box.
GArray *journal_presence_read_box (GBytes *content);
// The moment of a window's begin, as its record has it.
void journal_presence_write_start (const JournalPresence *presence,
                                   guint8 ret_start[JOURNAL_START_SIZE]);
// Boot and boot time of @ret_start. FALSE: the record does not tell.
gboolean journal_presence_read_start (const JournalBytes *start, JournalStamp *ret_start);
void journal_presence_write_counts (const guint32 counts[CT_BEACON_N_KINDS],
                                    guint8 ret_bytes[JOURNAL_COUNTS_SIZE]);

G_END_DECLS
