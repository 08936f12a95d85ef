// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The configuration as a file: what the kiosk accepts from a disk.

#include "kiosk/kiosk-config.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = g_dir_make_tmp ("kiosk-config-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "tramxanh.conf", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  (void) g_remove (fixture->path); // some tests leave none
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
write_file (Fixture *fixture, const char *text)
{
  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
}

static void
assert_refused (Fixture *fixture, KioskConfigError code, const char *cause)
{
  struct ct_config config;
  g_autoptr (GError) error = NULL;
  g_assert_false (kiosk_config_read (fixture->path, &config, &error));
  g_assert_error (error, KIOSK_CONFIG_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, cause));
}

static void
test_reads (Fixture *fixture, gconstpointer unused)
{
  struct ct_config config;
  g_autoptr (GError) error = NULL;
  write_file (fixture, "[venue]\nname = Khách sạn Bình Minh\n");
  g_assert_true (kiosk_config_read (fixture->path, &config, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (config.venue_name, ==, "Khách sạn Bình Minh");
}

static void
test_sample (Fixture *fixture, gconstpointer unused)
{
  struct ct_config sample, defaults;
  g_autoptr (GError) error = NULL;
  memset (&sample, 0, sizeof sample); // padding takes part in the comparison
  memset (&defaults, 0, sizeof defaults);
  g_assert_true (kiosk_config_read (TX_SOURCE_DIR "/assets/tramxanh.conf", &sample, &error));
  write_file (fixture, "");
  g_assert_true (kiosk_config_read (fixture->path, &defaults, &error));
  g_assert_cmpmem (&sample, sizeof sample, &defaults, sizeof defaults);
}

static void
test_missing (Fixture *fixture, gconstpointer unused)
{
  assert_refused (fixture, KIOSK_CONFIG_ERROR_READ, "No such file");
}

static void
test_link (Fixture *fixture, gconstpointer unused)
{
  g_assert_cmpint (symlink ("/etc/hostname", fixture->path), ==, 0);
  assert_refused (fixture, KIOSK_CONFIG_ERROR_READ, "symbolic link");
}

static void
test_fifo (Fixture *fixture, gconstpointer unused)
{
  g_assert_cmpint (mkfifo (fixture->path, 0600), ==, 0);
  assert_refused (fixture, KIOSK_CONFIG_ERROR_READ, "not a regular file");
}

static void
test_too_long (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *text = g_strnfill (CT_CONFIG_LEN_MAX + 1, '\n');
  write_file (fixture, text);
  assert_refused (fixture, KIOSK_CONFIG_ERROR_READ, "longer than 64 KiB");
}

static void
test_names_the_line (Fixture *fixture, gconstpointer unused)
{
  write_file (fixture, "[venue]\n# a typing mistake\nnmae = X\n");
  assert_refused (fixture, KIOSK_CONFIG_ERROR_WRONG, "tramxanh.conf:3: venue.nmae: ");
}

static void
test_says_what_a_value_may_be (Fixture *fixture, gconstpointer unused)
{
  write_file (fixture, "[radio]\ntap-dbm = -85\n");
  assert_refused (fixture, KIOSK_CONFIG_ERROR_WRONG,
                  "radio.tap-dbm: out of range; it may be -70 to -10");
  write_file (fixture, "[screen]\ntheme = blue\n");
  assert_refused (fixture, KIOSK_CONFIG_ERROR_WRONG, "; it may be auto, light or dark");
  write_file (fixture, "[screen]\ntheme = dark\ntheme = dark\n");
  assert_refused (fixture, KIOSK_CONFIG_ERROR_WRONG, "screen.theme: key given twice");
}

static void
test_wiring (Fixture *fixture, gconstpointer unused)
{
  write_file (fixture, "[panel]\nsource = gpio:panel\nlines = gren=LAMP\n");
  assert_refused (fixture, KIOSK_CONFIG_ERROR_WRONG,
                  "panel.lines: 'gren=LAMP': no such part of a panel");
}

static void
test_printer (Fixture *fixture, gconstpointer unused)
{
  write_file (fixture, "[printer]\nsource = serial:/dev/ttyS0@9601\n");
  assert_refused (fixture, KIOSK_CONFIG_ERROR_WRONG, "printer.source: ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/kiosk/config/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("reads-a-file", test_reads);
  ADD ("checks-the-printer's-port", test_printer);
  ADD ("the-sample-says-the-defaults", test_sample);
  ADD ("a-file-that-was-asked-for-must-be-there", test_missing);
  ADD ("follows-no-link", test_link);
  ADD ("waits-for-no-pipe", test_fifo);
  ADD ("reads-at-most-64-kib", test_too_long);
  ADD ("a-mistake-is-named-with-its-line", test_names_the_line);
  ADD ("a-wrong-value-is-answered-with-the-right-ones", test_says_what_a_value_may_be);
  ADD ("wiring-that-makes-no-sense-is-refused", test_wiring);
  return g_test_run ();
}
