// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pings the watchdog from the main loop as long as the kiosk gets somewhere: frames come, or the
// camera is known to be lost; and the journal's thread answers. A kiosk that only looks alive is
// restarted.

#pragma once

#include "hw/hw-camera.h"
#include "hw/hw-watchdog.h"
#include "kiosk/entrance/entrance-clock.h"
#include "kiosk/journal/journal-store.h"

G_BEGIN_DECLS

#define KIOSK_ALIVE_FRAMES_MS 20000 // a camera that is ready gives a frame within that
#define KIOSK_ALIVE_PROBE_MS  30000 // the journal's thread answers within that

#define KIOSK_TYPE_ALIVE (kiosk_alive_get_type ())
G_DECLARE_FINAL_TYPE (KioskAlive, kiosk_alive, KIOSK, ALIVE, GObject)

KioskAlive *kiosk_alive_new (HwWatchdog *watchdog,
                             HwCamera *camera,
                             JournalStore *journal,
                             EntranceClock *clock);

G_END_DECLS
