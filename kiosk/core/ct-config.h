// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanh.conf: sections, "key = value", comments on lines of their own that begin with '#' or
// ';'. Every key has a default, and whatever is not understood is an error, so that a typing
// mistake cannot quietly change how long people are remembered.

#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "kiosk/core/ct-status.h"
#include "kiosk/core/ct-venue-code.h"

#define CT_CONFIG_LEN_MAX      65536 // bytes of a file
#define CT_CONFIG_LINE_MAX     16384 // bytes of a line
#define CT_CONFIG_TEXT_MAX     256   // bytes of a text, without the terminator
#define CT_CONFIG_LINES_MAX    640   // bytes of the panel's wiring
#define CT_CONFIG_TAGS_MAX     15360 // bytes of the radio's tags
#define CT_CONFIG_TAG_MAX      64
#define CT_CONFIG_PATTERNS_MAX 8
#define CT_CONFIG_PREFIX_MAX   16 // bytes of what a scanner types first
// A threshold under this one is reached from the next room, and by whoever walks past.
#define CT_CONFIG_TAP_DBM_MIN (-70)
#define CT_CONFIG_TAP_DBM_MAX (-10)

enum ct_second_scan { CT_SECOND_SCAN_NOTICE, CT_SECOND_SCAN_CHECK_OUT };
enum ct_paper_width { CT_PAPER_58_MM, CT_PAPER_80_MM };
enum ct_read_iphones { CT_READ_IPHONES_NO, CT_READ_IPHONES_QUIET, CT_READ_IPHONES_YES };
enum ct_slip { CT_SLIP_BUTTON, CT_SLIP_ALWAYS };
enum ct_wedge_end { CT_WEDGE_END_ENTER, CT_WEDGE_END_TAB, CT_WEDGE_END_SILENCE };
enum ct_theme { CT_THEME_AUTO, CT_THEME_LIGHT, CT_THEME_DARK };

// Nobody changes it after it was read. Texts are UTF-8 (NFC), terminated, and hold no control
// characters.
struct ct_config {
  char venue_name[CT_CONFIG_TEXT_MAX + 1];
  char venue_zone[CT_CONFIG_TEXT_MAX + 1];
  enum ct_second_scan venue_profile_second_scan;
  bool venue_keep_details; // seal the name to the officer's key
  char venue_code_patterns[CT_CONFIG_PATTERNS_MAX]
                          [CT_VENUE_PATTERN_MAX + 1]; // empty ones at the end
  int entrance_cool_down_s;
  int entrance_result_ms;
  int entrance_longest_stay_h;
  int journal_retention_days;
  char camera_source[CT_CONFIG_TEXT_MAX + 1]; // as hw_camera_new () takes it
  int sound_volume_percent;
  enum ct_theme screen_theme;
  char panel_source[CT_CONFIG_TEXT_MAX + 1];   // "none", "file:PATH" or "gpio:LABEL"
  char panel_lines[CT_CONFIG_LINES_MAX + 1];   // as hw_panel_lines_read () takes it
  char printer_source[CT_CONFIG_TEXT_MAX + 1]; // "none", "file:FOLDER", or as
                                               // hw_printer_port_is_valid () accepts it
  enum ct_paper_width printer_paper_width_mm;
  enum ct_slip printer_slip;
  char watchdog_source[CT_CONFIG_TEXT_MAX + 1]; // "none" or "device:/dev/…"
  char wedge_source[CT_CONFIG_TEXT_MAX + 1];    // "none", or as hw_wedge_new () takes it
  enum ct_wedge_end wedge_end;
  char wedge_prefix[CT_CONFIG_PREFIX_MAX + 1];
  char radio_source[CT_CONFIG_TEXT_MAX + 1]; // "none", "bluez:", "bluez:ADDRESS", "log:PATH"
  int radio_window_s;
  int radio_tap_dbm;
  char radio_tags[CT_CONFIG_TAGS_MAX + 1];     // as ct_tags_read () takes it
  char radio_reference[CT_CONFIG_TAG_MAX + 1]; // likewise, one or none
  enum ct_read_iphones radio_read_iphones;
  bool radio_hear_all;                     // what has no service, too
  char radio_venue[CT_CONFIG_TAG_MAX + 1]; // likewise, an Eddystone UID
};

struct ct_config_error {
  size_t line;         // from 1; 0: the file as a whole
  char key[64];        // "section.key" as far as it was known, perhaps cut; empty: none
  const char *reason;  // a few words, lower case, static
  const char *accepts; // NULL, or what the key's value may be, likewise
};

// One key, for whoever documents or tests all of them.
struct ct_config_key {
  const char *name; // "section.key"
  const char *default_value;
  const char *accepts; // in words
};

const struct ct_config_key *ct_config_keys (size_t *ret_n_keys);

// Reads a whole file; an empty one gives the defaults. A byte-order mark and CR LF are accepted.
// The last line must end with a line end: one that does not was cut off by something.
//
// Returns CT_OK and fills `ret_config`; or CT_ERR_TOO_LONG, CT_ERR_ENCODING or CT_ERR_MALFORMED and
// fills `ret_error`.
enum ct_status ct_config_read (const char *text,
                               size_t len,
                               struct ct_config *ret_config,
                               struct ct_config_error *ret_error);
