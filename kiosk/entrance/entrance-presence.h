// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who is near: what the radio hears goes through the engine, and each window (aligned to the wall
// clock) becomes a record: the beacons that are kept, and counts for the rest. A time in which the
// radio could not hear, or did not hear the reference, is an observation gap, and so is each moment
// in which it rests, of which nobody is told. The screen is told how many people are near.

#pragma once

#include "hw/hw-radio.h"
#include "kiosk/core/ct-presence.h"
#include "kiosk/entrance/entrance-reading.h"
#include "kiosk/entrance/entrance-session.h"

G_BEGIN_DECLS

#define ENTRANCE_PRESENCE_TICK_MS 1000
#define ENTRANCE_PRESENCE_KEEP_MS 30000 // so much of an open window is lost at most

#define ENTRANCE_PRESENCE_REFERENCE_MS 45000 // without the reference: the radio is not well

typedef struct {
  guint window_s; // divides an hour
  int tap_dbm;    // as strong as this: held at the kiosk
  GArray *tags;   // of struct ct_beacon: enrolled ones, kept whatever happens
  GArray *badges; // those of them that the staff wear
  EntranceReadingMode reading;
  struct ct_beacon reference; // the venue's own, always there; of kind NONE: there is none
} EntrancePresenceOptions;

#define ENTRANCE_TYPE_PRESENCE (entrance_presence_get_type ())
G_DECLARE_FINAL_TYPE (EntrancePresence, entrance_presence, ENTRANCE, PRESENCE, GObject)

// Enrolled tags check in when they are held at the kiosk; any other phone that is joins the code
// that is scanned then. Copies @options.
EntrancePresence *entrance_presence_new (EntranceSession *session,
                                         EntranceClock *clock,
                                         HwRadio *radio,
                                         const EntrancePresenceOptions *options);
// What was heard since the window began is recorded now; before the journal is closed.
void entrance_presence_stop (EntrancePresence *self);

G_END_DECLS
