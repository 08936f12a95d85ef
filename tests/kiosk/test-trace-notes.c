// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What exports say about people, and that it is understood again.

#include <string.h>

#include "kiosk/trace/trace-details.h"
#include "kiosk/trace/trace-json.h"
#include "kiosk/trace/trace-note.h"
#include "tests/kiosk/trace-hostile.h"

static void
test_notes_come_back (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++) {
    g_auto (TraceNote) note, again;
    g_autoptr (GString) text = g_string_new (NULL), text_again = g_string_new (NULL);
    trace_note_init (&note);
    trace_note_init (&again);
    note.level = i % 3;
    note.doubts = (guint8) (i % 32);
    note.is_staff = i % 5 == 0;
    note.exposed_s = 1000000 + i;
    note.overlap_s = 1234;
    (void) g_strlcpy (note.subject, "000000000000000000000000000000a1", sizeof note.subject);
    if (note.level > 0)
      (void) g_strlcpy (note.via, "000000000000000000000000000000b2", sizeof note.via);
    TraceMeeting meeting = {
      (char *) hostile[i], (char *) hostile[(i + 7) % G_N_ELEMENTS (hostile)],
      1700000000,          1700003600,
      TRACE_EVIDENCE_QR,   TRACE_EVIDENCE_BLE,
      (guint8) (i % 16),   (guint8) (i / 2 % 16)
    };
    trace_note_add_meeting (&note, &meeting);
    meeting.to_s = TRACE_OPEN_S;
    trace_note_add_meeting (&note, &meeting);
    trace_note_write (&note, hostile[i], 0, text);
    g_assert_cmpint (trace_note_read (text->str, &again), ==, TRACE_FAULT_NONE);
    g_assert_cmpuint (again.meetings->len, ==, 2);
    g_assert_cmpstr (g_array_index (again.meetings, TraceMeeting, 0).venue, ==, hostile[i]);
    g_assert_cmpint (g_array_index (again.meetings, TraceMeeting, 1).to_s, ==, TRACE_OPEN_S);
    again.exposed_s = note.exposed_s; // for people only
    again.overlap_s = note.overlap_s;
    trace_note_write (&again, hostile[i], 0, text_again);
    g_assert_cmpstr (text_again->str, ==, text->str);
  }
}

static void
test_long_notes_say_what_is_missing (void)
{
  g_auto (TraceNote) note, again;
  g_autoptr (GString) text = g_string_new (NULL);
  trace_note_init (&note);
  trace_note_init (&again);
  (void) g_strlcpy (note.subject, "000000000000000000000000000000a1", sizeof note.subject);
  for (guint i = 0; i < 100; i++) {
    const TraceMeeting meeting = {
      (char *) "quán", (char *) "", 1000 * i, 1000 * i + 60, 0, 0, 0, 0
    };
    trace_note_add_meeting (&note, &meeting);
  }
  trace_note_write (&note, "Bs. Hà", 4000, text);
  g_assert_cmpuint (text->len, <=, 4000);
  g_assert_cmpint (trace_note_read (text->str, &again), ==, TRACE_FAULT_NONE);
  g_assert_cmpuint (again.meetings->len, >, 10);
  g_assert_cmpuint (again.meetings->len + again.n_more, ==, 100);
}

static void
test_refuses_other_notes (void)
{
  static const char *const wrong[] = {
    "",
    "guest",
    "guest; subject 00; tramxanh-note/1",
    "guest; subject 000000000000000000000000000000a1",
    "F0 of 000000000000000000000000000000a1; subject 000000000000000000000000000000a1; "
    "tramxanh-note/1",
    "guest; at \"v\"/\"z 1/2 qr; subject 000000000000000000000000000000a1; tramxanh-note/1",
    "guest; at \"v\"/\"z\" 1-2 qr; subject 000000000000000000000000000000a1; tramxanh-note/1",
    "guest; at \"v\"/\"z\" 1/2 sms; subject 000000000000000000000000000000a1; tramxanh-note/1",
    "guest; at \"v\"/\"z\" 1/2 qr+much; subject 000000000000000000000000000000a1; tramxanh-note/1",
    "guest; at \"v\"/\"z\" 1/2 qr+; subject 000000000000000000000000000000a1; tramxanh-note/1",
    "guest; doubt much; subject 000000000000000000000000000000a1; tramxanh-note/1",
    "He coughed a lot",
  };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_auto (TraceNote) note;
    trace_note_init (&note);
    g_assert_cmpint (trace_note_read (wrong[i], &note), ==, TRACE_FAULT_NOTE);
  }
}

static void
test_reads_moments (void)
{
  static const struct {
    const char *text;
    TraceFault fault;
    gint64 time_s;
  } cases[] = {
    { "1700000000", TRACE_FAULT_NONE, 1700000000 },
    { "2023-11-15T05:13:20+07:00", TRACE_FAULT_NONE, 1700000000 },
    { "2023-11-14 22:13:20Z", TRACE_FAULT_NONE, 1700000000 },
    { "2023-11-14T24:00:00+0700", TRACE_FAULT_NONE, 1699981200 },
    { "2016-12-31T23:59:60Z", TRACE_FAULT_NONE, 1483228799 },
    { "2023-02-30T00:00:00+07:00", TRACE_FAULT_TIME, 0 },
    { "2023-11-14T24:00:01+07:00", TRACE_FAULT_TIME, 0 },
    { "2023-11-14T22:13:20", TRACE_FAULT_ZONE, 0 },
    { "14/11/2023 22:13", TRACE_FAULT_TIME, 0 },
    { "1.7E+09", TRACE_FAULT_SHEET_NUMBER, 0 },
    { "-1", TRACE_FAULT_TIME, 0 },
    { "1960-01-01T00:00:00Z", TRACE_FAULT_TIME, 0 },
    { "2023-11-15T05:13:20+", TRACE_FAULT_TIME, 0 },
    { "2023-11-15T05:13:20+7", TRACE_FAULT_TIME, 0 },
    { "2023-11-15T05:13:20+07:0", TRACE_FAULT_TIME, 0 },
    { "2023-11-15T05:13:20+07:00x", TRACE_FAULT_TIME, 0 },
    { "", TRACE_FAULT_TIME, 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gint64 time_s = 0;
    char text[TRACE_TIME_TEXT_SIZE];
    g_assert_cmpint (trace_moment_read (cases[i].text, &time_s), ==, cases[i].fault);
    if (cases[i].fault != TRACE_FAULT_NONE)
      continue;
    g_assert_cmpint (time_s, ==, cases[i].time_s);
    trace_time_write (time_s, text);
    g_assert_cmpint (trace_moment_read (text, &time_s), ==, TRACE_FAULT_NONE);
    g_assert_cmpint (time_s, ==, cases[i].time_s);
  }
}

static void
test_names_and_phones (void)
{
  static const char *const names[] = { "Nguyễn Văn An", "Madonna", "X ", " ", "", "  =x", "A  B" };
  static const char *const phones[][2] = {
    { "0912345678", "+84912345678" },
    { "0912 345 678", "+84912345678" },
    { "+84912345678", "+84912345678" },
    { "+49 30 123456", "+4930123456" },
    { "024.3825.1234", "+842438251234" },
    { "113", "113" },
    { "hỏi mẹ", "hỏi mẹ" },
    { "", "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *last = NULL, *first = NULL;
    trace_name_split (names[i], &last, &first);
    g_autofree char *name = trace_name_join (last, first);
    g_assert_cmpstr (name, ==, names[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (phones); i++) {
    g_autofree char *phone = trace_phone_to_e164 (phones[i][0]);
    g_assert_cmpstr (phone, ==, phones[i][1]);
  }
}

static void
test_json_has_limits (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  const struct {
    const char *text;
    TraceFault fault;
  } cases[] = {
    { deep->str, TRACE_FAULT_TOO_LARGE },
    { "{\"a\":\"\\u0000\"}", TRACE_FAULT_JSON },
    { "{\"a\":\"\xFF\"}", TRACE_FAULT_JSON },
    { "{'a':1}", TRACE_FAULT_JSON },
    { "{\"a\":1} // [[[", TRACE_FAULT_JSON },
    { "{\"a\":", TRACE_FAULT_JSON },
    { "", TRACE_FAULT_JSON },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    TraceFault fault = TRACE_FAULT_NONE;
    g_assert_null (trace_json_read (cases[i].text, strlen (cases[i].text), &fault));
    g_assert_cmpint (fault, ==, cases[i].fault);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/notes/notes-come-back", test_notes_come_back);
  g_test_add_func ("/trace/notes/long-notes-say-what-is-missing",
                   test_long_notes_say_what_is_missing);
  g_test_add_func ("/trace/notes/refuses-other-notes", test_refuses_other_notes);
  g_test_add_func ("/trace/notes/reads-moments", test_reads_moments);
  g_test_add_func ("/trace/notes/names-and-phones", test_names_and_phones);
  g_test_add_func ("/trace/notes/json-has-limits", test_json_has_limits);
  return g_test_run ();
}
