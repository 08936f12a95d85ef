// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl journal: is the record whole, and what is in it? Never who.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

// journal --state DIR verify | stats [--json] | list [--json] [--from T] [--to T] | purge
//
// T: seconds since 1970 UTC, or ISO 8601; --to is exclusive. verify, stats and list verify first
// and may run beside the kiosk; purge needs the journal for itself. Exit codes: 0 done, 1 not
// verified (what and where is on stderr), 2 wrong usage, 3 could not.
int ctl_journal (int argc, char **argv);

G_END_DECLS
