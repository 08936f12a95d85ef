// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any line as an officer's key file: its cost is bounded.

#include <stdint.h>

#include "kiosk/trace/trace-officer.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  TraceOfficerFile file;
  g_autofree char *line = g_memdup2 (data, size);
  if (trace_officer_file_read (line, size, &file))
    g_assert_true (file.n_passes <= 16 && file.memory_kib <= 1024 * 1024);
  return 0;
}
