// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The service manager's end of the notify socket (sd_notify(3)).

#pragma once

#include <glib.h>

typedef struct FakeManager FakeManager;

// From now on this process is a service of it, pinged within @watchdog_us; 0: no watchdog.
FakeManager *fake_manager_new (guint64 watchdog_us);
void fake_manager_free (FakeManager *manager);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeManager, fake_manager_free)

// What it was told since the last call, messages one after the other. (transfer full)
char *fake_manager_read (FakeManager *manager);
