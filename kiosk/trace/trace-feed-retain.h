// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What kiosks sent, beside the stays, does not stay for ever either. Kiosks and incidents do.

#pragma once

#include "kiosk/trace/trace-db.h"

G_BEGIN_DECLS

// Lets go of what is from before; of whose a tag is when it was not heard since; and of details
// whose subject the store has let go of. Call it after trace_store_retain (); a transaction of its
// own.
gboolean trace_feed_retain (TraceDb *db, gint64 before_s, GError **error);

G_END_DECLS
