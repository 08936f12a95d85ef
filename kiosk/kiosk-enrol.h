// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What comes before the kiosk's work, if it was asked for: a code before the camera finds a core,
// and the kiosk joins it when people have compared words. Whatever else happens, it has not joined.

#pragma once

#include "hw/hw-camera.h"
#include "kiosk/entrance/entrance-session.h"
#include "kiosk/kiosk-options.h"

G_BEGIN_DECLS

#define KIOSK_ENROL_WAIT_S    900 // from the start, for all codes together; then it works as before
#define KIOSK_ENROL_COMPARE_S 120 // then the words are taken for different
#define KIOSK_ENROL_RETRY_S   10  // a code whose core was not reached counts again after this
#define KIOSK_ENROL_READ_S    30  // that it has not joined, if that is how it ends

#define KIOSK_TYPE_ENROL (kiosk_enrol_get_type ())
G_DECLARE_FINAL_TYPE (KioskEnrol, kiosk_enrol, KIOSK, ENROL, GObject)

// Signal "done": the kiosk may begin its work. @options get the membership, if it has joined.
KioskEnrol *kiosk_enrol_new (KioskOptions *options,
                             HwCamera *camera,
                             EntranceSession *session,
                             EntranceClock *clock);
// Done at once when nobody asked for it, or the kiosk belongs to a core already.
void kiosk_enrol_start (KioskEnrol *self);

G_END_DECLS
