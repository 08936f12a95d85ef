// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-command-audit"

#include <stdio.h>
#include <string.h>

#include <json-glib/json-glib.h>
#include <sodium.h>

#include "kiosk/trace/trace-audit.h"
#include "kiosk/trace/trace-csv.h"
#include "kiosk/trace/trace-options.h"

// "NUMBER:64 hexadecimal digits", as `audit verify` printed it.
static gboolean
read_head (const char *text, TraceAuditHead *ret_head)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  gsize len = 0;
  return g_strv_length (parts) == 2 && strlen (parts[1]) == 2 * sizeof ret_head->hash &&
         g_ascii_string_to_signed (parts[0], 10, 1, G_MAXINT64, &ret_head->n, NULL) &&
         sodium_hex2bin (ret_head->hash, sizeof ret_head->hash, parts[1], strlen (parts[1]), NULL,
                         &len, NULL) == 0 &&
         len == sizeof ret_head->hash;
}

static int
verify (const TraceOptions *options, TraceDb *db, const char *head_word)
{
  g_autoptr (GError) error = NULL;
  TraceAuditHead earlier = { 0 }, head = { 0 };
  gint64 wrong = 0;
  char digits[2 * sizeof head.hash + 1];
  if (head_word != NULL && !read_head (head_word, &earlier))
    return trace_options_say (options, TRACE_EXIT_USAGE,
                              "--head NUMBER:HASH: as `audit verify` printed it");
  if (!trace_audit_verify (db, head_word != NULL ? &earlier : NULL, &head, &wrong, &error))
    return trace_options_say_error (options, error);
  if (wrong != 0) {
    (void) fprintf (stderr,
                    "tramxanh-trace %s: entry %" G_GINT64_FORMAT
                    " was changed, or taken away, or something before it was\n",
                    options->name, wrong);
    return TRACE_EXIT_NO;
  }
  (void) printf ("%" G_GINT64_FORMAT ":%s\n", head.n,
                 sodium_bin2hex (digits, sizeof digits, head.hash, sizeof head.hash));
  return 0;
}

static char *
time_to_text (gint64 at_ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (at_ms / 1000);
  char *text = time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
  return text != NULL ? text : g_strdup ("?");
}

static void
print_csv (gint64 n, gint64 at_ms, const TraceAuditEntry *entry, gpointer unused)
{
  const char *const texts[] = { entry->officer, entry->action, entry->case_id, entry->reason,
                                entry->what };
  g_autofree char *time = time_to_text (at_ms);
  g_autoptr (GString) line = g_string_new (NULL);
  g_string_append_printf (line, "%" G_GINT64_FORMAT ",%s", n, time);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_string_append_c (line, ',');
    trace_csv_append (line, texts[i]);
  }
  (void) printf ("%s\n", line->str);
}

static void
add_text (JsonBuilder *builder, const char *member, const char *text)
{
  (void) json_builder_set_member_name (builder, member); // returns itself
  (void) json_builder_add_string_value (builder, text);
}

static void
print_json (gint64 n, gint64 at_ms, const TraceAuditEntry *entry, gpointer unused)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  (void) json_builder_begin_object (builder);
  (void) json_builder_set_member_name (builder, "n");
  (void) json_builder_add_int_value (builder, n);
  (void) json_builder_set_member_name (builder, "at_ms");
  (void) json_builder_add_int_value (builder, at_ms);
  add_text (builder, "officer", entry->officer);
  add_text (builder, "action", entry->action);
  add_text (builder, "case", entry->case_id);
  add_text (builder, "reason", entry->reason);
  add_text (builder, "what", entry->what);
  (void) json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);
  (void) printf ("%s\n", text);
}

static int
list (const TraceOptions *options, TraceDb *db, const char *case_id, gboolean as_json)
{
  g_autoptr (GError) error = NULL;
  if (!as_json)
    (void) printf ("n,at,officer,action,case,reason,what\n");
  return trace_audit_list (db, case_id, as_json ? print_json : print_csv, NULL, &error)
             ? 0
             : trace_options_say_error (options, error);
}

int
trace_command_audit (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  g_autofree char *case_id = NULL, *head = NULL;
  gboolean as_json = FALSE;
  int status = 0;
  GOptionEntry entries[] = {
    { "case", 0, 0, G_OPTION_ARG_STRING, &case_id, "Of this case only", "ID" },
    { "head", 0, 0, G_OPTION_ARG_STRING, &head, "That `verify` printed before", "NUMBER:HASH" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "One JSON object a line", NULL },
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv))
    return TRACE_EXIT_USAGE;
  const char *verb = argc == 2 ? argv[1] : "";
  if (!g_str_equal (verb, "verify") && !g_str_equal (verb, "list"))
    return trace_options_say (&options, TRACE_EXIT_USAGE, "audit verify or audit list");
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  if (store == NULL)
    return status;
  return g_str_equal (verb, "verify")
             ? verify (&options, trace_store_get_db (store), head)
             : list (&options, trace_store_get_db (store), case_id, as_json);
}
