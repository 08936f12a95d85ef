// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-core"

#include "kiosk/trace/trace-core.h"

#include "kiosk/trace/trace-place.h"

void
trace_core_init (TraceCore *core, char **argv)
{
  *core = (TraceCore){ .options = TRACE_OPTIONS (argv) };
  trace_config_init (&core->config);
}

void
trace_core_clear (TraceCore *core)
{
  trace_options_clear (&core->options);
  trace_config_clear (&core->config);
  g_free (core->config_path);
  g_free (core->listen);
  g_free (core->keys_folder);
  g_free (core->url);
  g_free (core->officer_key);
  g_clear_pointer (&core->keys, trace_keys_free);
}

// What the command line says goes before what the file says.
static void
override (char **value, const char *given)
{
  if (given == NULL)
    return;
  g_free (*value);
  *value = g_strdup (given);
}

gboolean
trace_core_parse (TraceCore *core, const GOptionEntry *own, int *argc, char ***argv)
{
  const GOptionEntry common[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &core->config_path, "KEY = VALUE lines", "FILE" },
    { "keys", 0, 0, G_OPTION_ARG_FILENAME, &core->keys_folder, "The core's keys", "FOLDER" },
    { "url", 0, 0, G_OPTION_ARG_STRING, &core->url, "What kiosks call", "URL" },
    { "officer-key", 0, 0, G_OPTION_ARG_FILENAME, &core->officer_key,
      "The officer's public key, taken over for good", "FILE" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) all = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  for (const GOptionEntry *entry = own; entry != NULL && entry->long_name != NULL; entry++)
    g_array_append_val (all, *entry);
  g_array_append_vals (all, common, G_N_ELEMENTS (common) - 1);
  if (!trace_options_parse (&core->options, (const GOptionEntry *) all->data, argc, argv))
    return FALSE;
  if (core->config_path != NULL && !trace_config_read (&core->config, core->config_path, &error)) {
    (void) trace_options_say_error (&core->options, error);
    return FALSE;
  }
  override (&core->config.keys, core->keys_folder);
  override (&core->config.url, core->url);
  override (&core->config.listen, core->listen);
  if (core->config.url[0] == '\0' || trace_place_is_url (core->config.url))
    return TRUE;
  (void) trace_options_say (&core->options, TRACE_EXIT_USAGE,
                            "url: https://HOST[:PORT][/PATH], without a slash at its end");
  return FALSE;
}

gboolean
trace_core_open_keys (TraceCore *core, GError **error)
{
  g_autofree char *folder = trace_keys_find_folder (core->options.store, core->config.keys, error);
  if (folder != NULL)
    core->keys = trace_keys_open (folder, TRUE, error);
  return core->keys != NULL && (core->officer_key == NULL ||
                                trace_keys_take_officer_key (core->keys, core->officer_key, error));
}
