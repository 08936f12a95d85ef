// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Draws what a kiosk's camera sees: a card or a phone with a code, held badly, in bad light.
// Synthetic people only.

#pragma once

#include <glib.h>

#define SCENE_WIDTH_PX  1280
#define SCENE_HEIGHT_PX 720

typedef struct {
  gboolean phone; // light on dark, with a glossy face; otherwise a printed card
  gboolean empty; // no code: the background and what lies about
  double side_px; // of the code
  double tilt;    // 0 straight, 0.5 strong
  double turn_deg;
  double blur_px;  // standard deviation
  double noise;    // grey levels, standard deviation
  double contrast; // 1 full
  double glare;    // 0 to 1
} Scene;

// Fills `luma` (width * height). Returns the payload, NUL-terminated UTF-8, NULL for an empty
// scene.
char *scene_draw (const Scene *scene, guint32 seed, guint8 *luma);
