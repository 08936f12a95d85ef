// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Plays the script of a demo day at a real entrance: frames into the camera, presses on the screen,
// time into the clock. It knows no results beforehand; what the entrance decides is counted as it
// comes.

#pragma once

#include "hw/hw-camera.h"
#include "kiosk/demo/demo-clock.h"
#include "kiosk/entrance/entrance-session.h"

G_BEGIN_DECLS

#define DEMO_CAMERA_SOURCE "push:1280x720@25"

typedef struct {
  guint checkins;  // visits opened
  guint checkouts; // visits closed
  guint notices;   // amber
  guint refused;   // red
} DemoCounts;

#define DEMO_TYPE_DAY (demo_day_get_type ())
G_DECLARE_FINAL_TYPE (DemoDay, demo_day, DEMO, DAY, GObject)

// @steps: of DemoStep. Signal "moment" (const char *name): the screen shows something worth a
// picture. Signal "finished": the last step is over.
DemoDay *
demo_day_new (GPtrArray *steps, HwCamera *camera, EntranceSession *session, DemoClock *clock);
// What is shown to join a core, and the words by which it is known; without it those steps are
// passed over.
void demo_day_set_core (DemoDay *self, const char *code, const char *words);
// From the first step on; a second time, without joining again.
void demo_day_start (DemoDay *self);
DemoCounts demo_day_get_counts (DemoDay *self);

G_END_DECLS
