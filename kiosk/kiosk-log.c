// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// GLib hides "info" unless it is asked for; decisions and devices that come and go are told at that
// level, and are what the log is for.

#define G_LOG_DOMAIN "kiosk-log"

#include "kiosk/kiosk-log.h"

#include <glib.h>
#include <stdio.h>

static gboolean
is_ours (const GLogField *fields, gsize n_fields)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
      return g_str_has_prefix (fields[i].value, "entrance-") ||
             g_str_has_prefix (fields[i].value, "kiosk-");
  return FALSE;
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  int fd = fileno (stderr);
  if ((level & G_LOG_LEVEL_INFO) == 0 || !is_ours (fields, n_fields))
    return g_log_writer_default (level, fields, n_fields, user_data);
  if (g_log_writer_is_journald (fd) &&
      g_log_writer_journald (level, fields, n_fields, user_data) == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;
  g_autofree char *line =
      g_log_writer_format_fields (level, fields, n_fields, g_log_writer_supports_color (fd));
  (void) fputs (line, stderr); // nobody to tell, if even that fails
  (void) fputc ('\n', stderr);
  return G_LOG_WRITER_HANDLED;
}

void
kiosk_log_start (void)
{
  g_log_set_writer_func (write_log, NULL, NULL);
}
