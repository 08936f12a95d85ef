// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-options"

#include "kiosk/trace/trace-options.h"

#include <stdio.h>
#include <string.h>

#include "kiosk/trace/trace-spelling.h"
#include "kiosk/trace/trace-zone.h"

#define LONGEST_STAY_MAX_H 168

void
trace_options_clear (TraceOptions *options)
{
  g_free (options->store);
  g_free (options->subject);
  g_free (options->venue);
  g_free (options->from);
  g_free (options->to);
}
int
trace_options_say (const TraceOptions *options, int status, const char *message)
{
  (void) fprintf (stderr, "tramxanh-trace %s: %s\n", options->name, message);
  return status;
}

int
trace_options_say_error (const TraceOptions *options, const GError *error)
{
  int status = TRACE_EXIT_COULD_NOT;
  if (g_error_matches (error, TRACE_ERROR, TRACE_ERROR_INPUT))
    status = TRACE_EXIT_USAGE;
  else if (g_error_matches (error, TRACE_ERROR, TRACE_ERROR_REFUSED))
    status = TRACE_EXIT_NO;
  return trace_options_say (options, status, error->message);
}

// Nobody types seconds, which GLib wants.
static GDateTime *
read_date_time (const char *text)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (TRACE_ZONE_S);
  GDateTime *time = g_date_time_new_from_iso8601 (text, zone);
  const char *colon = strchr (text, ':');
  if (time != NULL || colon == NULL || !g_ascii_isdigit (colon[1]) || !g_ascii_isdigit (colon[2]) ||
      (colon[3] != '\0' && strchr ("Z+-", colon[3]) == NULL))
    return time;
  int len = (int) (colon + 3 - text);
  g_autofree char *whole = g_strdup_printf ("%.*s:00%s", len, text, text + len);
  return g_date_time_new_from_iso8601 (whole, zone);
}

gboolean
trace_time_read (const char *text, gint64 *ret_time_s)
{
  if (text == NULL)
    return FALSE;
  if (g_ascii_string_to_signed (text, 10, 0, G_MAXINT32 * G_GINT64_CONSTANT (100), ret_time_s,
                                NULL))
    return TRUE;
  g_autoptr (GDateTime) time = read_date_time (text);
  if (time != NULL)
    *ret_time_s = g_date_time_to_unix (time);
  return time != NULL;
}

gboolean
trace_options_parse (TraceOptions *options, const GOptionEntry *own, int *argc, char ***argv)
{
  const GOptionEntry common[] = {
    { "store", 0, 0, G_OPTION_ARG_STRING, &options->store, "sqlite:FILE", "URI" },
    { "longest-stay", 0, 0, G_OPTION_ARG_INT, &options->longest_stay_h,
      "Hours after which a visit that nobody ended has ended (16)", "H" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, common, NULL);
  if (own != NULL)
    g_option_context_add_main_entries (context, own, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    (void) trace_options_say (options, TRACE_EXIT_USAGE, error->message);
  else if (options->store == NULL)
    (void) trace_options_say (options, TRACE_EXIT_USAGE, "--store URI is missing");
  else if (options->longest_stay_h < 1 || options->longest_stay_h > LONGEST_STAY_MAX_H)
    (void) trace_options_say (options, TRACE_EXIT_USAGE, "--longest-stay is 1 to 168 hours");
  else
    return TRUE;
  return FALSE;
}

gboolean
trace_options_read_span (TraceOptions *options)
{
  if (trace_time_read (options->from, &options->from_s) &&
      trace_time_read (options->to, &options->to_s) && options->from_s < options->to_s)
    return TRUE;
  (void) trace_options_say (
      options, TRACE_EXIT_USAGE,
      "--from T and --to T: seconds since 1970 or ISO 8601 (without a zone " TRACE_ZONE_TEXT
      "), the first before the second");
  return FALSE;
}

gboolean
trace_options_read_subject (TraceOptions *options)
{
  if (options->subject != NULL && trace_subject_read (options->subject, options->subject_bytes))
    return TRUE;
  (void) trace_options_say (options, TRACE_EXIT_USAGE, "--subject HEX: 32 hexadecimal digits");
  return FALSE;
}

static TraceStore *
open_store (const TraceOptions *options, gboolean may_make, int *ret_status)
{
  g_autoptr (GError) error = NULL;
  const TraceOpenStays open_stays = {
    .now_s = g_get_real_time () / G_USEC_PER_SEC,
    .longest_stay_s = (gint64) options->longest_stay_h * 3600,
  };
  TraceStore *store = may_make ? trace_store_open (options->store, &open_stays, &error)
                               : trace_store_open_existing (options->store, &open_stays, &error);
  if (store == NULL)
    *ret_status = trace_options_say_error (options, error);
  return store;
}

TraceStore *
trace_options_open_store (const TraceOptions *options, int *ret_status)
{
  return open_store (options, FALSE, ret_status);
}

TraceStore *
trace_options_make_store (const TraceOptions *options, int *ret_status)
{
  return open_store (options, TRUE, ret_status);
}

gboolean
trace_options_find_subject (const TraceOptions *options,
                            TraceStore *store,
                            guint32 *ret_number,
                            GError **error)
{
  if (!trace_store_find_subject (store, options->subject_bytes, ret_number, error))
    return FALSE;
  if (*ret_number == 0)
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED, "the store knows no such subject");
  return *ret_number != 0;
}

const char *
trace_options_spell_venue (const TraceOptions *options, GString *scratch)
{
  const char *venue = options->venue;
  return venue != NULL && g_utf8_validate (venue, -1, NULL) ? trace_spelling_of (venue, scratch)
                                                            : venue;
}

gboolean
trace_options_knows_venue (const TraceOptions *options, TraceStore *store, GError **error)
{
  g_autoptr (GString) scratch = g_string_new (NULL);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint32));
  gint64 n_kiosks = 0; // that stand there, and may have seen nobody yet
  if (!trace_store_find_places (store, options->venue, places, error) ||
      !trace_db_query_int (trace_store_get_db (store),
                           "SELECT count (*) FROM kiosk WHERE venue = $1",
                           TRACE_VALUES (TRACE_TEXT (trace_options_spell_venue (options, scratch))),
                           0, &n_kiosks, error))
    return FALSE;
  if (places->len + n_kiosks == 0)
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED, "the store knows no such venue");
  return places->len + n_kiosks > 0;
}
