// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The last of each, and whether they belong together.

#include "kiosk/entrance/entrance-join.h"

static gboolean
belong_together (const EntranceJoin *self)
{
  gint64 late_ms = self->phone_at_ms - self->visit_at_ms;
  return self->phone.kind != CT_BEACON_NONE && self->visit != 0 &&
         late_ms <= ENTRANCE_JOIN_AFTER_MS && late_ms >= -ENTRANCE_JOIN_BEFORE_MS;
}

gboolean
entrance_join_take_phone (EntranceJoin *self, const struct ct_beacon *phone, gint64 at_ms)
{
  self->phone = *phone;
  self->phone_at_ms = at_ms;
  return belong_together (self);
}

gboolean
entrance_join_take_visit (EntranceJoin *self, guint64 visit, gint64 at_ms)
{
  self->visit = visit;
  self->visit_at_ms = at_ms;
  return belong_together (self);
}

void
entrance_join_forget (EntranceJoin *self)
{
  *self = (EntranceJoin){ .visit = 0 };
}
