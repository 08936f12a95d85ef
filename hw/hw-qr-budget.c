// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The thread's CPU time as a budget.

#include "hw/hw-qr-budget.h"

#include <time.h>

double
hw_qr_cpu_ms (void)
{
  struct timespec now;
  (void) clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now); // cannot fail with this clock on Linux
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

HwQrBudget
hw_qr_budget_begin (double ms)
{
  return (HwQrBudget){ hw_qr_cpu_ms () + ms };
}

double
hw_qr_budget_left_ms (const HwQrBudget *budget)
{
  return budget->end_ms - hw_qr_cpu_ms ();
}
