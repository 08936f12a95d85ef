// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-note"

#include "kiosk/trace/trace-note.h"

#include <string.h>

#include "kiosk/trace/trace-zone.h"

#define LATEST_S     253402300799 // 9999-12-31
#define END          "; "
#define END_MAX_LEN  700 // of what always stands behind the meetings
#define LEVEL_MAX    99
#define MEETINGS_MAX 100000

static const char *const doubt_words[] = { "static", "clock", "conflict", "open", "beacon" };

static void
meeting_clear (gpointer data)
{
  TraceMeeting *meeting = data;
  g_free (meeting->venue);
  g_free (meeting->zone);
}

void
trace_note_init (TraceNote *note)
{
  *note = (TraceNote){ .level = 0 };
  note->meetings = g_array_new (FALSE, FALSE, sizeof (TraceMeeting));
  g_array_set_clear_func (note->meetings, meeting_clear);
}

void
trace_note_clear (TraceNote *note)
{
  g_clear_pointer (&note->meetings, g_array_unref);
}

void
trace_note_add_meeting (TraceNote *note, const TraceMeeting *meeting)
{
  TraceMeeting copy = *meeting;
  copy.venue = g_strdup (meeting->venue);
  copy.zone = g_strdup (meeting->zone);
  g_array_append_val (note->meetings, copy);
}

void
trace_time_write (gint64 time_s, char ret_text[TRACE_TIME_TEXT_SIZE])
{
  g_autoptr (GDateTime) time =
      g_date_time_new_from_unix_utc (CLAMP (time_s, 0, LATEST_S - TRACE_ZONE_S) + TRACE_ZONE_S);
  (void) g_snprintf (ret_text, TRACE_TIME_TEXT_SIZE,
                     "%04d-%02d-%02dT%02d:%02d:%02d" TRACE_ZONE_TEXT, g_date_time_get_year (time),
                     g_date_time_get_month (time), g_date_time_get_day_of_month (time),
                     g_date_time_get_hour (time), g_date_time_get_minute (time),
                     g_date_time_get_second (time));
}

// Digits of a form in which '0' stands for one; the rest as it is, but for T, which may be a space.
static gboolean
fits (const char *text, const char *form)
{
  for (; *form != '\0'; text++, form++)
    if (*form == '0' ? !g_ascii_isdigit (*text) : *text != *form && !(*form == 'T' && *text == ' '))
      return FALSE;
  return TRUE;
}

static int
take_two (const char *digits)
{
  return (digits[0] - '0') * 10 + digits[1] - '0';
}

static gboolean
read_zone (const char *text, int *ret_zone_s)
{
  *ret_zone_s = 0;
  if (g_str_equal (text, "Z"))
    return TRUE;
  gboolean has_colon = fits (text + (text[0] != '\0'), "00:00");
  if ((text[0] != '+' && text[0] != '-') || (!has_colon && !fits (text + 1, "0000")) ||
      text[has_colon ? 6 : 5] != '\0')
    return FALSE;
  int hours = take_two (text + 1), minutes = take_two (text + (has_colon ? 4 : 3));
  *ret_zone_s = (hours * 60 + minutes) * (text[0] == '-' ? -60 : 60);
  return hours <= 14 && minutes < 60;
}

TraceFault
trace_moment_read (const char *text, gint64 *ret_time_s)
{
  static const char form[] = "0000-00-00T00:00:00";
  if (g_ascii_string_to_signed (text, 10, 0, LATEST_S, ret_time_s, NULL))
    return TRACE_FAULT_NONE;
  if (g_ascii_isdigit (text[0]) && strpbrk (text, "eE") != NULL)
    return TRACE_FAULT_SHEET_NUMBER;
  if (!fits (text, form))
    return TRACE_FAULT_TIME;
  int zone_s = 0, hour = take_two (text + 11), minute = take_two (text + 14);
  int second = take_two (text + 17);
  if (text[strlen (form)] == '\0')
    return TRACE_FAULT_ZONE;
  gboolean is_midnight = hour == 24 && minute == 0 && second == 0; // of the next day
  // A leap second is the one before it: our seconds have none.
  g_autoptr (GDateTime) day =
      g_date_time_new_utc (take_two (text) * 100 + take_two (text + 2), take_two (text + 5),
                           take_two (text + 8), 0, 0, 0);
  if (day == NULL || !read_zone (text + strlen (form), &zone_s) || (hour > 23 && !is_midnight) ||
      minute > 59 || second > 60)
    return TRACE_FAULT_TIME;
  gint64 time_s = g_date_time_to_unix (day) + hour * 3600 + minute * 60 + MIN (second, 59) - zone_s;
  if (time_s < 0 || time_s > LATEST_S)
    return TRACE_FAULT_TIME;
  *ret_time_s = time_s;
  return TRACE_FAULT_NONE;
}

static void
append_doubts (guint8 doubts, const char *before_first, const char *before, GString *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (doubt_words); i++)
    if ((doubts & (1u << i)) != 0) {
      g_string_append_printf (text, "%s%s", before_first, doubt_words[i]);
      before_first = before;
    }
}

void
trace_doubts_write (guint8 doubts, GString *text)
{
  append_doubts (doubts, "", " ", text);
}

static gboolean
read_doubts (const char *const *words, guint8 *ret_doubts)
{
  guint8 doubts = 0;
  for (guint i = 0; words[i] != NULL; i++) {
    guint8 before = doubts;
    for (guint bit = 0; bit < G_N_ELEMENTS (doubt_words); bit++)
      if (g_str_equal (words[i], doubt_words[bit]))
        doubts |= (guint8) (1u << bit);
    if (doubts == before)
      return FALSE;
  }
  *ret_doubts = doubts;
  return TRUE;
}

gboolean
trace_doubts_read (const char *text, guint8 *ret_doubts)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  return read_doubts ((const char *const *) words, ret_doubts);
}

gboolean
trace_evidence_read (const char *text, guint8 *ret_evidence)
{
  for (guint i = 0; i < TRACE_N_EVIDENCES; i++)
    if (g_str_equal (text, trace_evidence_to_string ((TraceEvidence) i))) {
      *ret_evidence = (guint8) i;
      return TRUE;
    }
  return FALSE;
}

static void
append_quoted (GString *text, const char *name)
{
  g_string_append_c (text, '"');
  for (const char *at = name; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_c (text, '\\');
    g_string_append_c (text, *at);
  }
  g_string_append_c (text, '"');
}

static void
append_meeting (GString *text, const TraceMeeting *meeting, gboolean has_via)
{
  char from[TRACE_TIME_TEXT_SIZE], to[TRACE_TIME_TEXT_SIZE] = "";
  trace_time_write (meeting->from_s, from);
  if (meeting->to_s != TRACE_OPEN_S)
    trace_time_write (meeting->to_s, to);
  g_string_append (text, "at ");
  append_quoted (text, meeting->venue);
  g_string_append_c (text, '/');
  append_quoted (text, meeting->zone);
  g_string_append_printf (text, " %s/%s %s", from, to,
                          trace_evidence_to_string (meeting->evidence));
  append_doubts (meeting->doubts, "+", "+", text);
  if (has_via) {
    g_string_append_printf (text, " %s", trace_evidence_to_string (meeting->via_evidence));
    append_doubts (meeting->via_doubts, "+", "+", text);
  }
  g_string_append (text, END);
}

void
trace_note_write (TraceNote *note, const char *officer, gsize len_max, GString *text)
{
  char exposed[TRACE_TIME_TEXT_SIZE];
  gsize start = text->len;
  trace_time_write (note->exposed_s, exposed);
  if (note->level > 0)
    g_string_append_printf (text, "F%u of %s; exposed %s; %" G_GINT64_FORMAT " min; ", note->level,
                            note->via, exposed, note->overlap_s / 60);
  else
    g_string_append (text, "guest" END);
  if (note->is_staff)
    g_string_append (text, "staff" END);
  if (note->doubts != 0) {
    g_string_append (text, "doubt ");
    trace_doubts_write (note->doubts, text);
    g_string_append (text, END);
  }
  note->n_more = 0;
  for (guint i = 0; i < note->meetings->len; i++) {
    gsize before = text->len;
    append_meeting (text, &g_array_index (note->meetings, TraceMeeting, i), note->level > 0);
    if (len_max == 0 || text->len - start + END_MAX_LEN <= len_max)
      continue;
    g_string_truncate (text, before);
    note->n_more++;
  }
  if (note->n_more > 0)
    g_string_append_printf (text, "more %u" END, note->n_more);
  g_string_append_printf (text, "subject %s" END "officer ", note->subject);
  append_quoted (text, officer);
  g_string_append (text, END TRACE_NOTE_SCHEMA);
}

// Takes "…" at @at. Returns what stands behind it, or NULL.
static const char *
take_quoted (const char *at, GString *name)
{
  g_string_truncate (name, 0);
  if (*at++ != '"')
    return NULL;
  for (; *at != '"'; at++) {
    at += *at == '\\';
    if (*at == '\0')
      return NULL;
    g_string_append_c (name, *at);
  }
  return at + 1;
}

static gboolean
read_span (char *text, TraceMeeting *meeting)
{
  char *slash = strchr (text, '/');
  if (slash == NULL)
    return FALSE;
  *slash = '\0';
  meeting->to_s = TRACE_OPEN_S;
  return trace_moment_read (text, &meeting->from_s) == TRACE_FAULT_NONE &&
         (slash[1] == '\0' || trace_moment_read (slash + 1, &meeting->to_s) == TRACE_FAULT_NONE);
}

// "qr+static+clock"
static gboolean
read_seen (const char *text, guint8 *ret_evidence, guint8 *ret_doubts)
{
  g_auto (GStrv) words = g_strsplit (text, "+", -1);
  return words[0] != NULL && trace_evidence_read (words[0], ret_evidence) &&
         read_doubts ((const char *const *) words + 1, ret_doubts);
}

// @at: behind "at ".
static gboolean
take_meeting (const char *at, TraceNote *note)
{
  g_autoptr (GString) venue = g_string_new (NULL), zone = g_string_new (NULL);
  TraceMeeting meeting = { .evidence = TRACE_N_EVIDENCES };
  at = take_quoted (at, venue);
  if (at == NULL || *at != '/')
    return FALSE;
  at = take_quoted (at + 1, zone);
  if (at == NULL || *at != ' ' || note->meetings->len == MEETINGS_MAX)
    return FALSE;
  g_auto (GStrv) words = g_strsplit (at + 1, " ", 4);
  guint n_words = g_strv_length (words);
  if (n_words != (note->level > 0 ? 3 : 2) || !read_span (words[0], &meeting) ||
      !read_seen (words[1], &meeting.evidence, &meeting.doubts) ||
      (n_words == 3 && !read_seen (words[2], &meeting.via_evidence, &meeting.via_doubts)))
    return FALSE;
  meeting.venue = venue->str;
  meeting.zone = zone->str;
  trace_note_add_meeting (note, &meeting);
  return TRUE;
}

static gboolean
read_hex (const char *text, char ret_subject[TRACE_SUBJECT_LEN + 1])
{
  guint8 bytes[TRACE_SUBJECT_SIZE];
  if (!trace_subject_read (text, bytes))
    return FALSE;
  trace_subject_write (bytes, ret_subject);
  return TRUE;
}

static gboolean
take_first (const char *word, TraceNote *note)
{
  if (g_str_equal (word, "guest"))
    return TRUE;
  const char *of = strstr (word, " of ");
  guint64 level = 0;
  if (word[0] != 'F' || of == NULL || of - word > 3)
    return FALSE;
  g_autofree char *number = g_strndup (word + 1, (gsize) (of - word - 1));
  if (!g_ascii_string_to_unsigned (number, 10, 1, LEVEL_MAX, &level, NULL))
    return FALSE;
  note->level = (guint) level;
  return read_hex (of + strlen (" of "), note->via);
}

static gboolean
take_word (const char *word, TraceNote *note)
{
  guint64 n_more = 0;
  if (g_str_has_prefix (word, "at "))
    return take_meeting (word + strlen ("at "), note);
  if (g_str_has_prefix (word, "subject "))
    return read_hex (word + strlen ("subject "), note->subject);
  if (g_str_has_prefix (word, "doubt "))
    return trace_doubts_read (word + strlen ("doubt "), &note->doubts);
  if (g_str_has_prefix (word, "more ")) {
    gboolean ok =
        g_ascii_string_to_unsigned (word + strlen ("more "), 10, 0, MEETINGS_MAX, &n_more, NULL);
    note->n_more = (guint) n_more;
    return ok;
  }
  note->is_staff |= g_str_equal (word, "staff");
  return TRUE; // for people
}

// The end of the word at @at: a semicolon and a space that are not within quotes.
static const char *
find_end (const char *at)
{
  for (gboolean is_quoted = FALSE; *at != '\0'; at++) {
    if (is_quoted && at[0] == '\\' && at[1] != '\0')
      at++;
    else if (*at == '"')
      is_quoted = !is_quoted;
    else if (!is_quoted && g_str_has_prefix (at, END))
      break;
  }
  return at;
}

TraceFault
trace_note_read (const char *text, TraceNote *note)
{
  gboolean is_first = TRUE, is_ours = FALSE;
  for (const char *at = text; *at != '\0'; is_first = FALSE) {
    const char *end = find_end (at);
    g_autofree char *word = g_strndup (at, (gsize) (end - at));
    if (is_first ? !take_first (word, note) : !take_word (word, note))
      return TRACE_FAULT_NOTE;
    is_ours = g_str_equal (word, TRACE_NOTE_SCHEMA);
    at = *end != '\0' ? end + strlen (END) : end;
  }
  return is_ours && note->subject[0] != '\0' ? TRACE_FAULT_NONE : TRACE_FAULT_NOTE;
}
