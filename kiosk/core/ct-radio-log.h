// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A morning at a door, as text: one sighting a line, to be played again through the same engine.
//
//   MILLISECONDS ADDRESS public|random RSSI HEX
//
// Milliseconds since the beginning, never less than on the line before; the address in the form
// 00:11:22:33:44:55; RSSI in dBm, 127 when it is unknown; the AD structures as hexadecimal digits,
// "-" for none. Lines that begin with "#", and empty ones, say nothing.

#pragma once

#include "kiosk/core/ct-advert.h"
#include "kiosk/core/ct-span.h"

#define CT_RADIO_LOG_LINE_MAX 640 // bytes with the line's end and a terminator

struct ct_logged {
  int64_t at_ms;
  uint8_t address[6];
  bool address_is_random;
  int rssi_dbm;
  uint8_t structures[CT_ADVERT_DATA_MAX];
  size_t len;
};

enum ct_log_line { CT_LOG_SIGHTING, CT_LOG_NOTHING, CT_LOG_WRONG };

// The first line of @rest, without its end. Returns its length with it; 0: @rest is empty.
size_t ct_radio_log_next (struct ct_span rest, struct ct_span *ret_line);

// @line without its end. Wrong, too, if there is a zero in it, as a power cut leaves them.
enum ct_log_line ct_radio_log_read (struct ct_span line, struct ct_logged *ret_logged);
// With the line's end; returns its length, without the terminator.
size_t ct_radio_log_write (const struct ct_logged *logged, char ret_line[CT_RADIO_LOG_LINE_MAX]);
