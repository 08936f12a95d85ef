// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl decode, from picture files to stdout and exit code.

#include "kiosk/ctl/ctl-decode.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CARD      "079090012345||Nguyễn Văn Thử|15081990|Nữ|Huế|10052021"
#define MODULE_PX 4
#define QUIET     4

typedef struct {
  char *folder;
  char *card;
  char *latin;
  char *empty;
  char *broken;
} Fixture;

static char *
save_picture (Fixture *fixture, const char *name, const char *payload)
{
  QRcode *code = payload != NULL ? QRcode_encodeData ((int) strlen (payload),
                                                      (const guchar *) payload, 0, QR_ECLEVEL_M)
                                 : NULL;
  int modules = (code != NULL ? code->width : 21) + 2 * QUIET;
  char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GdkPixbuf) pixbuf =
      gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, modules * MODULE_PX, modules * MODULE_PX);
  g_autoptr (GError) error = NULL;
  gdk_pixbuf_fill (pixbuf, 0xffffffff);
  for (int i = 0; code != NULL && i < code->width * code->width; i++)
    if (code->data[i] & 1) {
      g_autoptr (GdkPixbuf) module =
          gdk_pixbuf_new_subpixbuf (pixbuf, (i % code->width + QUIET) * MODULE_PX,
                                    (i / code->width + QUIET) * MODULE_PX, MODULE_PX, MODULE_PX);
      gdk_pixbuf_fill (module, 0x000000ff);
    }
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", &error, NULL));
  g_assert_no_error (error);
  QRcode_free (code);
  return path;
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->folder = g_dir_make_tmp ("tramxanh-decode-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->card = save_picture (fixture, "card.png", CARD);
  fixture->latin = save_picture (fixture, "latin.png", "M\xfcller");
  fixture->empty = save_picture (fixture, "empty.png", NULL);
  fixture->broken = g_build_filename (fixture->folder, "broken.png", NULL);
  g_assert_true (g_file_set_contents (fixture->broken, "no picture", -1, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  char *const paths[] = { fixture->card, fixture->latin, fixture->empty, fixture->broken };
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_assert_cmpint (g_unlink (paths[i]), ==, 0);
    g_free (paths[i]);
  }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
}

// stdout into an unnamed file while the subcommand runs.
static char *
run_decode (int *ret_exit, const char *first, const char *second)
{
  char *argv[] = { (char *) "decode", (char *) first, (char *) second, NULL };
  g_autofree char *answer = g_malloc0 (4096);
  FILE *out = tmpfile ();
  (void) fflush (stdout); // the test's own lines
  int saved = dup (STDOUT_FILENO);
  g_assert_cmpint (dup2 (fileno (out), STDOUT_FILENO), ==, STDOUT_FILENO);
  *ret_exit = ctl_decode (second != NULL ? 3 : first != NULL ? 2 : 1, argv);
  g_assert_cmpint (dup2 (saved, STDOUT_FILENO), ==, STDOUT_FILENO);
  g_assert_cmpint (close (saved), ==, 0);
  rewind (out);
  (void) fread (answer, 1, 4095, out); // may be nothing
  (void) fclose (out);                 // read only by now
  return g_steal_pointer (&answer);
}

static void
test_answers (Fixture *fixture, gconstpointer user_data)
{
  const struct {
    const char *first, *second;
    int exit;
    const char *begins;
  } cases[] = {
    { fixture->card, NULL, 0, CARD "\n" },
    { fixture->empty, NULL, 1, "" },
    { fixture->card, fixture->empty, 1, CARD "\n" },
    { fixture->broken, fixture->card, 3, CARD "\n" },
    { "/nonexistent.png", NULL, 3, "" },
    { NULL, NULL, 2, "" },
    { "--budget-ms=0", fixture->card, 2, "" },
    { "--budget-ms=many", fixture->card, 2, "" },
    { "--unknown", fixture->card, 2, "" },
    { "--budget-ms=20", fixture->card, 0, CARD "\n" },
    { "--engine-report", fixture->card, 0, CARD "\n" },
    { fixture->latin, NULL, 0, "M\xfcller\n" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    int exit_code;
    g_autofree char *answer = run_decode (&exit_code, cases[i].first, cases[i].second);
    g_assert_cmpstr (answer, ==, cases[i].begins);
    g_assert_cmpint (exit_code, ==, cases[i].exit);
  }
}

static void
test_json (Fixture *fixture, gconstpointer user_data)
{
  int exit_code;
  g_autofree char *card = run_decode (&exit_code, "--json", fixture->card);
  g_assert_cmpint (exit_code, ==, 0);
  g_assert_nonnull (strstr (card, "\"payload\":\"" CARD "\""));
  g_assert_null (strstr (card, "payload_base64"));
  g_assert_nonnull (strstr (card, "\"corners\":[["));
  g_assert_nonnull (strstr (card, "\"engine\":\""));
  g_assert_true (g_str_has_suffix (card, "}\n"));

  g_autofree char *latin = run_decode (&exit_code, "--json", fixture->latin);
  g_assert_nonnull (strstr (latin, "\"payload_base64\":\"TfxsbGVy\""));
  g_assert_null (strstr (latin, "\"payload\":"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/kiosk/ctl-decode/answers-by-text-and-exit-code", Fixture, NULL, set_up,
              test_answers, tear_down);
  g_test_add ("/kiosk/ctl-decode/writes-one-object-a-symbol", Fixture, NULL, set_up, test_json,
              tear_down);
  return g_test_run ();
}
