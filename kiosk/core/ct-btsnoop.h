// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A morning at a door as other programs record it: btsnoop, of controller packets (datalink 1001),
// of packets with their H4 type (1002), or of Linux' monitor (2001, what btmon writes). What is
// read are the advertisements that LE controllers report (Bluetooth Core 5.4, volume 4, part E,
// 7.7.65.2 and 7.7.65.13); answers to scan requests belong to no beacon that we know.

#pragma once

#include "kiosk/core/ct-radio-log.h"

#define CT_BTSNOOP_HEADER_SIZE 16
#define CT_BTSNOOP_RECORD_MAX  1600 // bytes that a sighting takes at most, when it is written

struct ct_btsnoop {
  uint32_t datalink;
  bool has_begun;
  uint64_t begin_us;       // of the first packet
  int64_t last_ms;         // of the last one
  struct ct_logged joined; // of an advertisement that comes in pieces
  bool is_joining;
};

typedef void (*ct_btsnoop_tell_fn) (void *user_data, const struct ct_logged *sighting);

// Whether it begins as such a file does.
bool ct_btsnoop_is_one (struct ct_bytes file);
// Returns the size of the header; 0: it is none, or of a kind that we do not read.
size_t ct_btsnoop_begin (struct ct_btsnoop *self, struct ct_bytes file);
// The packet that @rest begins with. Returns its size; 0: it is torn. Times never go back, and
// begin with 0.
size_t ct_btsnoop_next (struct ct_btsnoop *self,
                        struct ct_bytes rest,
                        ct_btsnoop_tell_fn tell,
                        void *user_data);

// A file as btmon's: the header, and each sighting. Return the length.
size_t ct_btsnoop_write_header (uint8_t ret_bytes[CT_BTSNOOP_RECORD_MAX]);
// @began_us: of the log, since 1970 UTC.
size_t ct_btsnoop_write (const struct ct_logged *logged,
                         uint64_t began_us,
                         uint8_t ret_bytes[CT_BTSNOOP_RECORD_MAX]);
