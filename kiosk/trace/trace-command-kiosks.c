// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The fleet, one line a kiosk; and taking one out of it.

#define G_LOG_DOMAIN "trace-command-kiosks"

#include <stdio.h>

#include "kiosk/trace/trace-kiosks.h"
#include "kiosk/trace/trace-options.h"

#define COLUMNS                                                                                    \
  "SELECT id, key, venue, zone, profile, revoked_ms, frozen_ms, beat_ms, beat_last,"               \
  " beat_delivered, beat_quality, beat_devices, version,"                                          \
  " (SELECT count (*) FROM incident i WHERE i.kiosk = k.id),"                                      \
  " (SELECT coalesce (max (taken_ms), 0) FROM stream s WHERE s.kiosk = k.id)"                      \
  " FROM kiosk k ORDER BY venue, zone, id"

static void
append_devices (GString *text, gint64 devices)
{
  static const struct {
    gint64 bit;
    const char *word;
  } words[] = {
    { FEED_DEVICE_CAMERA, "camera" },   { FEED_DEVICE_PRINTER, "printer" },
    { FEED_DEVICE_RADIO, "radio" },     { FEED_DEVICE_PANEL, "panel" },
    { FEED_DEVICE_SCANNER, "scanner" }, { FEED_DEVICE_DISK, "disk" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if ((devices & words[i].bit) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "+" : "", words[i].word);
}

static char *
time_of (TraceRows *rows, guint column)
{
  gint64 time_ms = trace_rows_get_int (rows, column);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (time_ms / 1000);
  return time_ms > 0 && time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ")
                                     : g_strdup ("");
}

static const char *
state_of (TraceRows *rows)
{
  if (!trace_rows_is_null (rows, 5))
    return "revoked";
  return trace_rows_is_null (rows, 6) ? "active" : "frozen";
}

// Words of ours and of trace_word_is_valid () need no escapes; a version was checked on its way in.
static void
print_kiosk (TraceRows *rows, gboolean as_json)
{
  static const char *const qualities[] = { "unset", "restored", "synced" };
  gsize id_len = 0, key_len = 0;
  const guint8 *id = trace_rows_get_bytes (rows, 0, &id_len);
  const guint8 *key = trace_rows_get_bytes (rows, 1, &key_len);
  char digits[2 * JOURNAL_ID_SIZE + 1] = "";
  for (gsize i = 0; i < MIN (id_len, JOURNAL_ID_SIZE); i++)
    (void) g_snprintf (digits + 2 * i, 3, "%02x", id[i]);
  g_autofree char *words = key_len == JOURNAL_KEY_SIZE ? feed_words_of (key) : g_strdup ("");
  g_autofree char *beat = time_of (rows, 7), *fed = time_of (rows, 14);
  g_autofree char *version = g_strescape (trace_rows_get_text (rows, 12), NULL);
  g_autoptr (GString) devices = g_string_new (NULL);
  append_devices (devices, trace_rows_get_int (rows, 11));
  gint64 backlog = trace_rows_get_int (rows, 8) - trace_rows_get_int (rows, 9);
  guint quality = (guint) trace_rows_get_int (rows, 10);
  const char *clock = trace_rows_is_null (rows, 10) || quality >= G_N_ELEMENTS (qualities)
                          ? ""
                          : qualities[quality];
  (void) printf (
      as_json
          ? "{\"kiosk\":\"%s\",\"venue\":\"%s\",\"zone\":\"%s\",\"profile\":\"%s\","
            "\"state\":\"%s\",\"heartbeat\":\"%s\",\"fed\":\"%s\",\"backlog\":%" G_GINT64_FORMAT
            ",\"clock\":\"%s\",\"broken\":\"%s\",\"version\":\"%s\",\"incidents\":%" G_GINT64_FORMAT
            ",\"words\":\"%s\"}\n"
          : "%s  %s/%s (%s)  %s\n  heartbeat %s  fed %s  backlog %" G_GINT64_FORMAT
            "  clock %s  broken %s  version %s  incidents %" G_GINT64_FORMAT "\n  %s\n",
      digits, trace_rows_get_text (rows, 2), trace_rows_get_text (rows, 3),
      trace_rows_get_text (rows, 4), state_of (rows), beat, fed, backlog, clock, devices->str,
      version, trace_rows_get_int (rows, 13), words);
}

int
trace_command_kiosks (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  g_autoptr (GError) error = NULL;
  gboolean as_json = FALSE;
  int status = 0;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "One JSON object a line", NULL },
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv))
    return TRACE_EXIT_USAGE;
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  if (store == NULL)
    return status;
  g_autoptr (TraceRows) rows =
      trace_db_query (trace_store_get_db (store), COLUMNS, TRACE_NO_VALUES, &error);
  while (rows != NULL && trace_rows_next (rows, &error))
    print_kiosk (rows, as_json);
  return error == NULL ? 0 : trace_options_say_error (&options, error);
}

typedef gboolean (*Change) (TraceDb *db,
                            const guint8 id[JOURNAL_ID_SIZE],
                            gint64 now_ms,
                            gboolean *ret_found,
                            GError **error);

static int
change (int argc, char **argv, Change func, const char *nothing)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  g_autoptr (GError) error = NULL;
  guint8 id[JOURNAL_ID_SIZE];
  gboolean is_found = FALSE;
  int status = 0;
  if (!trace_options_parse (&options, NULL, &argc, &argv))
    return TRACE_EXIT_USAGE;
  if (argc != 2 || !trace_subject_read (argv[1], id))
    return trace_options_say (&options, TRACE_EXIT_USAGE, "KIOSK: 32 hexadecimal digits");
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  if (store == NULL)
    return status;
  if (!func (trace_store_get_db (store), id, g_get_real_time () / 1000, &is_found, &error))
    return trace_options_say_error (&options, error);
  return is_found ? 0 : trace_options_say (&options, 1, nothing);
}

int
trace_command_revoke (int argc, char **argv)
{
  return change (argc, argv, trace_kiosk_revoke, "no such kiosk, or revoked already");
}

int
trace_command_release (int argc, char **argv)
{
  return change (argc, argv, trace_kiosk_release, "no such kiosk, or not frozen");
}
