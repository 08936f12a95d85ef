// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The camera's life on the main thread: states, and coming back from each of them. Frames are
// decoded on GStreamer's thread (hw-camera-pipeline.c) and arrive here as messages of the
// pipeline's bus.

#define G_LOG_DOMAIN "hw-camera"

#include "hw/hw-camera.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include "hw/hw-camera-pipeline.h"

#define FROZEN_MS      3000
#define BLIND_MS       10000
#define START_MS       5000 // a camera may take this long to its first frame
#define RETRY_MIN_MS   500
#define RETRY_MAX_MS   5000
#define PICTURE_FPS    30
#define REST_FPS       8 // nobody stands there: enough to look alive, and cheap
#define CLOSE_ATTEMPTS 5
#define WATCHES_PER_MS 6 // of the frozen time-out

struct _HwCamera {
  GObject parent_instance;

  char *source;
  guint frozen_ms;
  guint blind_ms;
  guint picture_fps;     // while somebody is there
  guint picture_fps_now; // as the pipeline has it
  HwCameraState state;
  gboolean is_wanted; // between start and stop

  GstElement *pipeline; // (nullable)
  GstElement *push;     // (nullable) its appsrc
  guint bus_watch_id;
  guint watch_id;
  guint retry_id;
  guint retry_ms;
  gint64 last_frame_us;
  gint64 last_sight_us; // of anything at all
  gboolean is_blind;
};

enum { PROP_STATE = 1, PROP_BLIND, PROP_SOURCE, PROP_FROZEN_MS, PROP_BLIND_MS, N_PROPS };
static GParamSpec *props[N_PROPS];
enum { SIGNAL_CODES, SIGNAL_PICTURE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HwCamera, hw_camera, G_TYPE_OBJECT)

static void open_pipeline (HwCamera *self);

static void
set_state (HwCamera *self, HwCameraState state)
{
  if (self->state == state)
    return;
  g_debug ("camera: %s", hw_camera_state_to_string (state));
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
set_blind (HwCamera *self, gboolean is_blind)
{
  if (is_blind == self->is_blind)
    return;
  self->is_blind = is_blind;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BLIND]);
}

static void
close_pipeline (HwCamera *self)
{
  g_clear_handle_id (&self->bus_watch_id, g_source_remove);
  g_clear_handle_id (&self->watch_id, g_source_remove);
  g_clear_object (&self->push);
  // decodebin may refuse the first time when it is just failing on its own thread (5 of 300 errors
  // here).
  for (int i = 0; self->pipeline != NULL && i < CLOSE_ATTEMPTS; i++)
    if (gst_element_set_state (self->pipeline, GST_STATE_NULL) != GST_STATE_CHANGE_FAILURE)
      break;
  g_clear_object (&self->pipeline);
}

static gboolean
on_retry_due (gpointer user_data)
{
  HwCamera *self = user_data;
  self->retry_id = 0;
  open_pipeline (self);
  return G_SOURCE_REMOVE;
}

static void
retry_later (HwCamera *self)
{
  close_pipeline (self);
  set_blind (self, FALSE); // the state says more
  self->retry_ms = CLAMP (self->retry_ms * 2, RETRY_MIN_MS, RETRY_MAX_MS);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  self->retry_id = g_timeout_add (self->retry_ms, on_retry_due, self);
}

static HwCameraState
state_of_error (const GError *error, GstFlowReturn flow)
{
  if (flow == GST_FLOW_NOT_NEGOTIATED)
    return HW_CAMERA_BAD_FORMAT;
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY))
    return HW_CAMERA_BUSY;
  if (error->domain == GST_RESOURCE_ERROR)
    return error->code == GST_RESOURCE_ERROR_SETTINGS ? HW_CAMERA_BAD_FORMAT : HW_CAMERA_MISSING;
  if (error->domain == GST_STREAM_ERROR)
    return HW_CAMERA_BAD_FORMAT;
  return HW_CAMERA_FAILED;
}

static void
on_error (HwCamera *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *details_text = NULL;
  const GstStructure *details = NULL;
  int flow = GST_FLOW_OK;
  gst_message_parse_error (message, &error, &details_text);
  gst_message_parse_error_details (message, &details);
  if (details != NULL)
    (void) gst_structure_get_int (details, "flow-return", &flow); // absent: no flow error
  g_debug ("camera: %s (%s)", error->message, details_text);
  HwCameraState state = state_of_error (error, (GstFlowReturn) flow);
  retry_later (self);
  set_state (self, state);
}

static void
set_picture_rate (HwCamera *self, gboolean is_at_rest)
{
  guint fps = is_at_rest ? MIN (REST_FPS, self->picture_fps) : self->picture_fps;
  if (fps == self->picture_fps_now || self->pipeline == NULL)
    return;
  self->picture_fps_now = fps;
  g_autoptr (GstElement) rate = gst_bin_get_by_name (GST_BIN (self->pipeline), "rate");
  g_object_set (rate, "max-rate", (int) fps, NULL);
}

static void
on_frame (HwCamera *self, const GstStructure *message)
{
  gboolean sees_nothing = FALSE;
  (void) gst_structure_get_boolean (message, "blind", &sees_nothing); // always there, as the next
  gboolean is_at_rest = FALSE;
  (void) gst_structure_get_boolean (message, "at-rest", &is_at_rest);
  set_picture_rate (self, is_at_rest);
  self->last_frame_us = g_get_monotonic_time ();
  self->retry_ms = 0;
  set_state (self, HW_CAMERA_READY);
  if (!sees_nothing)
    self->last_sight_us = self->last_frame_us;
  set_blind (self, self->last_frame_us - self->last_sight_us >= (gint64) self->blind_ms * 1000);
  g_autoptr (GPtrArray) codes = NULL;
  if (gst_structure_get (message, "codes", G_TYPE_PTR_ARRAY, &codes, NULL))
    g_signal_emit (self, signals[SIGNAL_CODES], 0, codes);
}

static void
unmap_frame (gpointer user_data)
{
  GstVideoFrame *frame = user_data;
  gst_video_frame_unmap (frame);
  g_free (frame);
}

// The pixels stay in the frame's own memory: the mapping keeps the buffer, the GBytes keeps the
// mapping.
static void
on_picture (HwCamera *self)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "picture");
  g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), 0);
  GstVideoInfo info;
  if (sample == NULL || !gst_video_info_from_caps (&info, gst_sample_get_caps (sample)))
    return; // an earlier message already took the newest
  g_autofree GstVideoFrame *frame = g_new0 (GstVideoFrame, 1);
  if (!gst_video_frame_map (frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    return;
  gsize stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  int height_px = GST_VIDEO_FRAME_HEIGHT (frame);
  const HwPicture picture = {
    .pixels = g_bytes_new_with_free_func (GST_VIDEO_FRAME_PLANE_DATA (frame, 0),
                                          stride * (gsize) height_px, unmap_frame, frame),
    .width_px = GST_VIDEO_FRAME_WIDTH (frame),
    .height_px = height_px,
    .stride = stride,
  };
  (void) g_steal_pointer (&frame); // the bytes own it now
  g_signal_emit (self, signals[SIGNAL_PICTURE], 0, &picture);
  g_bytes_unref (picture.pixels);
}

static gboolean
on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  HwCamera *self = user_data;
  g_autoptr (HwCamera) alive = g_object_ref (self); // a signal's receiver may drop us
  GstMessageType type = GST_MESSAGE_TYPE (message);
  if (type == GST_MESSAGE_ERROR) {
    on_error (self, message);
    return G_SOURCE_CONTINUE; // closed, and with it this source
  }
  if (type == GST_MESSAGE_EOS) {
    if (!hw_camera_pipeline_is_film (self->source) ||
        !gst_element_seek_simple (self->pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0))
      retry_later (self);
  } else if (type == GST_MESSAGE_ELEMENT &&
             gst_message_has_name (message, HW_CAMERA_MESSAGE_FRAME)) {
    on_frame (self, gst_message_get_structure (message));
  } else if (type == GST_MESSAGE_ELEMENT &&
             gst_message_has_name (message, HW_CAMERA_MESSAGE_PICTURE)) {
    on_picture (self);
  }
  return G_SOURCE_CONTINUE;
}

// A stream that stopped without a word. Given up twice as long, the device is opened anew.
static gboolean
on_watch (gpointer user_data)
{
  HwCamera *self = user_data;
  gint64 silent_ms = (g_get_monotonic_time () - self->last_frame_us) / 1000;
  guint patience_ms =
      self->state == HW_CAMERA_STARTING ? MAX (START_MS, self->frozen_ms) : self->frozen_ms;
  if (silent_ms < patience_ms)
    return G_SOURCE_CONTINUE;
  gboolean is_hopeless = self->push == NULL && silent_ms >= 2 * (gint64) patience_ms;
  if (is_hopeless) {
    self->watch_id = 0;
    retry_later (self);
    return G_SOURCE_REMOVE;
  }
  if (self->state == HW_CAMERA_READY || self->state == HW_CAMERA_STARTING)
    set_state (self, HW_CAMERA_FROZEN);
  return G_SOURCE_CONTINUE;
}

static void
open_pipeline (HwCamera *self)
{
  g_autoptr (GError) error = NULL;
  self->pipeline = hw_camera_pipeline_new (self->source, self->picture_fps, &error);
  self->picture_fps_now = self->picture_fps;
  if (self->pipeline == NULL) {
    g_debug ("camera: %s", error->message);
    retry_later (self);
    set_state (self, HW_CAMERA_FAILED);
    return;
  }
  self->push = gst_bin_get_by_name (GST_BIN (self->pipeline), "push");
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  self->bus_watch_id = gst_bus_add_watch (bus, on_bus_message, self);
  self->last_frame_us = self->last_sight_us = g_get_monotonic_time ();
  self->watch_id = g_timeout_add (MAX (self->frozen_ms / WATCHES_PER_MS, 20), on_watch, self);
  (void) gst_element_set_state (self->pipeline,
                                GST_STATE_PLAYING); // a failure is an error message on the bus
}

HwCamera *
hw_camera_new (const char *source)
{
  g_return_val_if_fail (source != NULL, NULL);
  return g_object_new (HW_TYPE_CAMERA, "source", source, NULL);
}

void
hw_camera_start (HwCamera *self)
{
  g_return_if_fail (HW_IS_CAMERA (self));
  if (self->is_wanted)
    return;
  self->is_wanted = TRUE;
  self->retry_ms = 0;
  set_state (self, HW_CAMERA_STARTING);
  open_pipeline (self);
}

void
hw_camera_stop (HwCamera *self)
{
  g_return_if_fail (HW_IS_CAMERA (self));
  self->is_wanted = FALSE;
  g_clear_handle_id (&self->retry_id, g_source_remove);
  close_pipeline (self);
  set_blind (self, FALSE);
  set_state (self, HW_CAMERA_STARTING);
}

HwCameraState
hw_camera_get_state (HwCamera *self)
{
  g_return_val_if_fail (HW_IS_CAMERA (self), HW_CAMERA_FAILED);
  return self->state;
}

gboolean
hw_camera_is_blind (HwCamera *self)
{
  g_return_val_if_fail (HW_IS_CAMERA (self), FALSE);
  return self->is_blind;
}

void
hw_camera_set_picture_fps (HwCamera *self, guint picture_fps)
{
  g_return_if_fail (HW_IS_CAMERA (self) && picture_fps >= 1 && picture_fps <= PICTURE_FPS);
  self->picture_fps = picture_fps;
  set_picture_rate (self, FALSE);
}

void
hw_camera_push_frame (HwCamera *self, GBytes *bgrx)
{
  g_return_if_fail (HW_IS_CAMERA (self));
  if (self->push == NULL)
    return; // between two attempts: a frame like any that came too early
  (void) gst_app_src_push_buffer (GST_APP_SRC (self->push),
                                  gst_buffer_new_wrapped_bytes (bgrx)); // full or flushing: dropped
}

static void
hw_camera_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_STATE)
    g_value_set_int (value, (int) HW_CAMERA (object)->state);
  else if (prop_id == PROP_BLIND)
    g_value_set_boolean (value, HW_CAMERA (object)->is_blind);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
hw_camera_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HwCamera *self = HW_CAMERA (object);
  switch (prop_id) {
  case PROP_SOURCE:
    self->source = g_value_dup_string (value);
    break;
  case PROP_FROZEN_MS:
    self->frozen_ms = g_value_get_uint (value);
    break;
  case PROP_BLIND_MS:
    self->blind_ms = g_value_get_uint (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
hw_camera_dispose (GObject *object)
{
  HwCamera *self = HW_CAMERA (object);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  close_pipeline (self);
  G_OBJECT_CLASS (hw_camera_parent_class)->dispose (object);
}

static void
hw_camera_finalize (GObject *object)
{
  g_free (HW_CAMERA (object)->source);
  G_OBJECT_CLASS (hw_camera_parent_class)->finalize (object);
}

static void
hw_camera_class_init (HwCameraClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags construct = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  object_class->get_property = hw_camera_get_property;
  object_class->set_property = hw_camera_set_property;
  object_class->dispose = hw_camera_dispose;
  object_class->finalize = hw_camera_finalize;
  props[PROP_STATE] = g_param_spec_int (
      "state", NULL, NULL, HW_CAMERA_STARTING, HW_CAMERA_FAILED, HW_CAMERA_STARTING,
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_BLIND] =
      g_param_spec_boolean ("blind", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_BLIND_MS] =
      g_param_spec_uint ("blind-ms", NULL, NULL, 100, 60000, BLIND_MS, construct);
  props[PROP_SOURCE] = g_param_spec_string ("source", NULL, NULL, NULL, construct);
  props[PROP_FROZEN_MS] =
      g_param_spec_uint ("frozen-ms", NULL, NULL, 100, 60000, FROZEN_MS, construct);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_CODES] = g_signal_new ("codes", HW_TYPE_CAMERA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
  signals[SIGNAL_PICTURE] = g_signal_new ("picture", HW_TYPE_CAMERA, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, HW_TYPE_PICTURE);
}

static void
hw_camera_init (HwCamera *self)
{
  gst_init (NULL, NULL);
  self->state = HW_CAMERA_STARTING;
  self->picture_fps = PICTURE_FPS;
}
