// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The devices around the screen, as the configuration (or the demo day) wants them, and their wires
// to the entrance.

#pragma once

#include "hw/hw-radio.h"
#include "hw/hw-watchdog.h"
#include "hw/hw-wedge.h"
#include "kiosk/entrance/entrance-presence.h"
#include "kiosk/entrance/entrance-printer-power.h"
#include "kiosk/entrance/entrance-slips.h"
#include "kiosk/entrance/entrance-timekeeper.h"
#include "kiosk/entrance/entrance-upkeep.h"
#include "kiosk/kiosk-options.h"

G_BEGIN_DECLS

typedef struct {
  HwPanel *panel;     // (nullable)
  HwPrinter *printer; // (nullable)
  HwWatchdog *watchdog;
  HwWedge *wedge; // (nullable)
  EntranceSlips *slips;
  EntrancePrinterPower *printer_power;
  EntranceUpkeep *upkeep;
  EntranceTimekeeper *timekeeper;
  HwRadio *radio; // (nullable)
  EntrancePresence *presence;
} KioskDevices;

// Opens them; what is missing is a state of its own.
KioskDevices *kiosk_devices_new (const KioskOptions *options);
void kiosk_devices_free (KioskDevices *devices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KioskDevices, kiosk_devices_free)

// From now on buttons, the scanner's codes, paper and who is near are the session's business. The
// session was made with our panel.
void kiosk_devices_connect (KioskDevices *devices,
                            const KioskOptions *options,
                            EntranceSession *session,
                            EntranceClock *clock);

// What is half done is recorded, and on the disk when this returns; before the journal is closed.
void kiosk_devices_stop (KioskDevices *devices, JournalStore *journal, EntranceClock *clock);

G_END_DECLS
