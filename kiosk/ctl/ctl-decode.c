// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl decode: what the kiosk's own decoder reads in picture files.

#include "kiosk/ctl/ctl-decode.h"

#include "hw/hw-qr-decoder.h"
#include "kiosk/ctl/ctl-json.h"
#include "kiosk/ctl/ctl-picture.h"

#include <gio/gio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define FRAME_BUDGET_MS 33.0
#define FRAMES_DEFAULT  5

enum { EXIT_READ = 0, EXIT_NONE = 1, EXIT_USAGE = 2, EXIT_UNREADABLE = 3 };

typedef struct {
  gboolean json;
  gboolean engine_report;
  double budget_ms;
  char **paths;
} Options;

static void
options_clear (Options *options)
{
  g_clear_pointer (&options->paths, g_strfreev);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_options (Options *options, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "One JSON object for each symbol", NULL },
    { "engine-report", 0, 0, G_OPTION_ARG_NONE, &options->engine_report,
      "Say on stderr which pass read each picture and how long it took", NULL },
    { "budget-ms", 0, 0, G_OPTION_ARG_DOUBLE, &options->budget_ms,
      "CPU time for each picture (default: five frames of 33 ms)", "N" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->paths, NULL, "IMAGE..." },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("decode: %s\n", error->message);
    return FALSE;
  }
  if (options->paths == NULL || !(options->budget_ms > 0)) {
    g_printerr ("usage: decode [--json] [--engine-report] [--budget-ms N] IMAGE...\n");
    return FALSE;
  }
  return TRUE;
}

static double
cpu_ms (void)
{
  struct timespec now;
  (void) clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now); // cannot fail with this clock on Linux
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

// As a camera that sees the same picture for some frames.
static gsize
read_picture (HwQrDecoder *decoder,
              const CtlPicture *picture,
              double budget_ms,
              HwQrSymbol *ret_symbols)
{
  HwGreyFrame frame = { picture->luma, picture->width_px, picture->height_px, picture->width_px };
  gsize n_symbols = 0;
  for (double left_ms = budget_ms; n_symbols == 0 && left_ms > 0; left_ms -= FRAME_BUDGET_MS)
    n_symbols = hw_qr_decoder_decode (decoder, &frame, MIN (left_ms, FRAME_BUDGET_MS), ret_symbols);
  return n_symbols;
}

static gboolean
is_utf8 (const HwQrSymbol *symbol)
{
  return g_utf8_validate ((const char *) symbol->payload, (gssize) symbol->payload_len, NULL);
}

// What is not UTF-8 is in the wild nearly always Shift-JIS, which QR codes had before they had
// UTF-8. NULL when it is neither.
static char *
text_of (const HwQrSymbol *symbol, gsize *ret_len)
{
  const char *bytes = (const char *) symbol->payload;
  *ret_len = symbol->payload_len;
  if (is_utf8 (symbol))
    return g_strndup (bytes, symbol->payload_len);
  return g_convert (bytes, (gssize) symbol->payload_len, "UTF-8", "CP932", NULL, ret_len, NULL);
}

static void
add_payload (GString *json, const HwQrSymbol *symbol)
{
  gsize len = 0;
  g_autofree char *text = text_of (symbol, &len);
  if (text != NULL)
    ctl_json_add_text (json, "payload", text);
  if (!is_utf8 (symbol)) {
    g_autofree char *base64 = g_base64_encode (symbol->payload, symbol->payload_len);
    ctl_json_add_text (json, "payload_base64", base64);
  }
}

static void
print_json (const char *path, const HwQrSymbol *symbol, double ms)
{
  g_autoptr (GString) json = g_string_new (NULL);
  ctl_json_open_object (json, NULL);
  ctl_json_add_text (json, "image", path);
  if (symbol->partial)
    ctl_json_add_boolean (json, "partial", TRUE);
  else
    add_payload (json, symbol);
  ctl_json_open_array (json, "corners");
  for (int i = 0; i < 4; i++) {
    ctl_json_open_array (json, NULL);
    ctl_json_add_real (json, NULL, (double) roundf (symbol->x_px[i] * 10) / 10);
    ctl_json_add_real (json, NULL, (double) roundf (symbol->y_px[i] * 10) / 10);
    ctl_json_close_array (json);
  }
  ctl_json_close_array (json);
  ctl_json_add_text (json, "engine", symbol->engine);
  ctl_json_add_real (json, "ms", round (ms * 100) / 100);
  ctl_json_close_object (json);
  (void) fprintf (stdout, "%s\n", json->str); // ctl_decode () looks at the stream's state
}

static void
print_text (const char *path, const HwQrSymbol *symbol)
{
  if (symbol->partial) {
    g_printerr ("%s: one part of a series of codes\n", path);
    return;
  }
  gsize len = 0;
  g_autofree char *text = text_of (symbol, &len);
  if (text != NULL)
    (void) fwrite (text, 1, len, stdout); // ctl_decode () looks at the stream's state
  else
    (void) fwrite (symbol->payload, 1, symbol->payload_len, stdout);
  (void) fputc ('\n', stdout);
}

static int
decode_file (const Options *options, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_auto (CtlPicture) picture = { 0 };
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];

  if (!ctl_picture_load (&picture, path, &error)) {
    g_printerr ("%s: %s\n", path, error->message);
    return EXIT_UNREADABLE;
  }
  // A decoder of its own for each picture: the answer does not depend on the pictures before it.
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  if (decoder == NULL) {
    g_printerr ("%s: no memory for a decoder\n", path);
    return EXIT_UNREADABLE;
  }
  double start_ms = cpu_ms ();
  gsize n_symbols = read_picture (decoder, &picture, options->budget_ms, symbols);
  double ms = cpu_ms () - start_ms;
  for (gsize i = 0; i < n_symbols; i++)
    if (options->json)
      print_json (path, &symbols[i], ms);
    else
      print_text (path, &symbols[i]);
  if (options->engine_report)
    g_printerr ("%s: %dx%d px, %" G_GSIZE_FORMAT " symbols, %s, %.1f ms\n", path, picture.width_px,
                picture.height_px, n_symbols, n_symbols > 0 ? symbols[0].engine : "none", ms);
  hw_qr_decoder_free (decoder);
  return n_symbols > 0 ? EXIT_READ : EXIT_NONE;
}

int
ctl_decode (int argc, char **argv)
{
  g_auto (Options) options = { .budget_ms = FRAME_BUDGET_MS * FRAMES_DEFAULT };
  int result = EXIT_READ;
  if (!parse_options (&options, argc, argv))
    return EXIT_USAGE;
  for (char **path = options.paths; *path != NULL; path++) {
    int file_result = decode_file (&options, *path);
    result = MAX (result, file_result);
  }
  if (fflush (stdout) != 0 || ferror (stdout)) {
    g_printerr ("decode: writing the payloads failed\n");
    return EXIT_UNREADABLE;
  }
  return result;
}
