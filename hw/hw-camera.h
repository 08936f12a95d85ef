// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A camera: frames in, codes and pictures out. Decoding happens on GStreamer's streaming thread,
// every signal on the main thread. Absence, a busy device, a wrong format and a frozen stream are
// states, and heal by themselves.

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  HW_CAMERA_STARTING,
  HW_CAMERA_READY,
  HW_CAMERA_MISSING,    // no such device, or unplugged
  HW_CAMERA_BUSY,       // another program holds it
  HW_CAMERA_BAD_FORMAT, // the device offers nothing that we can read
  HW_CAMERA_FROZEN,     // no frame for 3 s
  HW_CAMERA_FAILED,     // anything else; the debug log says what
} HwCameraState;

// One code that was seen in one frame. Boxed, immutable.
typedef struct {
  GBytes *payload;      // as decoded; not terminated, may hold NULs
  gboolean partial;     // one part of a multi-part code
  gint64 frame_time_us; // g_get_monotonic_time () when the frame arrived from the camera
  gint64 decoded_time_us;
  float x[4], y[4]; // corners in 0..1 of the frame: top left, top right, bottom right, bottom left
} HwCode;

#define HW_TYPE_CODE (hw_code_get_type ())
GType hw_code_get_type (void);
HwCode *hw_code_copy (const HwCode *code);
void hw_code_free (HwCode *code);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwCode, hw_code_free)

// The picture for the screen: packed BGRA, alpha always 255, at most 960 px wide, not mirrored.
// Boxed, immutable. That is cairo's own order, so nobody converts it again.
typedef struct {
  GBytes *pixels; // wraps the frame's own memory: no copy
  int width_px;
  int height_px;
  gsize stride;
} HwPicture;

#define HW_TYPE_PICTURE (hw_picture_get_type ())
GType hw_picture_get_type (void);
HwPicture *hw_picture_copy (const HwPicture *picture);
void hw_picture_free (HwPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwPicture, hw_picture_free)

#define HW_TYPE_CAMERA (hw_camera_get_type ())
G_DECLARE_FINAL_TYPE (HwCamera, hw_camera, HW, CAMERA, GObject)

// @source: "v4l2:/dev/v4l/by-id/…", "v4l2:" (first camera), "libcamera:" or "libcamera:NAME",
// "file:PATH" (any film or picture, looped), "images:PATTERN" (multifilesrc, looped),
// "push:WIDTHxHEIGHT@FPS" (frames from hw_camera_push_frame ()).
//
// Property "state" (HwCameraState as int, notify). Construct property "frozen-ms": no frame for
// this long is FROZEN (3000). Property "blind" (boolean, notify): frames come, but for "blind-ms"
// (construct property, 10000) nothing could be seen in any: too dark, or the lens is covered.
// Signal "codes" (GPtrArray of HwCode, 1 to 4 of them): every frame that held a code. Signal
// "picture" (HwPicture): the newest frame, at most 30 times a second.
HwCamera *hw_camera_new (const char *source);
void hw_camera_start (HwCamera *self);
void hw_camera_stop (HwCamera *self);
HwCameraState hw_camera_get_state (HwCamera *self);
gboolean hw_camera_is_blind (HwCamera *self);
const char *hw_camera_state_to_string (HwCameraState state);

// Pictures a second for the screen, 1 to 30; decoding is not slowed down by it.
void hw_camera_set_picture_fps (HwCamera *self, guint picture_fps);

// For "push:": one BGRx frame of the announced size. (transfer none)
void hw_camera_push_frame (HwCamera *self, GBytes *bgrx);

G_END_DECLS
