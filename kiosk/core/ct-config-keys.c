// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The keys of tramxanh.conf: where each is stored, its default, and what it accepts.

#include "kiosk/core/ct-config-keys.h"

#include <string.h>

#include "kiosk/core/ct-tag.h"
#include "kiosk/core/ct-text.h"

#define ID_LEN_MAX 64 // of JournalArrival's zone

_Static_assert(CT_NAME_MAX == CT_CONFIG_TEXT_MAX, "texts are read as names");

// How a value is read, and so what is at its place.
enum type {
  TYPE_NAME,     // text as people write it
  TYPE_ID,       // letters, digits, - and _: goes into records and URLs
  TYPE_PATTERNS, // of codes
  TYPE_NUMBER,   // int
  TYPE_WORD,     // an enum, stored as the index of its word
  TYPE_YES_NO,   // bool
  TYPE_CAMERA,
  TYPE_PANEL,
  TYPE_LINES, // of the panel
  TYPE_PRINTER,
  TYPE_WATCHDOG,
  TYPE_WEDGE,
  TYPE_PREFIX,
  TYPE_RADIO,
  TYPE_TAGS,
  TYPE_TAG,
};

_Static_assert(sizeof (enum ct_second_scan) == sizeof (int), "words are stored as int");
_Static_assert(sizeof (enum ct_paper_width) == sizeof (int), "words are stored as int");
_Static_assert(sizeof (enum ct_slip) == sizeof (int), "words are stored as int");
_Static_assert(sizeof (enum ct_wedge_end) == sizeof (int), "words are stored as int");
_Static_assert(sizeof (enum ct_read_iphones) == sizeof (int), "words are stored as int");
_Static_assert(sizeof (enum ct_theme) == sizeof (int), "words are stored as int");

struct place {
  enum type type;
  size_t offset;
  int min, max;         // of a number; of a tag: its kind, or 0
  const char *words[4]; // NULL behind the last
};

const struct ct_config_key CT_CONFIG_KEYS[CT_CONFIG_N_KEYS] = {
  { "venue.name", "Trạm Xanh", "a name of up to 64 letters" },
  { "venue.zone", "main", "up to 64 of A-Z a-z 0-9 - _" },
  { "venue.profile-second-scan", "notice", "notice or check-out" },
  { "venue.keep-details", "no", "yes or no" },
  { "venue.code-patterns", "", "up to 8 patterns with ';' between" },
  { "entrance.cool-down-s", "10", "1 to 600" },
  { "entrance.result-ms", "2500", "2000 to 5000" },
  { "entrance.longest-stay-h", "16", "1 to 24" },
  { "journal.retention-days", "21", "1 to 30" },
  { "camera.source", "v4l2:", "v4l2:, libcamera:, file:, images: or push:" },
  { "sound.volume-percent", "70", "0 to 100" },
  { "screen.theme", "auto", "auto, light or dark" },
  { "panel.source", "none", "none, gpio:LABEL or file:PATH" },
  { "panel.lines", "", "PART=LINE[:OPTION...], with blanks between" },
  { "printer.source", "none", "none, usb:, device:, serial:, tcp: or file:FOLDER" },
  { "printer.paper-width-mm", "58", "58 or 80" },
  { "printer.slip", "button", "button or always" },
  { "watchdog.source", "none", "none or device:/dev/PATH" },
  { "wedge.source", "none", "none, usb:VVVV:PPPP, name:NAME or device:/dev/PATH" },
  { "wedge.end", "enter", "enter, tab or silence" },
  { "wedge.prefix", "", "up to 16 characters of ASCII" },
  { "radio.source", "none", "none, bluez:, bluez:ADDRESS or log:PATH" },
  { "radio.window-s", "300", "10 to 900" },
  { "radio.tap-dbm", "-40", "-70 to -10" },
  { "radio.tags", "", "up to 256 of KIND:HEX or KIND:HEX:staff, with blanks between" },
  { "radio.reference", "", "KIND:HEX" },
  { "radio.read-iphones", "quiet", "no, quiet or yes" },
  { "radio.hear-all", "no", "yes or no" },
  { "radio.venue", "", "eddystone-uid:HEX" },
};

// In the order of CT_CONFIG_KEYS.
static const struct place PLACES[CT_CONFIG_N_KEYS] = {
  { TYPE_NAME, offsetof (struct ct_config, venue_name), 0, 0, { NULL } },
  { TYPE_ID, offsetof (struct ct_config, venue_zone), 0, 0, { NULL } },
  { TYPE_WORD,
    offsetof (struct ct_config, venue_profile_second_scan),
    0,
    0,
    { "notice", "check-out" } },
  { TYPE_YES_NO, offsetof (struct ct_config, venue_keep_details), 0, 0, { "no", "yes" } },
  { TYPE_PATTERNS, offsetof (struct ct_config, venue_code_patterns), 0, 0, { NULL } },
  { TYPE_NUMBER, offsetof (struct ct_config, entrance_cool_down_s), 1, 600, { NULL } },
  { TYPE_NUMBER, offsetof (struct ct_config, entrance_result_ms), 2000, 5000, { NULL } },
  { TYPE_NUMBER, offsetof (struct ct_config, entrance_longest_stay_h), 1, 24, { NULL } },
  { TYPE_NUMBER, offsetof (struct ct_config, journal_retention_days), 1, 30, { NULL } },
  { TYPE_CAMERA, offsetof (struct ct_config, camera_source), 0, 0, { NULL } },
  { TYPE_NUMBER, offsetof (struct ct_config, sound_volume_percent), 0, 100, { NULL } },
  { TYPE_WORD, offsetof (struct ct_config, screen_theme), 0, 0, { "auto", "light", "dark" } },
  { TYPE_PANEL, offsetof (struct ct_config, panel_source), 0, 0, { NULL } },
  { TYPE_LINES, offsetof (struct ct_config, panel_lines), 0, 0, { NULL } },
  { TYPE_PRINTER, offsetof (struct ct_config, printer_source), 0, 0, { NULL } },
  { TYPE_WORD, offsetof (struct ct_config, printer_paper_width_mm), 0, 0, { "58", "80" } },
  { TYPE_WORD, offsetof (struct ct_config, printer_slip), 0, 0, { "button", "always" } },
  { TYPE_WATCHDOG, offsetof (struct ct_config, watchdog_source), 0, 0, { NULL } },
  { TYPE_WEDGE, offsetof (struct ct_config, wedge_source), 0, 0, { NULL } },
  { TYPE_WORD, offsetof (struct ct_config, wedge_end), 0, 0, { "enter", "tab", "silence" } },
  { TYPE_PREFIX, offsetof (struct ct_config, wedge_prefix), 0, 0, { NULL } },
  { TYPE_RADIO, offsetof (struct ct_config, radio_source), 0, 0, { NULL } },
  { TYPE_NUMBER, offsetof (struct ct_config, radio_window_s), 10, 900, { NULL } },
  { TYPE_NUMBER,
    offsetof (struct ct_config, radio_tap_dbm),
    CT_CONFIG_TAP_DBM_MIN,
    CT_CONFIG_TAP_DBM_MAX,
    { NULL } },
  { TYPE_TAGS, offsetof (struct ct_config, radio_tags), 0, 0, { NULL } },
  { TYPE_TAG, offsetof (struct ct_config, radio_reference), 0, 0, { NULL } },
  { TYPE_WORD, offsetof (struct ct_config, radio_read_iphones), 0, 0, { "no", "quiet", "yes" } },
  { TYPE_YES_NO, offsetof (struct ct_config, radio_hear_all), 0, 0, { "no", "yes" } },
  { TYPE_TAG, offsetof (struct ct_config, radio_venue), CT_BEACON_EDDYSTONE_UID, 0, { NULL } },
};

static const char *
set_name (struct ct_span value, char *ret_text)
{
  unsigned doubts = 0;
  enum ct_refusal refusal =
      value.len == 0 ? CT_REFUSAL_EMPTY : ct_name_read (value, ret_text, &doubts);
  if (refusal == CT_REFUSAL_EMPTY)
    return "empty";
  return refusal == CT_REFUSAL_NONE ? NULL : "longer than 64 letters, or a tab in it";
}

static const char *
set_id (struct ct_span value, char *ret_text)
{
  if (value.len == 0 || value.len > ID_LEN_MAX)
    return "empty, or longer than 64 characters";
  for (size_t i = 0; i < value.len; i++)
    if (!ct_is_letter (value.at[i]) && !ct_is_digit (value.at[i]) && value.at[i] != '-' &&
        value.at[i] != '_')
      return "not a letter, digit, - or _";
  memcpy (ret_text, value.at, value.len);
  ret_text[value.len] = '\0';
  return NULL;
}

static const char *
set_patterns (struct ct_span value,
              char ret_patterns[CT_CONFIG_PATTERNS_MAX][CT_VENUE_PATTERN_MAX + 1])
{
  struct ct_span patterns[CT_CONFIG_PATTERNS_MAX];
  size_t n = value.len == 0 ? 0 : ct_span_split (value, ';', patterns, CT_CONFIG_PATTERNS_MAX);
  if (n > CT_CONFIG_PATTERNS_MAX)
    return "more than 8 patterns";
  memset (ret_patterns, 0, CT_CONFIG_PATTERNS_MAX * (CT_VENUE_PATTERN_MAX + 1));
  for (size_t i = 0; i < n; i++) {
    struct ct_span pattern = ct_span_trim (patterns[i]);
    if (!ct_venue_pattern_is_valid (pattern))
      return "not a pattern";
    memcpy (ret_patterns[i], pattern.at, pattern.len);
  }
  return NULL;
}

static const char *
set_number (struct ct_span value, const struct place *place, int *ret_number)
{
  bool is_negative = place->min < 0 && ct_span_starts_with (value, "-");
  long number = ct_span_to_number (is_negative ? ct_span_skip (value, 1) : value);
  if (number < 0)
    return "not a whole number";
  number = is_negative ? -number : number;
  if (number < place->min || number > place->max)
    return "out of range";
  *ret_number = (int) number;
  return NULL;
}

static int
word_index (struct ct_span value, const struct place *place)
{
  for (int i = 0; place->words[i] != NULL; i++)
    if (ct_span_equals (value, place->words[i]))
      return i;
  return -1;
}

// Absolute, and without a way up: a configuration may come from elsewhere.
static bool
is_plain_path (struct ct_span path)
{
  return ct_span_starts_with (path, "/") && !ct_span_contains (path, "/../") &&
         !(path.len >= 3 && memcmp (path.at + path.len - 3, "/..", 3) == 0);
}

static bool
take_prefix (struct ct_span *value, const char *prefix)
{
  if (!ct_span_starts_with (*value, prefix))
    return false;
  *value = ct_span_skip (*value, strlen (prefix));
  return true;
}

// "1280x720@30"
static bool
is_frame_size (struct ct_span value)
{
  struct ct_span size_rate[2], width_height[2];
  if (ct_span_split (value, '@', size_rate, 2) != 2 ||
      ct_span_split (size_rate[0], 'x', width_height, 2) != 2)
    return false;
  long width_px = ct_span_to_number (width_height[0]),
       height_px = ct_span_to_number (width_height[1]);
  long rate_hz = ct_span_to_number (size_rate[1]);
  return width_px >= 16 && width_px <= 8192 && height_px >= 16 && height_px <= 8192 &&
         rate_hz >= 1 && rate_hz <= 240;
}

static bool
is_camera (struct ct_span value)
{
  if (take_prefix (&value, "v4l2:"))
    return value.len == 0 || is_plain_path (value);
  if (take_prefix (&value, "file:") || take_prefix (&value, "images:"))
    return is_plain_path (value);
  if (take_prefix (&value, "push:"))
    return is_frame_size (value);
  return ct_span_starts_with (value, "libcamera:");
}

static bool
is_panel (struct ct_span value)
{
  if (take_prefix (&value, "gpio:"))
    return value.len > 0 && value.len < 32; // as the kernel limits a chip's label
  return ct_span_equals (value, "none") || (take_prefix (&value, "file:") && is_plain_path (value));
}

// "04b8:0e28"
static bool
is_usb_ids (struct ct_span value)
{
  for (size_t i = 0; i < value.len; i++)
    if (i == 4 ? value.at[i] != ':' : memchr ("0123456789abcdefABCDEF", value.at[i], 22) == NULL)
      return false;
  return value.len == 9;
}

// What follows "serial:" and "tcp:" is the port's own matter.
static bool
is_printer (struct ct_span value)
{
  if (take_prefix (&value, "usb:"))
    return is_usb_ids (value);
  if (take_prefix (&value, "device:") || take_prefix (&value, "file:"))
    return is_plain_path (value);
  return ct_span_equals (value, "none") || ct_span_starts_with (value, "serial:/") ||
         ct_span_starts_with (value, "tcp:");
}

static bool
is_watchdog (struct ct_span value)
{
  return ct_span_equals (value, "none") ||
         (take_prefix (&value, "device:") && is_plain_path (value));
}

static bool
is_radio (struct ct_span value)
{
  if (ct_span_equals (value, "none"))
    return true;
  if (take_prefix (&value, "log:"))
    return is_plain_path (value);
  if (!take_prefix (&value, "bluez:"))
    return false;
  for (size_t i = 0; i < value.len; i++)
    if (i % 3 == 2 ? value.at[i] != ':' : ct_hex_value (value.at[i]) < 0)
      return false;
  return value.len == 0 || value.len == sizeof "00:11:22:33:44:55" - 1;
}

static bool
is_wedge (struct ct_span value)
{
  if (take_prefix (&value, "usb:"))
    return is_usb_ids (value);
  if (take_prefix (&value, "name:"))
    return value.len > 0;
  return ct_span_equals (value, "none") ||
         (take_prefix (&value, "device:") && ct_span_starts_with (value, "/dev/") &&
          is_plain_path (value));
}

static const char *
set_source (struct ct_span value, bool possible, char *ret_source)
{
  if (!possible)
    return "not a source, or its path is not absolute";
  if (value.len > CT_CONFIG_TEXT_MAX)
    return "longer than 256 bytes";
  memcpy (ret_source, value.at, value.len);
  ret_source[value.len] = '\0';
  return NULL;
}

// Only what could be there; what it means is the device's own matter.
static const char *
set_ascii (struct ct_span value, size_t len_max, const char *too_long, char *ret_text)
{
  if (value.len > len_max)
    return too_long;
  for (size_t i = 0; i < value.len; i++)
    if (value.at[i] < ' ' || value.at[i] > '~')
      return "not plain ASCII";
  memcpy (ret_text, value.at, value.len);
  ret_text[value.len] = '\0';
  return NULL;
}

static const char *
set_tags (struct ct_span value, char *ret_text)
{
  struct ct_beacon tags[CT_TAGS_MAX];
  if (ct_tags_read (value, tags) < 0)
    return "not up to 256 different tags";
  return set_ascii (value, CT_CONFIG_TAGS_MAX, "longer than 15360 bytes", ret_text);
}

static const char *
set_tag (struct ct_span value, int kind, char *ret_text)
{
  struct ct_beacon tags[CT_TAGS_MAX];
  bool are_staff[CT_TAGS_MAX];
  int n_tags = ct_tags_read (value, tags);
  if (n_tags < 0 || n_tags > 1)
    return "not one tag";
  if (ct_tags_read_staff (value, are_staff) == 1 && are_staff[0])
    return "the venue's own, so nobody of the staff";
  if (n_tags == 1 && kind != 0 && (int) tags[0].kind != kind)
    return "not of that kind";
  return set_ascii (value, CT_CONFIG_TAG_MAX, "longer than 64 bytes", ret_text);
}

const char *
ct_config_key_set (size_t index, struct ct_span value, struct ct_config *config)
{
  const struct place *place = &PLACES[index];
  void *at = (char *) config + place->offset;
  int word = word_index (value, place);
  switch (place->type) {
  case TYPE_NAME:
    return set_name (value, at);
  case TYPE_ID:
    return set_id (value, at);
  case TYPE_PATTERNS:
    return set_patterns (value, at);
  case TYPE_NUMBER:
    return set_number (value, place, at);
  case TYPE_WORD:
    if (word >= 0)
      memcpy (at, &word, sizeof word);
    return word >= 0 ? NULL : "not one of the words it may be";
  case TYPE_YES_NO:
    if (word >= 0)
      *(bool *) at = word == 1;
    return word >= 0 ? NULL : "neither yes nor no";
  case TYPE_CAMERA:
    return set_source (value, is_camera (value), at);
  case TYPE_PANEL:
    return set_source (value, is_panel (value), at);
  case TYPE_LINES:
    return set_ascii (value, CT_CONFIG_LINES_MAX, "longer than 640 bytes", at);
  case TYPE_PRINTER:
    return set_source (value, is_printer (value), at);
  case TYPE_WATCHDOG:
    return set_source (value, is_watchdog (value), at);
  case TYPE_WEDGE:
    return set_source (value, is_wedge (value), at);
  case TYPE_PREFIX:
    return set_ascii (value, CT_CONFIG_PREFIX_MAX, "longer than 16 characters", at);
  case TYPE_RADIO:
    return set_source (value, is_radio (value), at);
  case TYPE_TAGS:
    return set_tags (value, at);
  case TYPE_TAG:
    return set_tag (value, place->min, at);
  }
  return "unknown key";
}

const struct ct_config_key *
ct_config_keys (size_t *ret_n_keys)
{
  *ret_n_keys = CT_CONFIG_N_KEYS;
  return CT_CONFIG_KEYS;
}
