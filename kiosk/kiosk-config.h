// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one configuration file, from the disk into the core's parser.

#pragma once

#include <gio/gio.h>

#include "kiosk/core/ct-config.h"

G_BEGIN_DECLS

#define KIOSK_CONFIG_PATH "/etc/tramxanh/tramxanh.conf"

#define KIOSK_CONFIG_ERROR (kiosk_config_error_quark ())
GQuark kiosk_config_error_quark (void);

typedef enum {
  KIOSK_CONFIG_ERROR_READ,  // the file cannot be read, or is no regular file
  KIOSK_CONFIG_ERROR_WRONG, // the message names file, line, key and reason
} KioskConfigError;

// @path NULL: KIOSK_CONFIG_PATH when it is there, else the defaults. Reads at most 64 KiB of a
// regular file, no link.
gboolean kiosk_config_read (const char *path, struct ct_config *ret_config, GError **error);

G_END_DECLS
