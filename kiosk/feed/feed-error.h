// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What can go wrong between a kiosk and its core.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FEED_ERROR (feed_error_quark ())
GQuark feed_error_quark (void);

typedef enum {
  FEED_ERROR_UNREACHABLE, // no name, no connection, or it broke off
  FEED_ERROR_TIMEOUT,     // no whole answer in time
  FEED_ERROR_PIN,         // whoever answers does not have the core's key
  FEED_ERROR_REPLY,       // an answer that the core would not give: too long, of a wrong form
  FEED_ERROR_REFUSED,     // the core says no
  FEED_ERROR_ENROLLED,    // the kiosk belongs to a core already
} FeedError;

G_END_DECLS
