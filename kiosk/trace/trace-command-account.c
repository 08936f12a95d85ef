// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Accounts of the console. Passwords come on standard input, never as an argument.

#define G_LOG_DOMAIN "trace-command-account"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "kiosk/trace/trace-audit.h"
#include "kiosk/trace/trace-options.h"
#include "kiosk/trace/trace-session.h"

#define BY "tramxanh-trace" // in the audit log: whoever has the machine

typedef struct {
  TraceOptions options;
  char *role;
  gboolean as_json;
  TraceDb *db; // borrowed
} Officers;

static gboolean
read_password (char password[TRACE_PASSWORD_MAX + 2])
{
  if (fgets (password, TRACE_PASSWORD_MAX + 2, stdin) == NULL)
    return FALSE;
  password[strcspn (password, "\r\n")] = '\0';
  return TRUE;
}

static gboolean
note (const Officers *officers, const char *action, const char *what, GError **error)
{
  const TraceAuditEntry entry = {
    .officer = BY, .action = action, .case_id = "", .reason = "", .what = what
  };
  return trace_audit_write (officers->db, &entry, error);
}

static int
add (const Officers *officers, const char *name)
{
  g_autoptr (GError) error = NULL;
  char password[TRACE_PASSWORD_MAX + 2];
  TraceRole role = TRACE_ROLE_OFFICER;
  if (officers->role != NULL && !trace_role_read (officers->role, &role))
    return trace_options_say (&officers->options, TRACE_EXIT_USAGE, "--role: officer or admin");
  if (!read_password (password))
    return trace_options_say (&officers->options, TRACE_EXIT_USAGE,
                              "the password is expected on standard input");
  g_autofree char *what = g_strdup_printf ("%s, %s", name, trace_role_to_string (role));
  gboolean ok =
      trace_officer_add (officers->db, name, role, password, g_get_real_time () / 1000, &error) &&
      note (officers, "officer-add", what, &error);
  sodium_memzero (password, sizeof password);
  return ok ? 0 : trace_options_say_error (&officers->options, error);
}

static int
set_password (const Officers *officers, const char *name)
{
  g_autoptr (GError) error = NULL;
  char password[TRACE_PASSWORD_MAX + 2];
  gboolean found = FALSE;
  if (!read_password (password))
    return trace_options_say (&officers->options, TRACE_EXIT_USAGE,
                              "the password is expected on standard input");
  gboolean ok = trace_officer_set_password (officers->db, name, password, &found, &error) &&
                (!found || note (officers, "officer-password", name, &error));
  sodium_memzero (password, sizeof password);
  if (!ok)
    return trace_options_say_error (&officers->options, error);
  return found ? 0 : trace_options_say (&officers->options, 1, "there is no such officer");
}

static int
remove_one (const Officers *officers, const char *name)
{
  g_autoptr (GError) error = NULL;
  gboolean found = FALSE;
  if (!trace_officer_remove (officers->db, name, &found, &error) ||
      (found && !note (officers, "officer-remove", name, &error)))
    return trace_options_say_error (&officers->options, error);
  return found ? 0 : trace_options_say (&officers->options, 1, "there is no such officer");
}

static int
list (const Officers *officers)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) all = trace_officer_list (officers->db, &error);
  if (all == NULL)
    return trace_options_say_error (&officers->options, error);
  for (guint i = 0; i < all->len; i++) {
    const TraceOfficer *officer = &g_array_index (all, TraceOfficer, i);
    (void) printf (officers->as_json ? "{\"name\":\"%s\",\"role\":\"%s\",\"made\":%" G_GINT64_FORMAT
                                       "}\n"
                                     : "%-32s %-8s %" G_GINT64_FORMAT "\n",
                   officer->name, trace_role_to_string (officer->role), officer->made_ms / 1000);
  }
  return 0;
}

static int
run (Officers *officers, int argc, char **argv)
{
  static const struct {
    const char *word;
    int (*run) (const Officers *officers, const char *name);
    TraceStore *(*open) (const TraceOptions *options, int *ret_status);
  } actions[] = { { "add", add, trace_options_make_store },
                  { "password", set_password, trace_options_open_store },
                  { "remove", remove_one, trace_options_open_store } };
  int status = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++) {
    if (argc != 3 || !g_str_equal (argv[1], actions[i].word))
      continue;
    g_autoptr (TraceStore) store = actions[i].open (&officers->options, &status);
    if (store == NULL)
      return status;
    officers->db = trace_store_get_db (store);
    return actions[i].run (officers, argv[2]);
  }
  if (argc != 2 || !g_str_equal (argv[1], "list"))
    return trace_options_say (&officers->options, TRACE_EXIT_USAGE,
                              "add NAME, password NAME, remove NAME or list");
  g_autoptr (TraceStore) store = trace_options_open_store (&officers->options, &status);
  if (store == NULL)
    return status;
  officers->db = trace_store_get_db (store);
  return list (officers);
}

int
trace_command_officer (int argc, char **argv)
{
  Officers officers = { .options = TRACE_OPTIONS (argv) };
  GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING, &officers.role, "officer or admin (add)", "R" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &officers.as_json, "An object a line (list)", NULL },
    { NULL },
  };
  int status = TRACE_EXIT_USAGE;
  if (trace_options_parse (&officers.options, entries, &argc, &argv))
    status = run (&officers, argc, argv);
  trace_options_clear (&officers.options);
  g_free (officers.role);
  return status;
}
