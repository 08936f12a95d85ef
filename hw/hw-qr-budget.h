// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The thread's CPU time, against which a frame's budget is measured: other programs' load does not
// change the answer.

#pragma once

typedef struct {
  double end_ms;
} HwQrBudget;

// CPU time of the calling thread.
double hw_qr_cpu_ms (void);

HwQrBudget hw_qr_budget_begin (double ms);
double hw_qr_budget_left_ms (const HwQrBudget *budget);
