// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// When a beacon is held at the kiosk. Within the engine only.

#pragma once

#include "kiosk/core/ct-presence-table.h"

// @entry was just heard, @rssi_dbm strong, and before that at @before_tick. True: it has been held
// for long enough now, and came from further away; it is not told again before it was away again.
bool ct_presence_tap_hear (const struct ct_presence_table *table,
                           const struct ct_presence_options *options,
                           struct ct_presence_entry *entry,
                           uint32_t before_tick,
                           int rssi_dbm);
