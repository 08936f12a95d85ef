// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The session and its camera: not seen and not looking are different answers, so every time without
// sight is a record of its own.

#define G_LOG_DOMAIN "entrance-session"

#include "kiosk/entrance/entrance-session-private.h"

#define CAMERA_GRACE_MS 1000 // a hiccup shorter than this is nobody's business
#define CAMERA_START_MS 6000

static gboolean
on_camera_grace_over (gpointer user_data)
{
  EntranceSession *self = user_data;
  self->camera_timeout_id = 0;
  self->camera_is_down = TRUE;
  entrance_session_publish (self);
  return G_SOURCE_REMOVE;
}

void
entrance_session_set_camera_state (EntranceSession *self, HwCameraState state)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  HwCameraState before = self->camera_state;
  const char *word = hw_camera_state_to_string (state);
  self->camera_state = state;
  if (state != before)
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "TRAMXANH_CAMERA", word, "MESSAGE",
                      "camera: %s", word);
  if (state == HW_CAMERA_READY) {
    entrance_session_clear_timeout (self, &self->camera_timeout_id);
    if (self->camera_is_down)
      entrance_session_record_gap (self, "camera", &self->camera_lost_at);
    self->camera_is_down = FALSE;
  } else if (!self->camera_is_down) {
    if (before == HW_CAMERA_READY || self->camera_timeout_id == 0)
      entrance_clock_read (self->clock, &self->camera_lost_at);
    if (before != state || self->camera_timeout_id == 0)
      entrance_session_set_timeout (self, &self->camera_timeout_id,
                                    state == HW_CAMERA_STARTING ? CAMERA_START_MS : CAMERA_GRACE_MS,
                                    on_camera_grace_over);
  }
  entrance_session_publish (self);
}

void
entrance_session_set_camera_blind (EntranceSession *self, gboolean is_blind)
{
  g_return_if_fail (ENTRANCE_IS_SESSION (self));
  if (self->camera_is_blind == is_blind)
    return;
  self->camera_is_blind = is_blind;
  g_info (is_blind ? "camera: sees nothing" : "camera: sees again");
  if (is_blind)
    entrance_clock_read (self->clock, &self->camera_blind_at);
  else
    entrance_session_record_gap (self, "camera-blind", &self->camera_blind_at);
  entrance_session_publish (self);
}
