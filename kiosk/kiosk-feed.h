// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The feed of a kiosk that belongs to a core, and its wires: what it says goes to the entrance, to
// the log, and to a file for the doctor.

#pragma once

#include "kiosk/entrance/entrance-session.h"
#include "kiosk/feed/feed-client.h"
#include "kiosk/kiosk-devices.h"

G_BEGIN_DECLS

#define KIOSK_TYPE_FEED (kiosk_feed_get_type ())
G_DECLARE_FINAL_TYPE (KioskFeed, kiosk_feed, KIOSK, FEED, GObject)

KioskFeed *kiosk_feed_new (const KioskOptions *options,
                           JournalStore *journal,
                           EntranceSession *session,
                           EntranceClock *clock,
                           const KioskDevices *devices);
// Does nothing on a kiosk that stands alone.
void kiosk_feed_start (KioskFeed *self);
// Returns when nothing is under way any more.
void kiosk_feed_stop (KioskFeed *self);

G_END_DECLS
