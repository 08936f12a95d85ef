// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Chimes are computed, not played from files. Opening a sound device can take long, so pipelines
// change state on one thread of their own, in order.

#define G_LOG_DOMAIN "hw-speaker"

#include "hw/hw-speaker.h"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <math.h>

#define RATE_HZ     48000
#define ATTACK_S    0.004
#define DECAY_S     0.090
#define RELEASE_S   0.010
#define NOTES_MAX   3
#define FULL_VOLUME 0.7

typedef struct {
  double pitch_hz; // 0: a rest
  guint length_ms;
} Note;

// Different in pitch, rhythm and length, so that nobody needs to see the colour.
static const Note chimes[][NOTES_MAX] = {
  [HW_CHIME_ACCEPTED] = { { 880, 90 }, { 1318.5, 220 } },
  [HW_CHIME_NOTICE] = { { 660, 110 }, { 0, 50 }, { 660, 110 } },
  [HW_CHIME_REFUSED] = { { 196, 420 } },
};

typedef struct {
  GstElement *pipeline; // (transfer full)
  GstState state;
} Change;

struct _HwSpeaker {
  GObject parent_instance;

  char *sink;
  double volume;
  gboolean is_ready;
  GThreadPool *changes;
  GstElement *sounding; // (nullable)
  guint bus_watch_id;
};

enum { PROP_READY = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HwSpeaker, hw_speaker, G_TYPE_OBJECT)

static void
change_state_worker (gpointer data, gpointer unused)
{
  Change *change = data;
  (void) gst_element_set_state (change->pipeline,
                                change->state); // a failure is a message on the bus
  gst_object_unref (change->pipeline);
  g_free (change);
}

static void
change_state (HwSpeaker *self, GstElement *pipeline, GstState state)
{
  Change *change = g_new (Change, 1);
  change->pipeline = gst_object_ref (pipeline);
  change->state = state;
  (void) g_thread_pool_push (self->changes, change, NULL); // the exclusive thread exists already
}

static void
set_ready (HwSpeaker *self, gboolean is_ready)
{
  if (self->is_ready == is_ready)
    return;
  self->is_ready = is_ready;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READY]);
}

static double
envelope (double at_s, double length_s)
{
  double attack = MIN (1.0, at_s / ATTACK_S);
  double release = MIN (1.0, (length_s - at_s) / RELEASE_S);
  return attack * release * exp (-at_s / DECAY_S * 0.5);
}

static GBytes *
render (const Note notes[NOTES_MAX], double volume)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  for (guint i = 0; i < NOTES_MAX && notes[i].length_ms > 0; i++) {
    guint n_samples = notes[i].length_ms * RATE_HZ / 1000;
    double length_s = (double) n_samples / RATE_HZ;
    for (guint j = 0; j < n_samples; j++) {
      double at_s = (double) j / RATE_HZ;
      double level = notes[i].pitch_hz > 0
                         ? sin (2 * G_PI * notes[i].pitch_hz * at_s) * envelope (at_s, length_s)
                         : 0;
      gint16 sample = (gint16) (level * volume * FULL_VOLUME * G_MAXINT16);
      g_array_append_val (samples, sample);
    }
  }
  gsize n_bytes = (gsize) samples->len * sizeof (gint16);
  return g_bytes_new_take (g_array_free (samples, FALSE), n_bytes);
}

static void
silence (HwSpeaker *self)
{
  g_clear_handle_id (&self->bus_watch_id, g_source_remove);
  if (self->sounding != NULL)
    change_state (self, self->sounding, GST_STATE_NULL);
  g_clear_object (&self->sounding);
}

static gboolean
on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  HwSpeaker *self = user_data;
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    gst_message_parse_error (message, &error, NULL);
    g_debug ("speaker: %s", error->message);
    silence (self);
    set_ready (self, FALSE);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
    silence (self);
    set_ready (self, TRUE);
  }
  return G_SOURCE_CONTINUE;
}

void
hw_speaker_play (HwSpeaker *self, HwChime chime)
{
  g_return_if_fail (HW_IS_SPEAKER (self) && (guint) chime < G_N_ELEMENTS (chimes));
  silence (self);
  if (self->volume <= 0)
    return;
  g_autoptr (GError) error = NULL;
  g_autofree char *description = g_strdup_printf (
      "appsrc name=notes format=time "
      "caps=audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=%d ! audioconvert ! "
      "audioresample ! %s",
      RATE_HZ, self->sink != NULL ? self->sink : "autoaudiosink");
  GstElement *pipeline =
      gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (pipeline == NULL) {
    g_debug ("speaker: %s", error->message);
    set_ready (self, FALSE);
    return;
  }
  g_autoptr (GstElement) notes = gst_bin_get_by_name (GST_BIN (pipeline), "notes");
  g_autoptr (GBytes) samples = render (chimes[chime], self->volume);
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (samples);
  GST_BUFFER_PTS (buffer) = 0;
  GST_BUFFER_DURATION (buffer) =
      gst_util_uint64_scale (g_bytes_get_size (samples) / sizeof (gint16), GST_SECOND, RATE_HZ);
  (void) gst_app_src_push_buffer (GST_APP_SRC (notes), buffer); // queued until the pipeline runs
  (void) gst_app_src_end_of_stream (GST_APP_SRC (notes));
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  self->bus_watch_id = gst_bus_add_watch (bus, on_bus_message, self);
  self->sounding = pipeline;
  change_state (self, pipeline, GST_STATE_PLAYING);
}

gboolean
hw_speaker_is_ready (HwSpeaker *self)
{
  g_return_val_if_fail (HW_IS_SPEAKER (self), FALSE);
  return self->is_ready;
}

static void
hw_speaker_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_READY)
    g_value_set_boolean (value, HW_SPEAKER (object)->is_ready);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
hw_speaker_dispose (GObject *object)
{
  HwSpeaker *self = HW_SPEAKER (object);
  silence (self);
  if (self->changes != NULL)
    g_thread_pool_free (self->changes, FALSE, TRUE); // every pipeline is down after this
  self->changes = NULL;
  G_OBJECT_CLASS (hw_speaker_parent_class)->dispose (object);
}

static void
hw_speaker_finalize (GObject *object)
{
  g_free (HW_SPEAKER (object)->sink);
  G_OBJECT_CLASS (hw_speaker_parent_class)->finalize (object);
}

static void
hw_speaker_class_init (HwSpeakerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = hw_speaker_get_property;
  object_class->dispose = hw_speaker_dispose;
  object_class->finalize = hw_speaker_finalize;
  props[PROP_READY] =
      g_param_spec_boolean ("ready", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hw_speaker_init (HwSpeaker *self)
{
  gst_init (NULL, NULL);
  self->changes = g_thread_pool_new (change_state_worker, NULL, 1, TRUE, NULL);
}

HwSpeaker *
hw_speaker_new (const char *sink, guint volume_percent)
{
  HwSpeaker *self = g_object_new (HW_TYPE_SPEAKER, NULL);
  self->sink = g_strdup (sink);
  self->volume = MIN (volume_percent, 100) / 100.0;
  return self;
}
