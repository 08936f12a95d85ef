// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Kiosk and core, both real, on one machine: who was there when is a script, and what an officer is
// told of it is compared with the script, and the core's tables with the kiosk's journal. The core
// is killed while people pass. Windows are as short as they can be.

#include <signal.h>
#include <string.h>

#include "kiosk/trace/trace-keys.h"
#include "kiosk/trace/trace-store.h"
#include "tests/rig/crowd.h"

#define READY_MS  60000
#define WINDOW_MS 10000
#define SPAN_MS   90000
#define KIOSK     RIG_PANEL "[radio]\nsource = bluez:\nwindow-s = 10\n"
#define SECOND_MS 1010 // the core has whole ones
#define TRACE     "exec " TX_BINARY_DIR "/kiosk/trace/tramxanh-trace "
#define CORE      RIG_STATE "/core.db"
#define STORE     " --store sqlite:" CORE
#define VENUE     "ben-xe"
#define OFFICER                                                                                    \
  "tramxanh-officer-public de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f\n"

// What a program that ends well says. (transfer full)
static char *
run (Rig *rig, const char *command)
{
  int status = -1;
  char *text = rig_run (rig, command, &status);
  if (status != 0)
    g_error ("%s: %s", command, text);
  return text;
}

// What stands behind "NAME": up to one of @end. (transfer full)
static char *
read_member (const char *json, const char *name, const char *end)
{
  g_autofree char *key = g_strdup_printf ("\"%s\":%s", name, end[0] == '"' ? "\"" : "");
  const char *at = strstr (json, key);
  g_assert_nonnull (at);
  at += strlen (key);
  return g_strndup (at, strcspn (at, end));
}

static void
start_core (Rig *rig)
{
  rig_start (rig, "core",
             TRACE "serve" STORE " --officer-key /run/scratch/officer.pub --listen 127.0.0.1:8443");
  rig_says (rig, "core", "listening on port 8443", READY_MS);
}

static void
enrol (Rig *rig)
{
  rig_write_file (rig, "officer.pub", OFFICER);
  rig_write_file (rig, "tramxanh.conf", KIOSK);
  start_core (rig);
  g_autofree char *offer = run (rig, TRACE "enroll" STORE " --venue " VENUE " --json");
  g_autofree char *code = read_member (offer, "code", "\"");
  g_autofree char *words = read_member (offer, "core", "\"");
  g_autofree char *join = g_strdup_printf ("exec " TX_BINARY_DIR "/kiosk/ctl/tramxanhctl enroll"
                                           " --config /run/scratch/tramxanh.conf --state " RIG_STATE
                                           "/tramxanh --core-words '%s' '%s'",
                                           words, code);
  g_free (run (rig, join));
}

static gint64
count_records (Rig *rig, const char *which)
{
  int status = -1;
  g_autofree char *stats =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh stats --json", &status);
  g_assert_cmpint (status, ==, 0);
  g_autofree char *number = read_member (stats, which, ",}");
  return g_ascii_strtoll (number, NULL, 10);
}

// What the kiosk could not send before it ended it sends when it is started again.
static void
feed_the_rest (Rig *rig)
{
  gint64 last = count_records (rig, "last_seq");
  gint64 until_us = g_get_monotonic_time () + (gint64) READY_MS * 1000;
  rig_start_kiosk (rig, KIOSK, FALSE);
  while (count_records (rig, "delivered") < last) {
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    rig_wait (rig, 200);
  }
  rig_close_entrance (rig);
}

// Returns what the core answers. (transfer full)
static char *
have_morning (Rig *rig, Crowd *crowd)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  g_free (run (rig, "exec " TX_BINARY_DIR "/tests/rig/set-clock 0")); // the core believes it
  enrol (rig);
  rig_plug (rig, "radio");
  rig_start_bluetooth (rig, "-E");
  rig_start_kiosk (rig, KIOSK, FALSE);
  rig_says (rig, "kiosk", "radio: hearing", READY_MS);
  crowd_comes (crowd, rig);
  crowd_passes (crowd, rig, 0.4);
  rig_signal (rig, "tramxanh-trace", SIGKILL);
  g_assert_cmpint (rig_wait_for_end (rig, "core", READY_MS), ==, 128 + SIGKILL);
  crowd_passes (crowd, rig, 0.6);
  start_core (rig);
  crowd_passes (crowd, rig, 1);
  rig_close_entrance (rig);
  feed_the_rest (rig);
  gint64 from_s = crowd_get_begin_ms (crowd) / 1000;
  g_autofree char *question = g_strdup_printf (
      TRACE "present" STORE " --venue " VENUE " --from %" G_GINT64_FORMAT " --to %" G_GINT64_FORMAT,
      from_s, from_s + 3600);
  char *answer = run (rig, question);
  rig_signal (rig, "tramxanh-trace", SIGTERM);
  g_assert_cmpint (rig_wait_for_end (rig, "core", READY_MS), ==, 0);
  g_free (run (rig, "cp -a " RIG_STATE "/* /run/scratch/"));
  rig_shut_down (rig);
  return answer;
}

static GBytes *
unseal (const JournalOrigin *origin, guint64 seq, const JournalBytes *box, gpointer keys)
{
  return trace_keys_unseal (keys, JOURNAL_SEAL_BEACONS, origin, seq, box);
}

// The core's subjects, 32 hexadecimal digits, to phones. (transfer full)
static GHashTable *
list_subjects (const Crowd *crowd, const TraceKeys *keys)
{
  GHashTable *subjects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < crowd_count_phones (crowd); i++) {
    guint8 subject[TRACE_SUBJECT_SIZE];
    char digits[2 * TRACE_SUBJECT_SIZE + 1];
    g_autofree char *name = g_strdup_printf ("beacon:bluezone:" CROWD_ID "%04x", i);
    trace_keys_make_subject (keys, name, strlen (name), subject);
    trace_subject_write (subject, digits);
    g_hash_table_insert (subjects, g_strdup (digits), GUINT_TO_POINTER (i));
  }
  return subjects;
}

static guint
find_phone (GHashTable *subjects, const char *digits)
{
  gpointer number = NULL;
  if (!g_hash_table_lookup_extended (subjects, digits, NULL, &number))
    g_error ("the core knows %s, who is not in the script", digits);
  return GPOINTER_TO_UINT (number);
}

// The core's tables. (transfer full, of CrowdHeard)
static GArray *
read_core (Rig *rig, GHashTable *subjects)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = rig_path (rig, "core.db");
  g_autofree char *uri = g_strconcat ("sqlite:", path, NULL);
  GArray *held = g_array_new (FALSE, FALSE, sizeof (CrowdHeard));
  g_autoptr (TraceDb) db = trace_db_open_existing (uri, &error);
  g_assert_no_error (error);
  g_autoptr (TraceRows) rows =
      trace_db_query (db,
                      "SELECT s.seq, s.part, p.key, s.arrived_s, s.length_s FROM stay s"
                      " JOIN subject p ON p.id = s.subject ORDER BY s.seq, s.part",
                      TRACE_NO_VALUES, &error);
  while (rows != NULL && trace_rows_next (rows, &error)) {
    char digits[2 * TRACE_SUBJECT_SIZE + 1];
    gsize len = 0;
    const guint8 *key = trace_rows_get_bytes (rows, 2, &len);
    g_assert_cmpuint (len, ==, TRACE_SUBJECT_SIZE);
    trace_subject_write (key, digits);
    gint64 arrived_s = trace_rows_get_int (rows, 3);
    CrowdHeard heard = { .seq = (guint64) trace_rows_get_int (rows, 0),
                         .part = (guint) trace_rows_get_int (rows, 1),
                         .number = find_phone (subjects, digits),
                         .first_ms = arrived_s * 1000,
                         .last_ms = (arrived_s + trace_rows_get_int (rows, 4)) * 1000 };
    g_array_append_val (held, heard);
  }
  g_assert_no_error (error);
  return held;
}

// Nothing was lost on the way, and nothing came twice.
static void
assert_same (const GArray *heard, const GArray *held)
{
  for (guint i = 0; i < MIN (heard->len, held->len); i++) {
    const CrowdHeard *sent = &g_array_index (heard, CrowdHeard, i);
    const CrowdHeard *taken = &g_array_index (held, CrowdHeard, i);
    g_assert_cmpuint (taken->seq, ==, sent->seq);
    g_assert_cmpuint (taken->part, ==, sent->part);
    g_assert_cmpuint (taken->number, ==, sent->number);
    g_assert_cmpint (ABS (taken->first_ms - sent->first_ms), <=, SECOND_MS);
    g_assert_cmpint (ABS (taken->last_ms - sent->last_ms), <=, SECOND_MS);
  }
  g_assert_cmpuint (held->len, ==, heard->len);
}

// "SUBJECT,VENUE,ZONE,ARRIVED,LEFT,EVIDENCE" a line. (transfer full, of CrowdHeard)
static GArray *
read_answer (const char *answer, GHashTable *subjects)
{
  GArray *stays = g_array_new (FALSE, FALSE, sizeof (CrowdHeard));
  g_auto (GStrv) lines = g_strsplit (answer, "\n", -1);
  for (guint i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++) {
    g_auto (GStrv) fields = g_strsplit (lines[i], ",", -1);
    g_assert_cmpuint (g_strv_length (fields), ==, 6);
    g_assert_cmpstr (fields[1], ==, VENUE);
    g_assert_cmpstr (fields[5], ==, "ble");
    CrowdHeard stay = { .number = find_phone (subjects, fields[0]),
                        .first_ms = g_ascii_strtoll (fields[3], NULL, 10) * 1000,
                        .last_ms = g_ascii_strtoll (fields[4], NULL, 10) * 1000 };
    g_array_append_val (stays, stay);
  }
  return stays;
}

static void
test_fed (Rig *rig)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Crowd) crowd = crowd_new (WINDOW_MS, SPAN_MS);
  g_autofree char *answer = have_morning (rig, crowd);
  g_autofree char *state_dir = rig_path (rig, "tramxanh");
  g_autofree char *keys_dir = rig_path (rig, "core.db.keys");
  g_autoptr (TraceKeys) keys = trace_keys_open (keys_dir, FALSE, &error);
  g_assert_no_error (error);
  g_autoptr (GArray) heard = crowd_read_journal (crowd, state_dir, unseal, keys);
  g_autoptr (GHashTable) subjects = list_subjects (crowd, keys);
  g_autoptr (GArray) held = read_core (rig, subjects);
  assert_same (heard, held);
  crowd_compare_windows (crowd, held);
  g_autoptr (GArray) stays = read_answer (answer, subjects);
  crowd_compare_stays (crowd, stays);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/fed/the-core-says-what-the-script-says", test_fed },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
