// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A scan that hears nothing: a quiet night, or an adapter that only says that it scans? Remedies
// are tried in turn, and meanwhile everything is listened to, for whatever is heard, a television
// set perhaps, shows that the adapter hears. It was deaf if somebody who was there before the
// silence is heard right after a remedy; it is taken to be deaf if several fell silent at once and
// no remedy helps. Pure: time is an argument, microseconds of one clock.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HW_SILENCE_SCAN_S  25 // of silence: the scan is begun anew (phones pause for 15 s),
#define HW_SILENCE_CYCLE_S 40 // then the adapter switched off and on,
#define HW_SILENCE_GIVE_S  65 // then nothing helped; once more from the beginning after
#define HW_SILENCE_AGAIN_S 300

#define HW_SILENCE_LATELY_S 5  // before the silence: who was heard then
#define HW_SILENCE_LIVELY   3  // so many do not leave together
#define HW_SILENCE_RETURN_S 6  // after a remedy: who is heard again was there all the time
#define HW_SILENCE_WHILE_S  60 // before the silence: who was heard then may be there all the time
#define HW_SILENCE_RECENT   16

typedef enum {
  HW_REMEDY_NONE,
  HW_REMEDY_SCAN,
  HW_REMEDY_CYCLE,
  HW_REMEDY_DEAF, // there is none left, and it should hear
} HwRemedy;

typedef enum {
  HW_HEARD,
  HW_HEARD_AGAIN, // so it was deaf until now
} HwHeard;

typedef struct {
  struct {
    guint8 address[6];
    gint64 at_us;
  } recent[HW_SILENCE_RECENT]; // who was heard last
  guint n_recent;
  gint64 since_us; // when the last was heard, or the scan began; 0: it does not scan
  gint64 count_us; // what the remedies' times are counted from
  guint n_taken;   // remedies in this silence
  gint64 calm_us;  // until then no remedy: it was shown to hear
  gint64 doubt_us; // until then somebody's return shows that it was deaf; 0: there is no doubt
} HwRadioSilence;

// It scans from now on, or did so already.
void hw_radio_silence_begin (HwRadioSilence *self, gint64 now_us);
void hw_radio_silence_end (HwRadioSilence *self); // it does not scan

// The remedy whose time has come.
HwRemedy hw_radio_silence_look (HwRadioSilence *self, gint64 now_us);

// Somebody was heard. @is_beacon: what the kiosk listens for anyway.
HwHeard hw_radio_silence_hear (HwRadioSilence *self,
                               const guint8 address[6],
                               gboolean is_beacon,
                               gint64 now_us);

// Everything is to be listened to.
gboolean hw_radio_silence_is_wide (const HwRadioSilence *self);

G_END_DECLS
