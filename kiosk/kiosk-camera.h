// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Facts from the camera become calls of the entrance.

#pragma once

#include "hw/hw-camera.h"
#include "kiosk/entrance/entrance-session.h"

void kiosk_camera_connect (HwCamera *camera, EntranceSession *session);
