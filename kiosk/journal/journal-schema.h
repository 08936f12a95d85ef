// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The tables, version by version. A file of version n is brought up by the steps from n + 1 on, in
// one transaction.

#pragma once

#define JOURNAL_SCHEMA_VERSION 2

// SQL that makes version i + 1 out of version i, for i = 0 on. Never change a step that was
// released.
extern const char *const journal_schema_steps[JOURNAL_SCHEMA_VERSION];
