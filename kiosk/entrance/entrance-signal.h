// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Light and sound of an answer. Lamp and chime of a recorded visit take the journal's proof;
// nothing else can light them.

#pragma once

#include "hw/hw-panel.h"
#include "hw/hw-speaker.h"
#include "kiosk/journal/journal-store.h"

G_BEGIN_DECLS

// @panel and @speaker may be NULL everywhere.
void
entrance_signal_recorded (HwPanel *panel, HwSpeaker *speaker, const JournalCommitted *committed);
void entrance_signal_notice (HwPanel *panel, HwSpeaker *speaker);
void entrance_signal_refused (HwPanel *panel, HwSpeaker *speaker);
void entrance_signal_out_of_service (HwPanel *panel); // red, silent
void entrance_signal_off (HwPanel *panel);

G_END_DECLS
