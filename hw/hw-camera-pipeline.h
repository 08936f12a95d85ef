// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From a camera's source description to a GStreamer pipeline. Internal to the camera.
//
//   source ─ tee ─┬─ newest frame ─ appsink "grey" (decoded on its own streaming thread)
//                 └─ newest frame ─ videorate ─ scale ─ convert ─ appsink "picture" (pulled by the
//                 main thread)

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define HW_CAMERA_MESSAGE_FRAME                                                                    \
  "tramxanh-frame" // a frame arrived; fields "at-rest" (boolean: nothing moves)
                   // and, when it held any, "codes" (GPtrArray of HwCode)
#define HW_CAMERA_MESSAGE_PICTURE "tramxanh-picture" // the appsink "picture" holds a new one

// A pipeline in state NULL, or NULL with @error when the description is none or an element is not
// installed. (transfer full)
GstElement *hw_camera_pipeline_new (const char *source, guint picture_fps, GError **error);

// Does the stream begin anew at its end (a film)?
gboolean hw_camera_pipeline_is_film (const char *source);

G_END_DECLS
