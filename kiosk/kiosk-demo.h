// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The demo day inside the real kiosk: script in, pictures of the screen and one line of JSON out.
// With a tracing core of its own, which the kiosk joins, feeds, and asks who met the first visitor.

#pragma once

#include "kiosk/demo/demo-day.h"
#include "kiosk/kiosk-options.h"
#include "kiosk/ui/ui-window.h"

G_BEGIN_DECLS

#define KIOSK_TYPE_DEMO (kiosk_demo_get_type ())
G_DECLARE_FINAL_TYPE (KioskDemo, kiosk_demo, KIOSK, DEMO, GObject)

// @window may be NULL: no pictures. @options and @loop must outlive the demo, the window need not.
// @options are told to join the core.
KioskDemo *kiosk_demo_new (KioskOptions *options,
                           HwCamera *camera,
                           JournalStore *journal,
                           EntranceSession *session,
                           DemoClock *clock,
                           UiWindow *window,
                           GMainLoop *loop);
void kiosk_demo_start (KioskDemo *self);

// Verifies the closed journal and prints the demo's one line. Returns the exit status: 0, or 1 when
// the journal does not verify, or the core did not answer.
int kiosk_demo_report (KioskDemo *self);

G_END_DECLS
