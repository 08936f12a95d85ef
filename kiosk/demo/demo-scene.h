// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the simulated camera of the demo day sees: a lobby, and sometimes a hand that holds
// something up. Drawn, so that nobody real is in it; the codes are real and go through the real
// decoder.

#pragma once

#include <glib-object.h>

#include "kiosk/demo/demo-script.h"

G_BEGIN_DECLS

#define DEMO_TYPE_SCENE (demo_scene_get_type ())
G_DECLARE_FINAL_TYPE (DemoScene, demo_scene, DEMO, SCENE, GObject)

DemoScene *demo_scene_new (int width_px, int height_px);

// What is held up from now on. A payload that does not fit a QR code: nothing is held up, FALSE.
gboolean demo_scene_hold (DemoScene *self, DemoProp prop, GBytes *payload);

// One frame, packed BGRx. @raised: 0 out of sight, 1 right in the middle of the picture; @sway: a
// phase in radians that lets the hand tremble. (transfer full)
GBytes *demo_scene_draw (DemoScene *self, double raised, double sway);

G_END_DECLS
