// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "kiosk-camera"

#include "kiosk/kiosk-camera.h"

static void
on_state_changed (HwCamera *camera, GParamSpec *pspec, EntranceSession *session)
{
  entrance_session_set_camera_state (session, hw_camera_get_state (camera));
}

static void
on_blind_changed (HwCamera *camera, GParamSpec *pspec, EntranceSession *session)
{
  entrance_session_set_camera_blind (session, hw_camera_is_blind (camera));
}

static void
on_codes (HwCamera *camera, GPtrArray *codes, EntranceSession *session)
{
  entrance_session_see_codes (session, codes);
}

void
kiosk_camera_connect (HwCamera *camera, EntranceSession *session)
{
  g_signal_connect_object (camera, "notify::state", G_CALLBACK (on_state_changed), session, 0);
  g_signal_connect_object (camera, "notify::blind", G_CALLBACK (on_blind_changed), session, 0);
  g_signal_connect_object (camera, "codes", G_CALLBACK (on_codes), session, 0);
}
