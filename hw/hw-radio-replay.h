// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A radio that hears what a log (kiosk/core/ct-radio-log.h) or a btsnoop file
// (kiosk/core/ct-btsnoop.h) says, each sighting at its time after
// the start. A log that cannot be read, or goes wrong, is a missing radio; after its end there is
// silence.

#pragma once

#include "hw/hw-radio.h"

G_BEGIN_DECLS

#define HW_TYPE_RADIO_REPLAY (hw_radio_replay_get_type ())
G_DECLARE_FINAL_TYPE (HwRadioReplay, hw_radio_replay, HW, RADIO_REPLAY, GObject)

HwRadioReplay *hw_radio_replay_new (const char *path);

G_END_DECLS
