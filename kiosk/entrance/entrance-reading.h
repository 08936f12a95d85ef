// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// iPhones with Bluezone: what they are is heard, who they are is read by connecting. Until then
// they are counted only.

#pragma once

#include "hw/hw-radio.h"
#include "kiosk/core/ct-beacon.h"

G_BEGIN_DECLS

#define ENTRANCE_READING_QUIET 10 // with more people near it is a busy place

typedef enum {
  ENTRANCE_READING_NO,
  ENTRANCE_READING_QUIET_ONLY, // not in a busy place
  ENTRANCE_READING_YES,
} EntranceReadingMode;

#define ENTRANCE_TYPE_READING (entrance_reading_get_type ())
G_DECLARE_FINAL_TYPE (EntranceReading, entrance_reading, ENTRANCE, READING, GObject)

EntranceReading *entrance_reading_new (HwRadio *radio, EntranceReadingMode mode);

// @beacon was read from @heard. A phone whose identifier is known becomes what an Android phone
// would be. @boottime_ms, @wall_ms: now.
void entrance_reading_resolve (EntranceReading *self,
                               const HwSighting *heard,
                               gint64 boottime_ms,
                               gint64 wall_ms,
                               struct ct_beacon *beacon);

// Once a second: connects to somebody, if it may.
void entrance_reading_tick (EntranceReading *self,
                            gint64 boottime_ms,
                            gint64 wall_ms,
                            guint people_near);

G_END_DECLS
