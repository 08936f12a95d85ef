// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each phone speaks several languages of beacons at once, so of the kinds the largest counts.

#define G_LOG_DOMAIN "trace-missed"

#include "kiosk/trace/trace-missed.h"

#include <string.h>

#include "kiosk/trace/trace-json.h"

#define HOUR_S 3600

static void
hour_clear (gpointer hour)
{
  g_free (((TraceMissedHour *) hour)->venue);
}

static int
compare_hours (gconstpointer a, gconstpointer b)
{
  const TraceMissedHour *one = a, *other = b;
  int order = strcmp (one->venue, other->venue);
  return order != 0 ? order : (one->hour_s > other->hour_s) - (one->hour_s < other->hour_s);
}

static void
add_arrivals (TraceMissedHour *hour, const guint8 *arrivals, gsize len)
{
  for (gsize kind = 0; kind < CT_BEACON_N_KINDS && 4 * kind + 4 <= len; kind++) {
    guint32 count_be = 0;
    memcpy (&count_be, arrivals + 4 * kind, sizeof count_be);
    hour->n_arrived[kind] += GUINT32_FROM_BE (count_be);
  }
}

static void
finish_hour (TraceMissedHour *hour)
{
  for (guint kind = CT_BEACON_BLUEZONE; kind <= CT_BEACON_BLUETRACE; kind++)
    hour->n_phones = MAX (hour->n_phones, hour->n_arrived[kind]);
  hour->heard_s /= MAX (1, hour->n_kiosks) * G_GINT64_CONSTANT (1000);
}

// The one that @venue's @hour_s is in; rows come by venue and hour.
static TraceMissedHour *
find_hour (GArray *hours, const char *venue, gint64 hour_s)
{
  TraceMissedHour *last =
      hours->len > 0 ? &g_array_index (hours, TraceMissedHour, hours->len - 1) : NULL;
  if (last != NULL && last->hour_s == hour_s && g_str_equal (last->venue, venue))
    return last;
  const TraceMissedHour hour = { .venue = g_strdup (venue), .hour_s = hour_s };
  g_array_append_val (hours, hour);
  return &g_array_index (hours, TraceMissedHour, hours->len - 1);
}

static gboolean
read_heard (
    TraceStore *store, const char *venue, gint64 from_s, gint64 to_s, GArray *hours, GError **error)
{
  g_autoptr (GError) cause = NULL;
  gint64 stream = 0;
  g_autoptr (TraceRows) rows = trace_db_query (
      trace_store_get_db (store),
      "SELECT k.venue, h.start_s / 3600, h.stream, h.heard_ms, h.arrivals FROM heard h"
      " JOIN stream s ON s.id = h.stream JOIN kiosk k ON k.id = s.kiosk"
      " WHERE h.start_s >= $1 AND h.start_s < $2 AND ($3 = '' OR k.venue = $3)"
      " ORDER BY k.venue, h.start_s / 3600, h.stream",
      TRACE_VALUES (TRACE_INT (from_s), TRACE_INT (to_s), TRACE_TEXT (venue != NULL ? venue : "")),
      error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &cause)) {
    gsize len = 0;
    TraceMissedHour *hour =
        find_hour (hours, trace_rows_get_text (rows, 0), trace_rows_get_int (rows, 1) * HOUR_S);
    if (hour->n_kiosks == 0 || stream != trace_rows_get_int (rows, 2))
      hour->n_kiosks++;
    stream = trace_rows_get_int (rows, 2);
    hour->heard_s += trace_rows_get_int (rows, 3); // milliseconds yet
    const guint8 *arrivals = trace_rows_get_bytes (rows, 4, &len);
    add_arrivals (hour, arrivals, len);
  }
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return cause == NULL;
}

// Codes that were scanned; in hours in which nothing was heard there is nothing to say.
static gboolean
read_codes (
    TraceStore *store, const char *venue, gint64 from_s, gint64 to_s, GArray *hours, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (TraceRows) rows = trace_db_query (
      trace_store_get_db (store),
      "SELECT p.venue, s.arrived_s / 3600, count (*) FROM stay s JOIN place p ON p.id = s.place"
      " WHERE s.evidence = 0 AND s.arrived_s >= $1 AND s.arrived_s < $2"
      " AND ($3 = '' OR p.venue = $3) GROUP BY p.venue, s.arrived_s / 3600",
      TRACE_VALUES (TRACE_INT (from_s), TRACE_INT (to_s), TRACE_TEXT (venue != NULL ? venue : "")),
      error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &cause)) {
    const TraceMissedHour wanted = { .venue = (char *) trace_rows_get_text (rows, 0),
                                     .hour_s = trace_rows_get_int (rows, 1) * HOUR_S };
    guint index = 0;
    if (g_array_binary_search (hours, &wanted, compare_hours, &index))
      g_array_index (hours, TraceMissedHour, index).n_codes = trace_rows_get_int (rows, 2);
  }
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return cause == NULL;
}

GArray *
trace_missed_count (
    TraceStore *store, const char *venue, gint64 from_s, gint64 to_s, GError **error)
{
  g_autoptr (GArray) hours = g_array_new (FALSE, TRUE, sizeof (TraceMissedHour));
  g_array_set_clear_func (hours, hour_clear);
  if (!read_heard (store, venue, from_s, to_s, hours, error))
    return NULL;
  g_array_sort (hours, compare_hours);
  if (!read_codes (store, venue, from_s, to_s, hours, error))
    return NULL;
  for (guint i = 0; i < hours->len; i++)
    finish_hour (&g_array_index (hours, TraceMissedHour, i));
  return g_steal_pointer (&hours);
}

static char *
name_hour (const TraceMissedHour *hour)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (hour->hour_s);
  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%HZ") : g_strdup ("?");
}

char *
trace_missed_to_text (const GArray *hours)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < hours->len; i++) {
    const TraceMissedHour *hour = &g_array_index (hours, TraceMissedHour, i);
    g_autofree char *name = name_hour (hour);
    g_string_append_printf (text,
                            "%s  %s  codes %5" G_GINT64_FORMAT "  phones %5" G_GINT64_FORMAT "  ",
                            hour->venue, name, hour->n_codes, hour->n_phones);
    if (hour->n_phones > 0)
      g_string_append_printf (text, "%" G_GINT64_FORMAT " %%",
                              hour->n_codes * 100 / hour->n_phones);
    else
      g_string_append_c (text, '-');
    g_string_append_printf (text, "  heard %" G_GINT64_FORMAT " s  kiosks %u\n", hour->heard_s,
                            hour->n_kiosks);
  }
  return g_string_free (text, FALSE);
}

char *
trace_missed_to_json (const GArray *hours)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < hours->len; i++) {
    const TraceMissedHour *hour = &g_array_index (hours, TraceMissedHour, i);
    g_autofree char *name = name_hour (hour);
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    (void) json_builder_begin_object (builder); // returns itself
    trace_json_add (builder, "venue", hour->venue);
    trace_json_add (builder, "hour", name);
    trace_json_add_int (builder, "codes", hour->n_codes);
    trace_json_add_int (builder, "phones", hour->n_phones);
    if (hour->n_phones > 0)
      trace_json_add_int (builder, "percent", hour->n_codes * 100 / hour->n_phones);
    trace_json_add_int (builder, "heard_s", hour->heard_s);
    trace_json_add_int (builder, "kiosks", hour->n_kiosks);
    (void) json_builder_end_object (builder);
    trace_json_append (text, builder);
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}
