// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Builds the pipeline and decodes on its streaming thread. GStreamer's own documentation: appsink,
// appsrc, videorate.

#define G_LOG_DOMAIN "hw-camera"

#include "hw/hw-camera-pipeline.h"

#include <gio/gio.h>
#include <gst/app/gstappsink.h>
#include <gst/video/video.h>
#include <stdio.h>
#include <string.h>

#include "hw/hw-camera-scan.h"
#include "hw/hw-camera.h"

// Formats whose first plane is the luma itself: no conversion. Whatever else comes is converted to
// one of them.
#define LUMA_CAPS "video/x-raw,format=(string){GRAY8,I420,NV12,YV12,NV21,Y42B,NV16}"
// What a camera gives by itself goes on untouched; a computer's RGB becomes one of these, so that
// its unused byte never reaches the screen as an alpha.
#define CAMERA_CAPS                                                                                \
  "video/x-raw,format=(string){I420,YV12,NV12,NV21,Y42B,NV16,YUY2,UYVY,YVYU,GRAY8}"
#define PICTURE_CAPS "video/x-raw,format=BGRA,width=[16,960],height=[16,960],pixel-aspect-ratio=1/1"
// 720p first: enough for a card at arm's length, and cheap; then whatever the camera has.
#define V4L2_CAPS                                                                                  \
  "video/x-raw,width=1280,height=720;image/jpeg,width=1280,height=720;video/x-raw;image/jpeg"

static gboolean
is_picture_file (const char *path)
{
  g_autofree char *type = g_content_type_guess (path, NULL, 0, NULL);
  return g_content_type_is_a (type, "image/*");
}

gboolean
hw_camera_pipeline_is_film (const char *source)
{
  return g_str_has_prefix (source, "file:") && !is_picture_file (source + strlen ("file:"));
}

static char *
quote (const char *text)
{
  g_autofree char *escaped = g_strescape (text, NULL);
  return g_strdup_printf ("\"%s\"", escaped);
}

static char *
describe_file (const char *path)
{
  g_autofree char *location = quote (path);
  return g_strdup_printf ("filesrc location=%s ! decodebin ! %s clocksync", location,
                          is_picture_file (path) ? "imagefreeze ! video/x-raw,framerate=30/1 !"
                                                 : "");
}

static char *
describe_images (const char *pattern)
{
  g_autofree char *location = quote (pattern);
  const char *type = g_str_has_suffix (pattern, ".png") ? "image/png" : "image/jpeg";
  return g_strdup_printf (
      "multifilesrc location=%s loop=true caps=%s,framerate=30/1 ! decodebin ! clocksync", location,
      type);
}

static char *
describe_push (const char *size)
{
  int width = 0;
  int height = 0;
  int fps = 0;
  if (sscanf (size, "%dx%d@%d", &width, &height, &fps) != 3 || width < 16 || height < 16 || fps < 1)
    return NULL;
  return g_strdup_printf (
      "appsrc name=push is-live=true format=time do-timestamp=true max-buffers=2 "
      "leaky-type=downstream caps=video/x-raw,format=BGRx,width=%d,height=%d,framerate=%d/1",
      width, height, fps);
}

static char *
describe_v4l2 (const char *device)
{
  if (device[0] == '\0')
    return g_strdup ("v4l2src ! " V4L2_CAPS " ! decodebin");
  g_autofree char *quoted = quote (device);
  return g_strdup_printf ("v4l2src device=%s ! " V4L2_CAPS " ! decodebin", quoted);
}

static char *
describe_libcamera (const char *name)
{
  if (name[0] == '\0')
    return g_strdup ("libcamerasrc ! video/x-raw,width=1280,height=720");
  g_autofree char *quoted = quote (name);
  return g_strdup_printf ("libcamerasrc camera-name=%s ! video/x-raw,width=1280,height=720",
                          quoted);
}

static char *
describe_source (const char *source)
{
  static const struct {
    const char *prefix;
    char *(*describe) (const char *rest);
  } kinds[] = {
    { "v4l2:", describe_v4l2 }, { "libcamera:", describe_libcamera },
    { "file:", describe_file }, { "images:", describe_images },
    { "push:", describe_push },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (source, kinds[i].prefix))
      return kinds[i].describe (source + strlen (kinds[i].prefix));
  return NULL;
}

// When the frame left the camera: its time stamp on the pipeline's clock, which is the monotonic
// one.
static gint64
frame_time_us (GstElement *sink, GstBuffer *buffer)
{
  gint64 now_us = g_get_monotonic_time ();
  GstClockTime pts = GST_BUFFER_PTS (buffer);
  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return now_us;
  gint64 at_us = (gint64) ((gst_element_get_base_time (sink) + pts) / 1000);
  return at_us > now_us - G_USEC_PER_SEC && at_us <= now_us ? at_us : now_us;
}

static HwCode *
code_new (const HwQrSymbol *symbol, const HwGreyFrame *frame, gint64 frame_us)
{
  HwCode *code = g_new0 (HwCode, 1);
  code->payload = g_bytes_new (symbol->payload, symbol->payload_len);
  code->partial = symbol->partial;
  code->frame_time_us = frame_us;
  code->decoded_time_us = g_get_monotonic_time ();
  for (int i = 0; i < 4; i++) {
    code->x[i] = symbol->x_px[i] / (float) frame->width_px;
    code->y[i] = symbol->y_px[i] / (float) frame->height_px;
  }
  return code;
}

static GPtrArray *
scan_frame_worker (HwCameraScan *scan, GstElement *sink, GstSample *sample)
{
  GstVideoInfo info;
  GstVideoFrame video;
  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (sample)) ||
      !gst_video_frame_map (&video, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    return NULL;
  const HwGreyFrame frame = {
    .luma = GST_VIDEO_FRAME_PLANE_DATA (&video, 0),
    .width_px = GST_VIDEO_FRAME_WIDTH (&video),
    .height_px = GST_VIDEO_FRAME_HEIGHT (&video),
    .stride = GST_VIDEO_FRAME_PLANE_STRIDE (&video, 0),
  };
  gint64 frame_us = frame_time_us (sink, gst_sample_get_buffer (sample));
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  size_t n_symbols = hw_camera_scan_frame (scan, &frame, g_get_monotonic_time (), symbols);
  GPtrArray *codes = NULL;
  for (size_t i = 0; i < n_symbols; i++) {
    if (codes == NULL)
      codes = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_code_free);
    g_ptr_array_add (codes, code_new (&symbols[i], &frame, frame_us));
  }
  gst_video_frame_unmap (&video);
  return codes;
}

static GstFlowReturn
on_grey_sample_worker (GstAppSink *sink, gpointer user_data)
{
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  if (sample == NULL)
    return GST_FLOW_EOS;
  GPtrArray *codes = scan_frame_worker (user_data, GST_ELEMENT (sink), sample);
  gboolean is_at_rest = hw_camera_scan_is_at_rest (user_data, g_get_monotonic_time ());
  gboolean is_blind = hw_camera_scan_is_blind (user_data);
  GstStructure *message = gst_structure_new (HW_CAMERA_MESSAGE_FRAME, "at-rest", G_TYPE_BOOLEAN,
                                             is_at_rest, "blind", G_TYPE_BOOLEAN, is_blind, NULL);
  if (codes != NULL) {
    gst_structure_set (message, "codes", G_TYPE_PTR_ARRAY, codes, NULL);
    g_ptr_array_unref (codes);
  }
  (void) gst_element_post_message (GST_ELEMENT (sink),
                                   gst_message_new_element (GST_OBJECT (sink), message));
  return GST_FLOW_OK;
}

static GstFlowReturn
on_picture_sample_worker (GstAppSink *sink, gpointer user_data)
{
  (void) gst_element_post_message (
      GST_ELEMENT (sink),
      gst_message_new_element (GST_OBJECT (sink),
                               gst_structure_new_empty (HW_CAMERA_MESSAGE_PICTURE)));
  return GST_FLOW_OK;
}

static void
connect_sinks (GstElement *pipeline)
{
  GstAppSinkCallbacks on_grey = { .new_sample = on_grey_sample_worker };
  GstAppSinkCallbacks on_picture = { .new_sample = on_picture_sample_worker };
  g_autoptr (GstElement) grey = gst_bin_get_by_name (GST_BIN (pipeline), "grey");
  g_autoptr (GstElement) picture = gst_bin_get_by_name (GST_BIN (pipeline), "picture");
  gst_app_sink_set_callbacks (GST_APP_SINK (grey), &on_grey, hw_camera_scan_new (),
                              (GDestroyNotify) hw_camera_scan_free);
  gst_app_sink_set_callbacks (GST_APP_SINK (picture), &on_picture, NULL, NULL);
}

GstElement *
hw_camera_pipeline_new (const char *source, guint picture_fps, GError **error)
{
  g_autofree char *from = describe_source (source);
  if (from == NULL) {
    g_set_error (error, GST_PARSE_ERROR, GST_PARSE_ERROR_SYNTAX, "camera source: not understood");
    return NULL;
  }
  g_autofree char *description = g_strdup_printf (
      "%s ! videoconvert ! " CAMERA_CAPS " ! tee name=frames "
      "frames. ! queue leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0 ! "
      "videoconvert ! " LUMA_CAPS " ! appsink name=grey sync=false max-buffers=1 drop=true "
      "frames. ! queue leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0 "
      "! videorate name=rate drop-only=true max-rate=%u ! videoscale ! videoconvert ! " PICTURE_CAPS
      " ! videoflip video-direction=horiz ! appsink name=picture sync=false max-buffers=1 "
      "drop=true",
      from, picture_fps);
  GstElement *pipeline =
      gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (pipeline != NULL)
    connect_sinks (pipeline);
  return pipeline;
}
