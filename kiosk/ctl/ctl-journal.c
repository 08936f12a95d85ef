// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl journal: is the record whole, and what is in it? Never who.

#include "kiosk/ctl/ctl-journal.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#include "kiosk/ctl/ctl-clock.h"
#include "kiosk/ctl/ctl-hours.h"
#include "kiosk/ctl/ctl-json.h"
#include "kiosk/journal/journal-keys.h"
#include "kiosk/journal/journal-presence.h"
#include "kiosk/journal/journal-verify.h"
#include "kiosk/journal/journal-writer.h"

#define EXIT_NO        1 // not verified, nothing to move
#define EXIT_USAGE     2
#define EXIT_COULD_NOT 3

typedef struct {
  const char *state_dir;
  const char *target; // of what is moved
  gboolean json;
  gint64 from_ms;
  gint64 to_ms;
} JournalOptions;

static int
report (const GError *error)
{
  (void) fprintf (stderr, "tramxanhctl: %s\n", error->message);
  gboolean is_broken = g_error_matches (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT) ||
                       g_error_matches (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS);
  return is_broken ? EXIT_NO : EXIT_COULD_NOT;
}

static char *
to_hex (const guint8 *bytes, gsize len)
{
  GString *hex = g_string_sized_new (2 * len);
  for (gsize i = 0; i < len; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}

// NULL when the clock knew nothing.
static char *
format_time (const JournalStamp *stamp)
{
  if (stamp->quality == JOURNAL_CLOCK_UNSET)
    return NULL;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (stamp->wall_ms / 1000);
  return time == NULL ? NULL : g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
}

static int
put (const GString *text)
{
  if (fputs (text->str, stdout) >= 0 && fflush (stdout) == 0)
    return 0;
  (void) fprintf (stderr, "tramxanhctl: stdout: writing failed\n");
  return EXIT_COULD_NOT;
}

static int
run_verify (const JournalOptions *options)
{
  g_auto (JournalAudit) audit;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  journal_audit_init (&audit);
  if (!journal_verify (options->state_dir, &audit, &error))
    return report (error);
  g_autofree char *fingerprint = to_hex (audit.first_key, sizeof audit.first_key);
  g_string_append_printf (text, "verified: %" G_GUINT64_FORMAT " records, key %s\n",
                          audit.n_records, fingerprint);
  if (audit.n_lost > 0)
    g_string_append_printf (
        text, "%" G_GUINT64_FORMAT " records were lost by the disk, and their loss was recorded\n",
        audit.n_lost);
  return put (text);
}

static void
add_number (GString *text, const JournalOptions *options, const char *name, guint64 number)
{
  if (options->json)
    ctl_json_add_integer (text, name, (gint64) number);
  else
    g_string_append_printf (text, "%s: %" G_GUINT64_FORMAT "\n", name, number);
}

static void
add_text (GString *text, const JournalOptions *options, const char *name, const char *value)
{
  if (options->json)
    ctl_json_add_text (text, name, value);
  else
    g_string_append_printf (text, "%s: %s\n", name, value != NULL ? value : "unknown");
}

static int
run_stats (const JournalOptions *options)
{
  g_auto (JournalAudit) audit;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  journal_audit_init (&audit);
  if (!journal_verify (options->state_dir, &audit, &error))
    return report (error);

  g_autofree char *kiosk = to_hex (audit.origin.kiosk, sizeof audit.origin.kiosk);
  g_autofree char *epoch = to_hex (audit.origin.epoch, sizeof audit.origin.epoch);
  g_autofree char *fingerprint = to_hex (audit.first_key, sizeof audit.first_key);
  g_autofree char *last = format_time (&audit.stamp);
  if (options->json)
    ctl_json_open_object (text, NULL);
  add_text (text, options, "kiosk", kiosk);
  add_text (text, options, "epoch", epoch);
  add_text (text, options, "key", fingerprint);
  add_number (text, options, "records", audit.n_records);
  add_number (text, options, "last_seq", audit.seq);
  add_text (text, options, "last_time", last);
  add_number (text, options, "people_inside", g_hash_table_size (audit.open_visits));
  add_number (text, options, "erased", audit.n_erased);
  add_number (text, options, "lost", audit.n_lost);
  add_number (text, options, "delivered", audit.receipt.seq);
  add_number (text, options, "retention_days", audit.config.retention_days);
  for (int kind = 1; kind < JOURNAL_N_KINDS; kind++) {
    if (audit.n_of_kind[kind] > 0)
      add_number (text, options, journal_kind_to_string ((JournalKind) kind),
                  audit.n_of_kind[kind]);
  }
  if (options->json) {
    ctl_json_close_object (text);
    g_string_append_c (text, '\n');
  }
  return put (text);
}

typedef struct {
  const JournalOptions *options;
  GString *text;
} Listing;

static void
add_counts (GString *text, const char *key, const JournalBytes *counts)
{
  ctl_json_open_object (text, key);
  for (guint kind = 0; kind < CT_BEACON_N_KINDS; kind++) {
    guint32 count_be = 0;
    memcpy (&count_be, counts->data + 4 * kind, sizeof count_be);
    ctl_json_add_integer (text, ct_beacon_kind_to_string (kind), GUINT32_FROM_BE (count_be));
  }
  ctl_json_close_object (text);
}

// What a record says that is nobody's secret.
static void
add_window (GString *text, const JournalWindow *window)
{
  ctl_json_add_integer (text, "start_ms", (gint64) window->start_wall_ms);
  ctl_json_add_integer (text, "window_s", (gint64) window->window_s);
  ctl_json_add_boolean (text, "cut", (window->flags & JOURNAL_WINDOW_CUT) != 0);
  ctl_json_add_boolean (text, "recovered", (window->flags & JOURNAL_WINDOW_RECOVERED) != 0);
  ctl_json_add_boolean (text, "continued", (window->flags & JOURNAL_WINDOW_CONTINUED) != 0);
  ctl_json_add_integer (text, "heard_ms", (gint64) window->heard_ms);
  ctl_json_add_integer (text, "sightings", (gint64) window->n_sightings);
  ctl_json_add_integer (text, "dropped", (gint64) window->n_dropped);
  add_counts (text, "present", &window->counts);
  if (window->arrivals.data != NULL)
    add_counts (text, "arrived", &window->arrivals);
}

static void
add_body (GString *text, const JournalRecord *record)
{
  JournalBody body;
  if (record->body.data == NULL ||
      !journal_record_read (record->kind, record->body.data, record->body.len, &body))
    return;
  if (body.kind == JOURNAL_KIND_PRESENCE_WINDOW)
    add_window (text, &body.window);
  if (body.kind == JOURNAL_KIND_VISIT_PHONE)
    ctl_json_add_integer (text, "visit", (gint64) body.visit_phone.visit);
  if (body.kind == JOURNAL_KIND_OBSERVATION_GAP) {
    g_autofree char *what = g_strndup ((const char *) body.gap.what.data, body.gap.what.len);
    ctl_json_add_text (text, "what", what);
    ctl_json_add_integer (text, "gap_ms", record->stamp.wall_ms - (gint64) body.gap.from_wall_ms);
  }
}

static gboolean
on_record (const JournalRecord *record, gpointer user_data, GError **error)
{
  static const char *const qualities[] = { "unset", "restored", "synced" };
  Listing *listing = user_data;
  GString *text = listing->text;
  if (record->stamp.wall_ms < listing->options->from_ms ||
      record->stamp.wall_ms >= listing->options->to_ms)
    return TRUE;
  g_autofree char *time = format_time (&record->stamp);
  const char *kind = journal_kind_to_string (record->kind);
  gboolean is_erased = record->body.data == NULL;
  if (!listing->options->json) {
    g_string_append_printf (text, "%8" G_GUINT64_FORMAT "  %-20s  %s%s\n", record->seq,
                            time != NULL ? time : "unknown", kind, is_erased ? "  (erased)" : "");
    return TRUE;
  }
  ctl_json_open_object (text, NULL);
  ctl_json_add_integer (text, "seq", (gint64) record->seq);
  ctl_json_add_text (text, "kind", kind);
  ctl_json_add_text (text, "time", time);
  ctl_json_add_text (text, "clock", qualities[record->stamp.quality]);
  ctl_json_add_boolean (text, "erased", is_erased);
  add_body (text, record);
  ctl_json_close_object (text);
  g_string_append_c (text, '\n');
  return TRUE;
}

static int
run_list (const JournalOptions *options)
{
  g_auto (JournalAudit) audit;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  Listing listing = { options, text };
  journal_audit_init (&audit);
  if (!journal_verify_each (options->state_dir, &audit, on_record, &listing, &error))
    return report (error);
  return put (text);
}

static gboolean
on_hours_record (const JournalRecord *record, gpointer hours, GError **error)
{
  ctl_hours_take (hours, record);
  return TRUE;
}

static int
run_hours (const JournalOptions *options)
{
  g_auto (JournalAudit) audit;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (CtlHours) hours = ctl_hours_new ();
  journal_audit_init (&audit);
  if (!journal_verify_each (options->state_dir, &audit, on_hours_record, hours, &error))
    return report (error);
  ctl_hours_print (hours, options->json, text);
  return put (text);
}

static int
run_purge (const JournalOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (options->state_dir, "journal.db", NULL);
  JournalStamp stamp;
  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    (void) fprintf (stderr, "tramxanhctl: %s: no journal\n", path);
    return EXIT_COULD_NOT;
  }
  g_autoptr (JournalWriter) writer = journal_writer_new (options->state_dir, NULL, 0, 0);
  if (!ctl_clock_read (&stamp, &error) || !journal_writer_open (writer, &stamp, &error) ||
      !journal_writer_tidy (writer, &stamp, &error))
    return report (error);
  return 0;
}

static int
run_move_recovery (const JournalOptions *options)
{
  g_autoptr (GError) error = NULL;
  if (!journal_keys_have_recovery (options->state_dir)) {
    (void) fprintf (stderr, "tramxanhctl: %s: holds no recovery key\n", options->state_dir);
    return EXIT_NO;
  }
  if (!journal_keys_move_recovery (options->state_dir, options->target, &error))
    return report (error);
  (void) printf ("moved: keep %s away from the kiosk; whoever has it can read its visits\n",
                 options->target);
  return 0;
}

static gboolean
parse_time (const char *text, gint64 *ret_ms)
{
  gint64 seconds = 0;
  if (g_ascii_string_to_signed (text, 10, 0, G_MAXINT64 / 1000, &seconds, NULL)) {
    *ret_ms = seconds * 1000;
    return TRUE;
  }
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, utc);
  if (time != NULL)
    *ret_ms = g_date_time_to_unix (time) * 1000;
  return time != NULL;
}

static int
refuse (const char *why)
{
  (void) fprintf (
      stderr,
      "tramxanhctl journal: %s\n"
      "usage: tramxanhctl journal --state DIR verify | stats [--json] | "
      "list [--json] [--from T] [--to T] | hours [--json] | purge | move-recovery FILE\n",
      why);
  return EXIT_USAGE;
}

int
ctl_journal (int argc, char **argv)
{
  static const struct {
    const char *word;
    int (*run) (const JournalOptions *options);
    gboolean has_json;
    gboolean has_times;
    gboolean has_target;
  } actions[] = {
    { "verify", run_verify, FALSE, FALSE, FALSE },
    { "stats", run_stats, TRUE, FALSE, FALSE },
    { "list", run_list, TRUE, TRUE, FALSE },
    { "hours", run_hours, TRUE, FALSE, FALSE },
    { "purge", run_purge, FALSE, FALSE, FALSE },
    { "move-recovery", run_move_recovery, FALSE, FALSE, TRUE },
  };
  JournalOptions options = { .to_ms = G_MAXINT64 };
  const char *word = NULL;
  gboolean has_times = FALSE;
  for (int i = 1; i < argc; i++) {
    const char *value = i + 1 < argc ? argv[i + 1] : NULL;
    if (g_str_equal (argv[i], "--json"))
      options.json = TRUE;
    else if (g_str_equal (argv[i], "--state") && value != NULL)
      options.state_dir = argv[++i];
    else if (g_str_equal (argv[i], "--from") && value != NULL &&
             parse_time (value, &options.from_ms))
      has_times = i++ > 0;
    else if (g_str_equal (argv[i], "--to") && value != NULL && parse_time (value, &options.to_ms))
      has_times = i++ > 0;
    else if (word == NULL && argv[i][0] != '-')
      word = argv[i];
    else if (options.target == NULL && argv[i][0] != '-')
      options.target = argv[i];
    else
      return refuse (argv[i]);
  }
  if (options.state_dir == NULL || word == NULL)
    return refuse (word == NULL ? "what to do?" : "--state is missing");
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++) {
    if (!g_str_equal (actions[i].word, word))
      continue;
    if ((options.json && !actions[i].has_json) || (has_times && !actions[i].has_times))
      return refuse ("an option that does not belong here");
    if (actions[i].has_target != (options.target != NULL))
      return refuse (actions[i].has_target ? "to which file?" : options.target);
    return actions[i].run (&options);
  }
  return refuse (word);
}
