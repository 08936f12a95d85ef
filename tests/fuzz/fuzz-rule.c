// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any file as a disease profile.

#include <stdint.h>

#include "kiosk/trace/trace-rules.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_memdup2 (data, size); // so that a read too far is seen
  g_autoptr (TraceRule) rule = trace_rule_read ("x", text != NULL ? text : "", size, &error);
  g_assert_true ((rule == NULL) == (error != NULL));
  g_assert_true (rule == NULL || rule->min_overlap_s <= rule->window_s);
  return 0;
}
