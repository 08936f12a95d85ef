// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Phones that walk past, queue and stay, and change their identifiers once: who is on the air when
// is a script, and what somebody tells of it is compared with the script. Beside them are devices
// that nobody keeps. What is wrong fails the test.

#pragma once

#include "kiosk/journal/journal-seal.h"
#include "tests/rig/rig.h"

G_BEGIN_DECLS

#define CROWD_ID "b9a665d754fe65e665d7" // and a number, two bytes: a phone's Bluezone identifier

typedef struct _Crowd Crowd;

// That a phone was heard in a window.
typedef struct {
  guint64 seq; // of the journal's record,
  guint part;  // and which one in it
  guint number;
  gint64 first_ms; // wall time
  gint64 last_ms;
} CrowdHeard;

// The kiosk's windows are @window_ms, and 16 at most of them are compared.
Crowd *crowd_new (guint window_ms, guint span_ms);
void crowd_free (Crowd *crowd);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Crowd, crowd_free)
guint crowd_count_phones (const Crowd *crowd);
gint64 crowd_get_begin_ms (const Crowd *crowd); // wall time of the first window's begin

void crowd_comes (Crowd *crowd, Rig *rig); // returns at once
// Waits until this share of its time has passed; 1: a window more than the script has.
void crowd_passes (Crowd *crowd, Rig *rig, double share);

// (transfer full) The content of a box of beacons.
typedef GBytes *(*CrowdUnseal) (const JournalOrigin *origin,
                                guint64 seq,
                                const JournalBytes *box,
                                gpointer user_data);
// Everybody whom a journal has, in its order. (transfer full, of CrowdHeard)
GArray *crowd_read_journal (const Crowd *crowd,
                            const char *state_dir,
                            CrowdUnseal unseal,
                            gpointer user_data);

// By windows: 99 % of what is true is told, 99 % of what is told is true, 99 % came and went
// within a window of when they should. @heard: of CrowdHeard.
void crowd_compare_windows (Crowd *crowd, const GArray *heard);
// Likewise by stays, of which everybody has one at most; seq and part are not looked at.
void crowd_compare_stays (const Crowd *crowd, const GArray *stays);

G_END_DECLS
