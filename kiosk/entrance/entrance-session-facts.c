// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The session and what it is told about the kiosk: a change is a field and a view.

#define G_LOG_DOMAIN "entrance-session"

#include "kiosk/entrance/entrance-decision.h"
#include "kiosk/entrance/entrance-session-private.h"

void
entrance_session_set_scanner_ready (EntranceSession *self, gboolean is_ready)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  if (self->has_scanner == is_ready)
    return;
  self->has_scanner = is_ready;
  entrance_session_publish (self);
}

void
entrance_session_set_paper (EntranceSession *self, EntrancePaper paper)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  if (self->paper == paper)
    return;
  self->paper = paper;
  entrance_session_publish (self);
}

void
entrance_session_set_need (EntranceSession *self, EntranceNeed need)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  if (self->need == need)
    return;
  self->need = need;
  entrance_session_publish (self);
}

void
entrance_session_set_power_failing (EntranceSession *self, gboolean is_failing)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  if (self->power_is_failing == is_failing)
    return;
  self->power_is_failing = is_failing;
  if (is_failing)
    entrance_clock_read (self->clock, &self->power_failed_at);
  else
    entrance_session_record_gap (self, "power", &self->power_failed_at);
  entrance_session_publish (self);
}

void
entrance_session_set_near (EntranceSession *self, EntranceRadio radio, guint people_near)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  if (self->radio == radio && self->people_near == people_near)
    return;
  self->radio = radio;
  self->people_near = people_near;
  entrance_session_publish (self);
}

void
entrance_session_set_feed (EntranceSession *self, const EntranceFeed *feed)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  self->feed = *feed;
  entrance_session_publish (self);
}

void
entrance_session_show_enrolment (EntranceSession *self, const EntranceEnrolment *enrolment)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  EntranceEnrolment shown = entrance_enrolment_copy (enrolment);
  entrance_enrolment_clear (&self->enrolment);
  self->enrolment = shown;
  entrance_session_publish (self);
}

void
entrance_session_watch_codes (EntranceSession *self, GPtrArray *codes)
{
  JournalStamp stamp;
  EntranceDecision decision;
  entrance_clock_read (self->clock, &stamp);
  entrance_decide (&self->read_context, codes, self->secret, &decision);
  gboolean was_there =
      entrance_sight_see (&self->sight, decision.key, FALSE, stamp.boottime_ns / 1000000);
  if (decision.is_credential || (!was_there && self->enrolment.phase == ENTRANCE_ENROLMENT_NONE))
    entrance_sight_forget (&self->sight, decision.key);
  entrance_decision_clear (&decision);
}
