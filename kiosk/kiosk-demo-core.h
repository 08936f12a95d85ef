// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The demo day's tracing core: the real program, on loopback, for as long as the demo lasts. Its
// calls wait, as nobody is at the door yet, or any more.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _KioskDemoCore KioskDemoCore;

// Makes the officer's key, starts the server and asks for an enrolment code. @folder: for all that
// it keeps. NULL: the program is not there, or did not do it.
KioskDemoCore *kiosk_demo_core_new (const char *folder, GError **error);
void kiosk_demo_core_free (KioskDemoCore *core); // ends the server
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KioskDemoCore, kiosk_demo_core_free)

const char *kiosk_demo_core_get_code (KioskDemoCore *core);
const char *kiosk_demo_core_get_words (KioskDemoCore *core); // of its key

#define KIOSK_DEMO_LEVELS 3
// Who met the person of this credential, level by level, on the day that begins at @midnight_s.
gboolean kiosk_demo_core_count_contacts (KioskDemoCore *core,
                                         GBytes *credential,
                                         gint64 midnight_s,
                                         guint ret_counts[KIOSK_DEMO_LEVELS],
                                         GError **error);

G_END_DECLS
