// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The session's own memory, for the four files that are the session: the rules
// (entrance-session.c), its care for the camera and the journal (entrance-session-camera.c,
// entrance-session-journal.c), and what it is told about the kiosk (entrance-session-facts.c).
// Nobody else includes this.

#pragma once

#include "kiosk/entrance/entrance-join.h"
#include "kiosk/entrance/entrance-record.h"
#include "kiosk/entrance/entrance-session.h"
#include "kiosk/entrance/entrance-sight.h"

G_BEGIN_DECLS

typedef struct {
  EntranceScan scan;
  guint8 key[16];
} WaitingScan;

struct _EntranceSession {
  GObject parent_instance;

  const EntranceProfile *profile;
  struct ct_read_context read_context;
  EntranceClock *clock;
  JournalStore *journal;
  HwPanel *panel;     // (nullable)
  HwSpeaker *speaker; // (nullable)
  GCancellable *cancellable;
  guint8 secret[32];

  // what is known
  HwCameraState camera_state;
  gboolean camera_is_down; // after the grace
  EntrancePaper paper;
  EntranceNeed need;
  EntranceNeed disk_need; // the most urgent but those
  EntranceRadio radio;
  guint people_near;
  EntranceFeed feed;
  EntranceEnrolment enrolment;
  gboolean power_is_failing; // nobody is checked in
  JournalStamp power_failed_at;
  JournalStamp camera_lost_at;
  gboolean camera_is_blind;
  JournalStamp camera_blind_at;
  gboolean has_scanner; // ready: people get in without a camera
  gboolean journal_is_open;
  guint n_openings;
  EntranceMessage journal_trouble; // NONE, JOURNAL_FAILED or DISK_FULL
  gint64 tidied_at_ms;

  // what visitors do
  EntranceDirection direction;
  gboolean shows_no_code;
  EntranceSight sight;
  EntranceRecent *recent;
  gboolean is_recording;
  WaitingScan recording;
  GQueue waiting; // of WaitingScan

  EntranceJoin join;

  // what is being told
  gboolean shows_answer;
  EntranceAnswer answer;
  gint64 answer_at_ms; // wall clock
  guint result_id;
  EntranceView *view;

  guint answer_timeout_id;
  guint page_timeout_id; // leaving, no-code
  guint camera_timeout_id;
  guint reopen_timeout_id;
  guint reopen_delay_ms;
  guint minute_timeout_id;
};

// Derives the view anew and tells who watches it.
void entrance_session_publish (EntranceSession *self);
void entrance_session_set_timeout (EntranceSession *self,
                                   guint *id,
                                   guint delay_ms,
                                   GSourceFunc callback);
void entrance_session_clear_timeout (EntranceSession *self, guint *id);
void entrance_waiting_scan_free (gpointer scan);

// Before the door opens: the core's code is no visitor's, and may still be held up when it does.
void entrance_session_watch_codes (EntranceSession *self, GPtrArray *codes);
EntranceNeed entrance_session_find_need (EntranceSession *self); // the most urgent
// From now on a failure of the journal is noticed, whoever's request it was.
void entrance_session_watch_journal (EntranceSession *self);
// Opens the journal, again after a failure, until it works.
void entrance_session_open_journal (EntranceSession *self);
// The journal failed: out of service, and opened anew after a growing delay.
void entrance_session_lose_journal (EntranceSession *self, const GError *error);
// The phone and the visit of self->join belong together.
void entrance_session_record_join (EntranceSession *self);
void entrance_session_tidy_journal (EntranceSession *self, const JournalStamp *stamp);

G_END_DECLS
