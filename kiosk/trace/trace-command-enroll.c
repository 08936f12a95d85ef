// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A one-time code, as text and as a QR code for the kiosk's camera.

#define G_LOG_DOMAIN "trace-command-enroll"

#include <stdio.h>
#include <string.h>

#include <qrencode.h>

#include "kiosk/trace/trace-certificate.h"
#include "kiosk/trace/trace-core.h"
#include "kiosk/trace/trace-kiosks.h"
#include "kiosk/trace/trace-place.h"

#define QUIET_MODULES 4

typedef struct {
  char *venue, *zone, *profile;
  gboolean as_json;
} Enrol;

static void
enrol_clear (Enrol *enrol)
{
  g_free (enrol->venue);
  g_free (enrol->zone);
  g_free (enrol->profile);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Enrol, enrol_clear)

static gboolean
is_light (const QRcode *code, int x, int y)
{
  return x < 0 || y < 0 || x >= code->width || y >= code->width ||
         (code->data[y * code->width + x] & 1) == 0;
}

// Two rows of modules in one row of characters; light is what a terminal draws, for most are dark.
static void
print_qr (const char *text)
{
  static const char *const blocks[2][2] = { { " ", "▄" }, { "▀", "█" } };
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_M);
  if (code == NULL)
    return; // the text above says the same
  for (int y = -QUIET_MODULES; y < code->width + QUIET_MODULES; y += 2) {
    for (int x = -QUIET_MODULES; x < code->width + QUIET_MODULES; x++)
      (void) fputs (blocks[is_light (code, x, y)][is_light (code, x, y + 1)], stdout);
    (void) fputc ('\n', stdout);
  }
  QRcode_free (code);
}

static gboolean
make_code (TraceCore *core, const Enrol *enrol, TraceStore *store, char **ret_text, GError **error)
{
  const char *folder = trace_keys_get_folder (core->keys);
  FeedCode code = { .url = "" };
  g_autofree char *url =
      core->config.url[0] != '\0' ? g_strdup (core->config.url) : trace_place_read (folder, error);
  if (url == NULL)
    return FALSE;
  g_autofree char *host = trace_place_get_host (url);
  g_autoptr (TraceCertificate) certificate = trace_certificate_open (folder, host, error);
  if (certificate == NULL ||
      !trace_enrolment_offer (trace_store_get_db (store), enrol->venue, enrol->zone, enrol->profile,
                              g_get_real_time () / 1000, code.token, error))
    return FALSE;
  memcpy (code.pin, certificate->pin, sizeof code.pin);
  (void) g_strlcpy (code.url, url, sizeof code.url);
  *ret_text = feed_code_write (&code);
  return TRUE;
}

static int
offer (TraceCore *core, const Enrol *enrol)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  int status = 0;
  if (!trace_core_open_keys (core, &error))
    return trace_options_say_error (&core->options, error);
  if (trace_keys_get_officer_key (core->keys) == NULL)
    return trace_options_say (&core->options, TRACE_EXIT_COULD_NOT,
                              "kiosks seal details to the officer's key, and there is none yet:"
                              " --officer-key FILE");
  g_autoptr (TraceStore) store = trace_options_make_store (&core->options, &status);
  if (store == NULL)
    return status;
  if (!make_code (core, enrol, store, &text, &error))
    return trace_options_say_error (&core->options, error);
  g_autofree char *words = feed_words_of (trace_keys_get_core_key (core->keys));
  if (enrol->as_json) {
    (void) printf ("{\"code\":\"%s\",\"core\":\"%s\",\"valid_s\":%d}\n", text, words,
                   TRACE_ENROLMENT_S);
    return 0;
  }
  (void) printf ("%s\n\n", text);
  print_qr (text);
  (void) printf ("\nFor venue %s, zone %s, profile %s: one kiosk, within %d minutes.\n"
                 "The kiosk must show this core as: %s\n",
                 enrol->venue, enrol->zone, enrol->profile, TRACE_ENROLMENT_S / 60, words);
  return 0;
}

int
trace_command_enroll (int argc, char **argv)
{
  g_auto (TraceCore) core;
  g_auto (Enrol) enrol = { NULL };
  trace_core_init (&core, argv);
  const GOptionEntry entries[] = {
    { "venue", 0, 0, G_OPTION_ARG_STRING, &enrol.venue, "Where the kiosk stands", "ID" },
    { "zone", 0, 0, G_OPTION_ARG_STRING, &enrol.zone, "In which part of it (main)", "Z" },
    { "profile", 0, 0, G_OPTION_ARG_STRING, &enrol.profile, "How it works (default)", "P" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &enrol.as_json, "One JSON object", NULL },
    { NULL },
  };
  if (!trace_core_parse (&core, entries, &argc, &argv))
    return TRACE_EXIT_USAGE;
  if (enrol.zone == NULL)
    enrol.zone = g_strdup ("main");
  if (enrol.profile == NULL)
    enrol.profile = g_strdup ("default");
  if (enrol.venue == NULL || !trace_word_is_valid (enrol.venue) ||
      !trace_word_is_valid (enrol.zone) || !trace_word_is_valid (enrol.profile))
    return trace_options_say (&core.options, TRACE_EXIT_USAGE,
                              "--venue ID, --zone Z and --profile P: 1 to 64 of A-Z a-z 0-9 - _");
  return offer (&core, &enrol);
}
