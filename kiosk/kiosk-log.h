// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an operator reads: the journal of systemd, or standard error.

#pragma once

// To be called once, before anything logs.
void kiosk_log_start (void);
