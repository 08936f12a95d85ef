// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How full the disk is. Visits come first: long before they find no room, nothing else is written.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define JOURNAL_DISK_FILLING 80 // percent: somebody should see to it
#define JOURNAL_DISK_SCARCE  95 // windows of the radio are left out: what is left is for visits

// As df has it: of what the kiosk may use, rounded up. 0: nobody knows.
guint journal_disk_percent (const char *folder);

G_END_DECLS
