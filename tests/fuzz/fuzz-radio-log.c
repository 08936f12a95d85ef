// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any line of a log: what is read is written as it was, but for the letters' case.

#include <stdlib.h>
#include <string.h>

#include "kiosk/core/ct-radio-log.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_line (struct ct_span text)
{
  struct ct_logged logged, again;
  char line[CT_RADIO_LOG_LINE_MAX];
  if (ct_radio_log_read (text, &logged) != CT_LOG_SIGHTING)
    return;
  size_t len = ct_radio_log_write (&logged, line);
  if (ct_radio_log_read ((struct ct_span){ line, len - 1 }, &again) != CT_LOG_SIGHTING ||
      again.at_ms != logged.at_ms || again.len != logged.len ||
      memcmp (again.structures, logged.structures, logged.len) != 0)
    abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct ct_span line;
  for (size_t at = 0; at < size;) {
    size_t len = ct_radio_log_next ((struct ct_span){ (const char *) data + at, size - at }, &line);
    if (len == 0 || len > size - at)
      abort ();
    check_line (line);
    at += len;
  }
  return 0;
}
