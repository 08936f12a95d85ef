// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Paper for visitors: who arrived last may have a slip with venue, time and a pass for leaving.
// Nothing of it waits for the printer, and nothing waits for a slip.

#pragma once

#include "hw/hw-printer.h"
#include "kiosk/entrance/entrance-session.h"
#include "kiosk/journal/journal-pass.h"

G_BEGIN_DECLS

#define ENTRANCE_SLIPS_WINDOW_MS 10000 // after that the last visitor has gone
#define ENTRANCE_SLIPS_PAUSE_MS  2000  // a button that is held down prints no roll

#define ENTRANCE_TYPE_SLIPS (entrance_slips_get_type ())
G_DECLARE_FINAL_TYPE (EntranceSlips, entrance_slips, ENTRANCE, SLIPS, GObject)

// Listens to @session, and tells it how the paper is. @pass_key (nullable) must outlive the slips:
// without one, slips have no code. @prints_always: a slip for every arrival; else only when the
// button asks for one.
EntranceSlips *entrance_slips_new (EntranceSession *session,
                                   const EntranceProfile *profile,
                                   EntranceClock *clock,
                                   HwPrinter *printer,
                                   const JournalPassKey *pass_key,
                                   gboolean prints_always);

// The print button: a slip for the visitor who arrived last, if that is not too long ago.
void entrance_slips_press_print (EntranceSlips *self);

// A paper sensor of its own, for a printer that says nothing about its paper.
void entrance_slips_set_paper_sensor (EntranceSlips *self, gboolean is_out);

G_END_DECLS
