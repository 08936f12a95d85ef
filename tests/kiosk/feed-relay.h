// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A line between a kiosk and its core that can break at one moment: the core has done what it was
// asked, and the kiosk does not hear of it. What goes over it is encrypted, and left as it is.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct FeedRelay FeedRelay;

FeedRelay *feed_relay_start (guint16 to_port);
void feed_relay_stop (FeedRelay *relay);
guint16 feed_relay_get_port (const FeedRelay *relay);

// The first bytes that answer a batch kill @core, and go nowhere. @core lives until it has struck.
void feed_relay_strike_next (FeedRelay *relay, GSubprocess *core);
gboolean feed_relay_has_struck (FeedRelay *relay);

G_END_DECLS
