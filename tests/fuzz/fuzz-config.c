// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any file as configuration.

#include "kiosk/core/ct-config.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct ct_config config;
  struct ct_config_error error;
  enum ct_status status = ct_config_read ((const char *) data, size, &config, &error);
  if (status == CT_OK ? config.journal_retention_days < 1 : error.reason == NULL)
    abort ();
  return 0;
}
