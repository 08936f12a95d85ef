// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads the configuration file with the suspicion it deserves.

#define G_LOG_DOMAIN "kiosk-config"

#include "kiosk/kiosk-config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hw/hw-panel-line.h"
#include "hw/hw-printer-port.h"

G_DEFINE_QUARK (kiosk - config - error - quark, kiosk_config_error)

static gboolean
fail_reading (const char *path, const char *cause, GError **error)
{
  g_set_error (error, KIOSK_CONFIG_ERROR, KIOSK_CONFIG_ERROR_READ, "configuration %s: %s", path,
               cause);
  return FALSE;
}

// @text holds CT_CONFIG_LEN_MAX + 1 bytes, so that one byte too many is seen.
static gboolean
read_open_file (int fd, const char *path, char *text, gsize *ret_len, GError **error)
{
  struct stat status;
  if (fstat (fd, &status) < 0)
    return fail_reading (path, g_strerror (errno), error);
  if (!S_ISREG (status.st_mode))
    return fail_reading (path, "not a regular file", error);
  gsize len = 0;
  while (len <= CT_CONFIG_LEN_MAX) {
    ssize_t n = read (fd, text + len, CT_CONFIG_LEN_MAX + 1 - len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail_reading (path, g_strerror (errno), error);
    if (n == 0)
      break;
    len += (gsize) n;
  }
  if (len > CT_CONFIG_LEN_MAX)
    return fail_reading (path, "longer than 64 KiB", error);
  *ret_len = len;
  return TRUE;
}

static gboolean
check_panel (const char *path, const struct ct_config *config, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GArray) lines = hw_panel_lines_read (config->panel_lines, &wrong);
  if (lines != NULL)
    return TRUE;
  g_set_error (error, KIOSK_CONFIG_ERROR, KIOSK_CONFIG_ERROR_WRONG,
               "configuration %s: panel.lines: %s", path, wrong->message);
  return FALSE;
}

static gboolean
check_printer (const char *path, const struct ct_config *config, GError **error)
{
  const char *source = config->printer_source;
  if (strcmp (source, "none") == 0 || g_str_has_prefix (source, "file:") ||
      hw_printer_port_is_valid (source))
    return TRUE;
  g_set_error (error, KIOSK_CONFIG_ERROR, KIOSK_CONFIG_ERROR_WRONG,
               "configuration %s: printer.source: no port, or no speed, is '%s'", path, source);
  return FALSE;
}

gboolean
kiosk_config_read (const char *path, struct ct_config *ret_config, GError **error)
{
  g_autofree char *text = g_malloc (CT_CONFIG_LEN_MAX + 1);
  gsize len = 0;
  const char *from = path != NULL ? path : KIOSK_CONFIG_PATH;
  int fd = open (from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0 && (path != NULL || errno != ENOENT))
    return fail_reading (from, g_strerror (errno), error);
  if (fd >= 0) {
    gboolean is_read = read_open_file (fd, from, text, &len, error);
    (void) close (fd); // only read from
    if (!is_read)
      return FALSE;
  }
  struct ct_config_error wrong = { 0 };
  if (ct_config_read (text, len, ret_config, &wrong) == CT_OK)
    return check_panel (from, ret_config, error) && check_printer (from, ret_config, error);
  g_set_error (error, KIOSK_CONFIG_ERROR, KIOSK_CONFIG_ERROR_WRONG,
               "configuration %s:%" G_GSIZE_FORMAT ": %s: %s%s%s", from, wrong.line, wrong.key,
               wrong.reason, wrong.accepts != NULL ? "; it may be " : "",
               wrong.accepts != NULL ? wrong.accepts : "");
  return FALSE;
}
