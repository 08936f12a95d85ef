// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any line of a log: what is read is written as it was, but for the letters' case.

#include <stdlib.h>
#include <string.h>

#include "kiosk/core/ct-radio-log.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct ct_logged logged, again;
  char line[CT_RADIO_LOG_LINE_MAX];
  if (ct_radio_log_read ((struct ct_span){ (const char *) data, size }, &logged) != CT_LOG_SIGHTING)
    return 0;
  size_t len = ct_radio_log_write (&logged, line);
  if (ct_radio_log_read ((struct ct_span){ line, len - 1 }, &again) != CT_LOG_SIGHTING ||
      again.at_ms != logged.at_ms || again.len != logged.len ||
      memcmp (again.structures, logged.structures, logged.len) != 0)
    abort ();
  return 0;
}
