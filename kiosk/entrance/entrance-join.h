// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A phone that is held at the kiosk while a code is scanned belongs to whom the code belongs to.
// Which comes first does not matter: a phone is known to be held a second after it came. A phone
// joins one visit, and a visit is joined by one phone. Pure; milliseconds of one clock.

#pragma once

#include <glib.h>

#include "kiosk/core/ct-beacon.h"

G_BEGIN_DECLS

#define ENTRANCE_JOIN_BEFORE_MS 3000 // the phone was held so long before the code at most,
#define ENTRANCE_JOIN_AFTER_MS  1500 // or so long after it

typedef struct {
  struct ct_beacon phone;
  gint64 phone_at_ms;
  guint64 visit; // seq; 0: none
  gint64 visit_at_ms;
} EntranceJoin;

// TRUE: @self's phone joins @self's visit, now; entrance_join_forget () afterwards.
gboolean entrance_join_take_phone (EntranceJoin *self, const struct ct_beacon *phone, gint64 at_ms);
gboolean entrance_join_take_visit (EntranceJoin *self, guint64 visit, gint64 at_ms);
void entrance_join_forget (EntranceJoin *self);

G_END_DECLS
