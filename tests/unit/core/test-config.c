// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The configuration: defaults, every key, and the line and reason of every mistake.

#include <glib.h>
#include <locale.h>
#include <string.h>

#include "kiosk/core/ct-config.h"
#include "kiosk/core/ct-tag.h"

static enum ct_status
read_text (const char *text, struct ct_config *ret_config, struct ct_config_error *ret_error)
{
  gsize len = strlen (text);
  g_autofree char *exact = g_memdup2 (text, len); // for the sanitizers
  return ct_config_read (exact != NULL ? exact : "", len, ret_config, ret_error);
}

static struct ct_config
read_good (const char *text)
{
  struct ct_config config;
  struct ct_config_error error = { .reason = NULL };
  enum ct_status status = read_text (text, &config, &error);
  if (status != CT_OK)
    g_test_message ("line %zu %s: %s", error.line, error.key, error.reason);
  g_assert_cmpint (status, ==, CT_OK);
  return config;
}

static void
test_has_a_default_for_every_key (void)
{
  struct ct_config config = read_good ("");
  g_assert_cmpstr (config.venue_name, ==, "Trạm Xanh");
  g_assert_cmpstr (config.venue_zone, ==, "main");
  g_assert_cmpint (config.venue_profile_second_scan, ==, CT_SECOND_SCAN_NOTICE);
  g_assert_false (config.venue_keep_details);
  g_assert_cmpstr (config.venue_code_patterns[0], ==, "");
  g_assert_cmpint (config.entrance_cool_down_s, ==, 10);
  g_assert_cmpint (config.entrance_result_ms, ==, 2500);
  g_assert_cmpint (config.entrance_longest_stay_h, ==, 16);
  g_assert_cmpint (config.journal_retention_days, ==, 21);
  g_assert_cmpstr (config.camera_source, ==, "v4l2:");
  g_assert_cmpint (config.sound_volume_percent, ==, 70);
  g_assert_cmpint (config.screen_theme, ==, CT_THEME_AUTO);
  g_assert_cmpstr (config.panel_source, ==, "none");
  g_assert_cmpstr (config.printer_source, ==, "none");
  g_assert_cmpint (config.printer_paper_width_mm, ==, CT_PAPER_58_MM);
  g_assert_cmpint (config.printer_slip, ==, CT_SLIP_BUTTON);
  g_assert_cmpstr (config.watchdog_source, ==, "none");
  g_assert_cmpstr (config.wedge_source, ==, "none");
  g_assert_cmpint (config.wedge_end, ==, CT_WEDGE_END_ENTER);
  g_assert_cmpstr (config.wedge_prefix, ==, "");
  g_assert_cmpstr (config.radio_source, ==, "none");
  g_assert_cmpint (config.radio_window_s, ==, 300);
  g_assert_cmpint (config.radio_tap_dbm, ==, -40);
  g_assert_cmpstr (config.radio_tags, ==, "");
  g_assert_cmpstr (config.radio_reference, ==, "");
  g_assert_cmpint (config.radio_read_iphones, ==, CT_READ_IPHONES_QUIET);
  g_assert_false (config.radio_hear_all);
  g_assert_cmpstr (config.radio_venue, ==, "");
}

static void
test_reads_every_key (void)
{
  struct ct_config config = read_good ("[venue]\n"
                                       "name = Bệnh viện  Bu\u031B\u0309u Điện\n"
                                       "zone=cong-2\n"
                                       "profile-second-scan = check-out\n"
                                       "keep-details = yes\n"
                                       "code-patterns = HOTEL-####; BUS@@* ;V?\n"
                                       "[entrance]\n"
                                       "cool-down-s = 600\n"
                                       "result-ms = 2000\n"
                                       "longest-stay-h = 1\n"
                                       "[journal]\n"
                                       "retention-days = 30\n"
                                       "[camera]\n"
                                       "source = v4l2:/dev/v4l/by-id/usb-cam-video-index0\n"
                                       "[sound]\n"
                                       "volume-percent = 0\n"
                                       "[screen]\n"
                                       "theme = dark\n"
                                       "[panel]\n"
                                       "source = file:/run/tramxanh/panel\n"
                                       "[printer]\n"
                                       "source = usb:04b8:0e28\n"
                                       "paper-width-mm = 80\n"
                                       "slip = always\n"
                                       "[watchdog]\n"
                                       "source = device:/dev/watchdog0\n"
                                       "[wedge]\n"
                                       "source = name:Scanner 9\n"
                                       "end = silence\n"
                                       "prefix = ]Q1\n"
                                       "[radio]\n"
                                       "source = bluez:00:11:22:33:44:5A\n"
                                       "window-s = 10\n"
                                       "tap-dbm = -55\n"
                                       "tags = eddystone-uid:000102030405060708091a1b1c1d1e1f\n"
                                       "reference = eddystone-uid:"
                                       "00000000000000000000000000000001\n"
                                       "read-iphones = no\n"
                                       "hear-all = yes\n"
                                       "venue = eddystone-uid:"
                                       "00000000000000000000000000000002\n");
  g_assert_cmpstr (config.venue_name, ==, "Bệnh viện Bửu Điện");
  g_assert_cmpstr (config.venue_zone, ==, "cong-2");
  g_assert_cmpint (config.venue_profile_second_scan, ==, CT_SECOND_SCAN_CHECK_OUT);
  g_assert_true (config.venue_keep_details);
  g_assert_cmpstr (config.venue_code_patterns[0], ==, "HOTEL-####");
  g_assert_cmpstr (config.venue_code_patterns[1], ==, "BUS@@*");
  g_assert_cmpstr (config.venue_code_patterns[2], ==, "V?");
  g_assert_cmpstr (config.venue_code_patterns[3], ==, "");
  g_assert_cmpint (config.entrance_cool_down_s, ==, 600);
  g_assert_cmpint (config.entrance_result_ms, ==, 2000);
  g_assert_cmpint (config.entrance_longest_stay_h, ==, 1);
  g_assert_cmpint (config.journal_retention_days, ==, 30);
  g_assert_cmpstr (config.camera_source, ==, "v4l2:/dev/v4l/by-id/usb-cam-video-index0");
  g_assert_cmpint (config.sound_volume_percent, ==, 0);
  g_assert_cmpint (config.screen_theme, ==, CT_THEME_DARK);
  g_assert_cmpstr (config.panel_source, ==, "file:/run/tramxanh/panel");
  g_assert_cmpstr (config.printer_source, ==, "usb:04b8:0e28");
  g_assert_cmpint (config.printer_paper_width_mm, ==, CT_PAPER_80_MM);
  g_assert_cmpint (config.printer_slip, ==, CT_SLIP_ALWAYS);
  g_assert_cmpstr (config.watchdog_source, ==, "device:/dev/watchdog0");
  g_assert_cmpstr (config.wedge_source, ==, "name:Scanner 9");
  g_assert_cmpint (config.wedge_end, ==, CT_WEDGE_END_SILENCE);
  g_assert_cmpstr (config.wedge_prefix, ==, "]Q1");
  g_assert_cmpstr (config.radio_source, ==, "bluez:00:11:22:33:44:5A");
  g_assert_cmpint (config.radio_window_s, ==, 10);
  g_assert_cmpint (config.radio_tap_dbm, ==, -55);
  g_assert_cmpstr (config.radio_tags, ==, "eddystone-uid:000102030405060708091a1b1c1d1e1f");
  g_assert_cmpstr (config.radio_reference, ==, "eddystone-uid:00000000000000000000000000000001");
  g_assert_cmpint (config.radio_read_iphones, ==, CT_READ_IPHONES_NO);
  g_assert_true (config.radio_hear_all);
  g_assert_cmpstr (config.radio_venue, ==, "eddystone-uid:00000000000000000000000000000002");
}

static void
test_accepts_marks_line_ends_and_comments (void)
{
  struct ct_config config = read_good (
      "\xEF\xBB\xBF# first\r\n\r\n; second\r\n\t[ journal ]\t\r\n  retention-days\t=  7  \r\n");
  g_assert_cmpint (config.journal_retention_days, ==, 7);
  config = read_good ("[venue]\nname = A # no comment\n");
  g_assert_cmpstr (config.venue_name, ==, "A # no comment");
  config = read_good ("[venue]\nname = A = B\n");
  g_assert_cmpstr (config.venue_name, ==, "A = B");
}

typedef struct {
  const char *text;
  enum ct_status status;
  size_t line;
  const char *key, *reason;
} Mistake;

// clang-format off
static const Mistake mistakes[] = {
  { "[venue]\nnmae = x\n", CT_ERR_MALFORMED, 2, "venue.nmae", "unknown key" },
  { "[Venue]\n", CT_ERR_MALFORMED, 1, "Venue", "unknown section" },
  { "[]\n", CT_ERR_MALFORMED, 1, "", "unknown section" },
  { "[venue.name]\n", CT_ERR_MALFORMED, 1, "venue.name", "unknown section" },
  { "[venue]\n[venue]\n", CT_ERR_MALFORMED, 2, "venue", "section given twice" },
  { "[venue]\nzone = cổng 2\n", CT_ERR_MALFORMED, 2, "venue.zone", "not a letter, digit, - or _" },
  { "[venue]\nzone =\n", CT_ERR_MALFORMED, 2, "venue.zone", "empty, or longer than 64 characters" },
  { "[venue]\nzone = a\n\nzone = a\n", CT_ERR_MALFORMED, 4, "venue.zone", "key given twice" },
  { "name = x\n", CT_ERR_MALFORMED, 1, "name", "key before the first section" },
  { "[venue]\nname\n", CT_ERR_MALFORMED, 2, "venue", "neither a section, a key with a value, nor a comment" },
  { "[venue\n", CT_ERR_MALFORMED, 1, "", "neither a section, a key with a value, nor a comment" },
  { "[venue]\n= x\n", CT_ERR_MALFORMED, 2, "venue", "unknown key" },
  { "[venue]\nname =\n", CT_ERR_MALFORMED, 2, "venue.name", "empty" },
  { "[venue]\nname = A\tB\n", CT_ERR_MALFORMED, 2, "venue.name", "longer than 64 letters, or a tab in it" },
  { "[venue]\nname = A\x1B[2J\n", CT_ERR_MALFORMED, 2, "venue", "control character" },
  { "[venue]\nname = A\rB\n", CT_ERR_MALFORMED, 2, "venue", "control character" },
  { "[venue]\nname = A\xE2\x80\xAE\n", CT_ERR_MALFORMED, 2, "venue", "control character" },
  { "[venue]\nname = \xC0\xAF\n", CT_ERR_ENCODING, 2, "venue", "not UTF-8" },
  { "[journal]\nretention-days = 2", CT_ERR_MALFORMED, 2, "journal.retention-days", "last line without its end" },
  { "[journal]\nretention-days = 21 # days\n", CT_ERR_MALFORMED, 2, "journal.retention-days", "not a whole number" },
  { "[venue]\nkeep-details = maybe\n", CT_ERR_MALFORMED, 2, "venue.keep-details", "neither yes nor no" },
  { "[venue]\nkeep-details = TRUE\n", CT_ERR_MALFORMED, 2, "venue.keep-details", "neither yes nor no" },
  { "[venue]\nprofile-second-scan = Notice\n", CT_ERR_MALFORMED, 2, "venue.profile-second-scan", "not one of the words it may be" },
  { "[venue]\ncode-patterns = *\n", CT_ERR_MALFORMED, 2, "venue.code-patterns", "not a pattern" },
  { "[venue]\ncode-patterns = A#;\n", CT_ERR_MALFORMED, 2, "venue.code-patterns", "not a pattern" },
  { "[venue]\ncode-patterns = 1;2;3;4;5;6;7;8;9\n", CT_ERR_MALFORMED, 2, "venue.code-patterns", "more than 8 patterns" },
  { "[screen]\ntheme = blue\n", CT_ERR_MALFORMED, 2, "screen.theme", "not one of the words it may be" },
  { "[screen]\ntheme = fr\n", CT_ERR_MALFORMED, 2, "screen.theme", "not one of the words it may be" },
  { "[panel]\nsource = gpio\n", CT_ERR_MALFORMED, 2, "panel.source", "not a source, or its path is not absolute" },
  { "[radio]\ntags = ibeacon:00\n", CT_ERR_MALFORMED, 2, "radio.tags",
    "not up to 256 different tags" },
  { "[radio]\ntags = bluezone:000102030405060708090a0b\n", CT_ERR_MALFORMED, 2, "radio.tags",
    "not up to 256 different tags" },
  { "[radio]\nvenue = ibeacon:e2c56db5dffb48d2b060d0f5a71096e000010002\n", CT_ERR_MALFORMED, 2,
    "radio.venue", "not of that kind" },
  { "[radio]\nreference = ibeacon:00\n", CT_ERR_MALFORMED, 2, "radio.reference", "not one tag" },
  { "[radio]\nreference = eddystone-uid:000102030405060708091a1b1c1d1e1f:staff\n", CT_ERR_MALFORMED, 2,
    "radio.reference", "the venue's own, so nobody of the staff" },
  { "[radio]\ntags = eddystone-uid:000102030405060708091a1b1c1d1e1f:boss\n", CT_ERR_MALFORMED, 2,
    "radio.tags", "not up to 256 different tags" },
  { "[radio]\nwindow-s = 901\n", CT_ERR_MALFORMED, 2, "radio.window-s", "out of range" },
  { "[radio]\nwindow-s = -10\n", CT_ERR_MALFORMED, 2, "radio.window-s", "not a whole number" },
  { "[radio]\ntap-dbm = 40\n", CT_ERR_MALFORMED, 2, "radio.tap-dbm", "out of range" },
  { "[radio]\ntap-dbm = -71\n", CT_ERR_MALFORMED, 2, "radio.tap-dbm", "out of range" },
  { "[wedge]\nend = return\n", CT_ERR_MALFORMED, 2, "wedge.end", "not one of the words it may be" },
  { "[wedge]\nprefix = ĐỌC\n", CT_ERR_MALFORMED, 2, "wedge.prefix", "not plain ASCII" },
  { "[wedge]\nprefix = 12345678901234567\n", CT_ERR_MALFORMED, 2, "wedge.prefix", "longer than 16 characters" },
  { "include other.conf\n", CT_ERR_MALFORMED, 1, "", "neither a section, a key with a value, nor a comment" },
};
// clang-format on

static void
assert_mistake (const char *text, gsize len, const Mistake *expected)
{
  struct ct_config config, untouched;
  struct ct_config_error error;
  memset (&config, 0x5A, sizeof config);
  untouched = config;
  g_autofree char *exact = g_memdup2 (text, len);
  g_assert_cmpint (ct_config_read (exact, len, &config, &error), ==, expected->status);
  g_assert_cmpuint (error.line, ==, expected->line);
  g_assert_cmpstr (error.key, ==, expected->key);
  g_assert_cmpstr (error.reason, ==, expected->reason);
  g_assert_cmpmem (&config, sizeof config, &untouched, sizeof untouched);
}

static void
test_names_line_key_and_reason (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++) {
    g_test_message ("%s", mistakes[i].text);
    assert_mistake (mistakes[i].text, strlen (mistakes[i].text), &mistakes[i]);
  }
}

static void
test_refuses_numbers_that_are_not_in_range (void)
{
  static const struct {
    const char *section, *key;
    int min, max;
  } numbers[] = {
    { "entrance", "cool-down-s", 1, 600 },   { "entrance", "result-ms", 2000, 5000 },
    { "entrance", "longest-stay-h", 1, 24 }, { "journal", "retention-days", 1, 30 },
    { "sound", "volume-percent", 0, 100 },   { "radio", "tap-dbm", -70, -10 },
  };
  static const char *const words[] = { "",     "-1",  "+5",    "21.5",        "0x15",
                                       "２１", "1e1", "5 000", "99999999999", "9223372036854775808",
                                       "ten" };
  struct ct_config config;
  struct ct_config_error error;
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    for (int edge = -1; edge <= 1; edge++) {
      g_autofree char *low = g_strdup_printf ("[%s]\n%s = %d\n", numbers[i].section, numbers[i].key,
                                              numbers[i].min + edge);
      g_autofree char *high = g_strdup_printf ("[%s]\n%s = %d\n", numbers[i].section,
                                               numbers[i].key, numbers[i].max + edge);
      g_assert_cmpint (read_text (low, &config, &error), ==, edge < 0 ? CT_ERR_MALFORMED : CT_OK);
      g_assert_cmpint (read_text (high, &config, &error), ==, edge > 0 ? CT_ERR_MALFORMED : CT_OK);
    }
    for (gsize j = 0; j < G_N_ELEMENTS (words); j++) {
      g_autofree char *text =
          g_strdup_printf ("[%s]\n%s = %s\n", numbers[i].section, numbers[i].key, words[j]);
      g_assert_cmpint (read_text (text, &config, &error), ==, CT_ERR_MALFORMED);
    }
  }
}

static void
test_checks_sources (void)
{
  static const struct {
    const char *key, *source;
    gboolean good;
  } sources[] = {
    { "camera", "v4l2:", TRUE },
    { "camera", "v4l2:/dev/video0", TRUE },
    { "camera", "v4l2:video0", FALSE },
    { "camera", "v4l2:/dev/../etc/shadow", FALSE },
    { "camera", "file:/srv/film.webm", TRUE },
    { "camera", "file:film.webm", FALSE },
    { "camera", "file:/srv/..", FALSE },
    { "camera", "file:", FALSE },
    { "camera", "images:/srv/%04d.png", TRUE },
    { "camera", "libcamera:", TRUE },
    { "camera", "libcamera:/base/soc/i2c0mux/i2c@1/imx708@1a", TRUE },
    { "camera", "push:1280x720@30", TRUE },
    { "camera", "push:1280x720", FALSE },
    { "camera", "push:1280@30", FALSE },
    { "camera", "push:0x720@30", FALSE },
    { "camera", "push:1280x720@0", FALSE },
    { "camera", "push:1280x720x2@30", FALSE },
    { "camera", "push:99999x720@30", FALSE },
    { "camera", "rtsp://example.org/", FALSE },
    { "camera", "", FALSE },
    { "panel", "none", TRUE },
    { "panel", "file:/run/panel", TRUE },
    { "panel", "file:panel", FALSE },
    { "panel", "gpio:kiosk-panel", TRUE },
    { "panel", "gpio:", FALSE },
    { "panel", "gpio:a-label-that-no-chip-of-linux-has", FALSE },
    { "panel", "", FALSE },
    { "printer", "none", TRUE },
    { "printer", "usb:04b8:0E28", TRUE },
    { "printer", "usb:04b8:0e2", FALSE },
    { "printer", "usb:04b8-0e28", FALSE },
    { "printer", "device:/dev/usb/lp0", TRUE },
    { "printer", "device:lp0", FALSE },
    { "printer", "serial:/dev/ttyS0@9600", TRUE },
    { "printer", "serial:ttyS0@9600", FALSE },
    { "printer", "tcp:10.0.0.7:9100", TRUE },
    { "printer", "file:/srv/slips", TRUE },
    { "printer", "file:slips", FALSE },
    { "printer", "", FALSE },
    { "watchdog", "device:/dev/watchdog0", TRUE },
    { "watchdog", "/dev/watchdog0", FALSE },
    { "watchdog", "device:watchdog0", FALSE },
    { "radio", "none", TRUE },
    { "radio", "bluez:", TRUE },
    { "radio", "bluez:00:11:22:33:44:5a", TRUE },
    { "radio", "bluez:00:11:22:33:44", FALSE },
    { "radio", "bluez:hci0", FALSE },
    { "radio", "log:/var/lib/morning.log", TRUE },
    { "radio", "log:morning.log", FALSE },
    { "radio", "", FALSE },
    { "wedge", "none", TRUE },
    { "wedge", "usb:0c2e:0B61", TRUE },
    { "wedge", "usb:0c2e", FALSE },
    { "wedge", "name:Máy quét", TRUE },
    { "wedge", "name:", FALSE },
    { "wedge", "device:/dev/input/by-id/usb-scanner-event-kbd", TRUE },
    { "wedge", "device:/tmp/scanner", FALSE },
    { "wedge", "device:/dev/../tmp/scanner", FALSE },
    { "wedge", "", FALSE },
  };
  struct ct_config config;
  struct ct_config_error error;
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++) {
    g_autofree char *text =
        g_strdup_printf ("[%s]\nsource = %s\n", sources[i].key, sources[i].source);
    g_test_message ("%s", text);
    g_assert_cmpint (read_text (text, &config, &error), ==,
                     sources[i].good ? CT_OK : CT_ERR_MALFORMED);
  }
}

static void
test_takes_wiring_as_plain_text (void)
{
  const char *good = "[panel]\nlines = green=LAMP_GREEN door=17:active-low\n";
  g_assert_cmpstr (read_good (good).panel_lines, ==, "green=LAMP_GREEN door=17:active-low");
  const char *marked = "[panel]\nlines = green=ĐÈN\n";
  assert_mistake (marked, strlen (marked),
                  &(Mistake){ NULL, CT_ERR_MALFORMED, 2, "panel.lines", "not plain ASCII" });
  g_autofree char *lines = g_strnfill (CT_CONFIG_LINES_MAX + 1, 'x');
  g_autofree char *longer = g_strconcat ("[panel]\nlines = ", lines, "\n", NULL);
  assert_mistake (longer, strlen (longer),
                  &(Mistake){ NULL, CT_ERR_MALFORMED, 2, "panel.lines", "longer than 640 bytes" });
}

static void
test_bounds_files_lines_and_texts (void)
{
  g_autofree char *comment = g_strnfill (CT_CONFIG_LINE_MAX, '#');
  g_autofree char *line = g_strconcat (comment, "\n", NULL);
  g_autofree char *long_line = g_strconcat ("#", line, NULL);
  (void) read_good (line);
  assert_mistake (long_line, strlen (long_line),
                  &(Mistake){ NULL, CT_ERR_TOO_LONG, 1, "", "line too long" });

  g_autofree char *file = g_strnfill (CT_CONFIG_LEN_MAX + 1, '\n');
  assert_mistake (file, CT_CONFIG_LEN_MAX + 1,
                  &(Mistake){ NULL, CT_ERR_TOO_LONG, 0, "", "file too long" });
  file[CT_CONFIG_LEN_MAX] = '\0';
  (void) read_good (file);

  g_autofree char *path = g_strnfill (CT_CONFIG_TEXT_MAX - strlen ("file:/"), 'x');
  g_autofree char *longest = g_strconcat ("[panel]\nsource = file:/", path, "\n", NULL);
  g_autofree char *longer = g_strconcat ("[panel]\nsource = file:/x", path, "\n", NULL);
  g_assert_cmpuint (strlen (read_good (longest).panel_source), ==, CT_CONFIG_TEXT_MAX);
  assert_mistake (longer, strlen (longer),
                  &(Mistake){ NULL, CT_ERR_MALFORMED, 2, "panel.source", "longer than 256 bytes" });

  g_autofree char *name = g_strnfill (65, 'x');
  g_autofree char *named = g_strconcat ("[venue]\nname = ", name, "\n", NULL);
  assert_mistake (named, strlen (named),
                  &(Mistake){ NULL, CT_ERR_MALFORMED, 2, "venue.name",
                              "longer than 64 letters, or a tab in it" });

  g_autofree char *key = g_strnfill (200, 'k');
  g_autofree char *long_key = g_strconcat ("[venue]\n", key, " = 1\n", NULL);
  g_autofree char *cut_key = g_strdup_printf ("venue.%.57s", key);
  assert_mistake (long_key, strlen (long_key),
                  &(Mistake){ NULL, CT_ERR_MALFORMED, 2, cut_key, "unknown key" });
}

static void
test_refuses_nuls (void)
{
  const char text[] = "[venue]\nname = A\0B\n";
  assert_mistake (text, sizeof text - 1,
                  &(Mistake){ NULL, CT_ERR_MALFORMED, 2, "venue", "control character" });
}

static void
test_does_not_depend_on_the_locale (void)
{
  static const char *const locales[] = { "tr_TR.UTF-8", "ar_EG.UTF-8", "vi_VN.UTF-8", "C.UTF-8",
                                         "C" };
  for (gsize i = 0; i < G_N_ELEMENTS (locales); i++) {
    if (setlocale (LC_ALL, locales[i]) == NULL)
      g_test_message ("%s is not installed", locales[i]);
    g_assert_cmpint (read_good ("[journal]\nretention-days = 12\n").journal_retention_days, ==, 12);
  }
}

// The value of a "section.key" in a file, or NULL.
static char *
find_value (const char *text, const char *name)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) parts = g_strsplit (name, ".", 2);
  g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  return g_key_file_get_value (file, parts[0], parts[1], NULL);
}

static void
test_agrees_with_the_sample (void)
{
  g_autofree char *sample = NULL;
  g_autoptr (GError) error = NULL;
  size_t n_keys;
  const struct ct_config_key *keys = ct_config_keys (&n_keys);
  g_file_get_contents (TX_SOURCE_DIR "/assets/tramxanh.conf", &sample, NULL, &error);
  g_assert_no_error (error);

  struct ct_config from_sample = read_good (sample), defaults = read_good ("");
  g_assert_cmpmem (&from_sample, sizeof from_sample, &defaults, sizeof defaults);
  g_assert_cmpuint (n_keys, <=, 29);
  for (size_t i = 0; i < n_keys; i++) {
    g_autofree char *value = find_value (sample, keys[i].name);
    g_assert_cmpstr (value, ==, keys[i].default_value);
    g_assert_cmpstr (keys[i].accepts, !=, "");
  }
}

// A hospital's badges; and one more.
static void
test_has_room_for_tags (void)
{
  g_autoptr (GString) text = g_string_new ("[radio]\ntags =");
  struct ct_config config;
  struct ct_config_error error;
  struct ct_beacon tags[CT_TAGS_MAX];
  for (guint i = 0; i < CT_TAGS_MAX; i++)
    g_string_append_printf (text, " altbeacon:%040x:staff", i);
  g_autofree char *full = g_strconcat (text->str, "\n", NULL);
  g_assert_cmpint (read_text (full, &config, &error), ==, CT_OK);
  g_assert_cmpint (ct_tags_read (ct_span_of (config.radio_tags), tags), ==, CT_TAGS_MAX);
  g_string_append (text, " eddystone-uid:000102030405060708091a1b1c1d1e1f\n");
  g_assert_cmpint (read_text (text->str, &config, &error), ==, CT_ERR_MALFORMED);
  g_assert_cmpstr (error.key, ==, "radio.tags");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/config/has-a-default-for-every-key", test_has_a_default_for_every_key);
  g_test_add_func ("/core/config/reads-every-key", test_reads_every_key);
  g_test_add_func ("/core/config/accepts-marks-line-ends-and-comments",
                   test_accepts_marks_line_ends_and_comments);
  g_test_add_func ("/core/config/names-line-key-and-reason", test_names_line_key_and_reason);
  g_test_add_func ("/core/config/refuses-numbers-that-are-not-in-range",
                   test_refuses_numbers_that_are_not_in_range);
  g_test_add_func ("/core/config/checks-sources", test_checks_sources);
  g_test_add_func ("/core/config/takes-wiring-as-plain-text", test_takes_wiring_as_plain_text);
  g_test_add_func ("/core/config/bounds-files-lines-and-texts", test_bounds_files_lines_and_texts);
  g_test_add_func ("/core/config/refuses-nuls", test_refuses_nuls);
  g_test_add_func ("/core/config/does-not-depend-on-the-locale",
                   test_does_not_depend_on_the_locale);
  g_test_add_func ("/core/config/agrees-with-the-sample", test_agrees_with_the_sample);
  g_test_add_func ("/core/config/has-room-for-a-hospital-s-tags", test_has_room_for_tags);
  return g_test_run ();
}
