// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rules at the door: one state machine. Facts come in (codes seen, camera state, buttons,
// time), one view goes out.

#pragma once

#include "hw/hw-camera.h"
#include "hw/hw-panel.h"
#include "hw/hw-speaker.h"
#include "kiosk/core/ct-beacon.h"
#include "kiosk/entrance/entrance-clock.h"
#include "kiosk/entrance/entrance-profile.h"
#include "kiosk/entrance/entrance-view.h"
#include "kiosk/journal/journal-store.h"

G_BEGIN_DECLS

#define ENTRANCE_TYPE_SESSION (entrance_session_get_type ())
G_DECLARE_FINAL_TYPE (EntranceSession, entrance_session, ENTRANCE, SESSION, GObject)

// Panel and speaker may be NULL; the profile must outlive the session. Property "view"
// (EntranceView, notify). Signal "decided" (EntranceView): once per result, after it was told; for
// counters and the demo. Signal "arrived" (JournalCommitted): somebody came in, and it is recorded.
// Signal "compared" (gboolean): somebody has compared the words of an enrolment; TRUE: they are the
// same.
EntranceSession *entrance_session_new (const EntranceProfile *profile,
                                       EntranceClock *clock,
                                       JournalStore *journal,
                                       HwPanel *panel,
                                       HwSpeaker *speaker);
void entrance_session_start (EntranceSession *self);
EntranceView *entrance_session_get_view (EntranceSession *self); // (transfer none)

// Facts from the camera.
void entrance_session_see_codes (EntranceSession *self, GPtrArray *codes); // of HwCode
void entrance_session_set_camera_state (EntranceSession *self, HwCameraState state);
void entrance_session_set_camera_blind (EntranceSession *self, gboolean is_blind);

// Facts from a scanner in somebody's hand. While one is ready the entrance is in service without
// its camera.
void entrance_session_set_scanner_ready (EntranceSession *self, gboolean is_ready);
void entrance_session_take_scan (EntranceSession *self, GBytes *payload);
void entrance_session_refuse_scan (EntranceSession *self); // it read something that is no text

// Facts about the printer; they never keep anybody outside.
void entrance_session_set_paper (EntranceSession *self, EntrancePaper paper);

// Facts about the kiosk itself. While the power fails codes are not taken.
void entrance_session_set_need (EntranceSession *self, EntranceNeed need);
void entrance_session_set_power_failing (EntranceSession *self, gboolean is_failing);

// Facts from the feed.
void entrance_session_set_feed (EntranceSession *self, const EntranceFeed *feed);
// Shown instead of everything else, until the phase is NONE. Copies @enrolment.
void entrance_session_show_enrolment (EntranceSession *self, const EntranceEnrolment *enrolment);

// Facts from the radio.
void entrance_session_set_near (EntranceSession *self, EntranceRadio radio, guint people_near);

// Nothing could be seen or heard by @what ([A-Za-z0-9_-]{1,64}) since @from, and can be again: that
// is a record, too.
void
entrance_session_record_gap (EntranceSession *self, const char *what, const JournalStamp *from);
// Such times that are over, of JournalSpan; perhaps none. Copies @spans.
void entrance_session_record_gaps (EntranceSession *self, const char *what, const GArray *spans);
// How often the journal was opened: what was told to it before the last time may be lost.
guint entrance_session_count_openings (EntranceSession *self);
// The clock is right, to @max_error_ms, at @stamp. FALSE: the journal is not open.
gboolean entrance_session_record_clock_fix (EntranceSession *self,
                                            const JournalStamp *stamp,
                                            guint max_error_ms);
// An enrolled tag is held at the kiosk: as good as a code. @is_staff: a badge of the venue's.
void
entrance_session_take_tag (EntranceSession *self, const struct ct_beacon *tag, gboolean is_staff);
// A window of the radio. While the journal is out of service it is lost, as everything else is.
// Somebody's phone is held at the kiosk: it belongs to the code that is scanned at that moment.
void entrance_session_hold_phone (EntranceSession *self, const struct ct_beacon *phone);
void entrance_session_record_presence (EntranceSession *self, const JournalPresence *presence);
// It is not over yet; should the kiosk end without a word, this much is recorded.
void entrance_session_keep_presence (EntranceSession *self, const JournalPresence *presence);

// Facts from the screen.
void entrance_session_press_no_code (EntranceSession *self);
void entrance_session_press_leaving (EntranceSession *self);
void entrance_session_press_back (EntranceSession *self);
void entrance_session_press_compared (EntranceSession *self, gboolean are_same);

G_END_DECLS
