// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A port of 127.0.0.1 for a server that starts later, or goes and comes back on it: tests run
// beside each other, and the kernel gives a port that nobody has to whoever asks.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

// Only a server that sets SO_REUSEADDR gets it, until it is let go.
int held_port_take (guint16 *ret_port);
void held_port_let_go (int held);

G_END_DECLS
