// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Looks for the scanner until it is there, and tells on the main thread what its listener read.

#define G_LOG_DOMAIN "hw-wedge"

#include "hw/hw-wedge.h"

#include <glib-unix.h>

#include "hw/hw-wedge-listener.h"

#define LOOK_MS 2000

struct _HwWedge {
  GObject parent_instance;

  char *source;
  HwWedgeEnd end;
  char *prefix;
  HwWedgeListener *listener; // (nullable) the scanner is not there
  guint news_id;
  guint look_id;
  char *problem;
};

enum { PROP_PROBLEM = 1, N_PROPS };
static GParamSpec *props[N_PROPS];
enum { SIGNAL_CODE, SIGNAL_REFUSED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HwWedge, hw_wedge, G_TYPE_OBJECT)

static void
stop_listening (HwWedge *self)
{
  g_clear_handle_id (&self->news_id, g_source_remove);
  g_clear_pointer (&self->listener, hw_wedge_listener_stop);
}

// Takes @problem; NULL: ready.
static void
set_problem (HwWedge *self, char *problem)
{
  gboolean is_same = g_strcmp0 (self->problem, problem) == 0;
  g_free (self->problem);
  self->problem = problem;
  if (!is_same)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROBLEM]);
}

static void
tell (HwWedge *self, const HwWedgeReading *reading)
{
  if (reading->is_gone) {
    stop_listening (self);
    set_problem (self, g_strdup_printf ("scanner %s: gone", self->source));
  } else if (reading->code != NULL) {
    g_signal_emit (self, signals[SIGNAL_CODE], 0, reading->code);
  } else {
    g_debug ("scanner %s: refused: %s", self->source, hw_typed_to_string (reading->typed));
    g_signal_emit (self, signals[SIGNAL_REFUSED], 0, (int) reading->typed);
  }
}

static gboolean
on_news (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (HwWedge) self = g_object_ref (user_data); // a listener may drop the scanner
  while (self->listener != NULL) {
    g_autoptr (HwWedgeReading) reading = hw_wedge_listener_next (self->listener);
    if (reading == NULL)
      return G_SOURCE_CONTINUE;
    tell (self, reading);
  }
  return G_SOURCE_REMOVE;
}

static void
look (HwWedge *self)
{
  g_autoptr (GError) error = NULL;
  int device = hw_wedge_port_open (self->source, &error);
  if (device < 0) {
    set_problem (self, g_strdup (error->message));
    return;
  }
  self->listener = hw_wedge_listener_start (device, self->end, self->prefix);
  self->news_id = g_unix_fd_add (hw_wedge_listener_get_fd (self->listener), G_IO_IN, on_news, self);
  set_problem (self, NULL);
}

static gboolean
on_look (gpointer user_data)
{
  HwWedge *self = user_data;
  if (self->listener == NULL)
    look (self);
  return G_SOURCE_CONTINUE;
}

gboolean
hw_wedge_is_ready (HwWedge *self)
{
  g_return_val_if_fail (HW_IS_WEDGE (self), FALSE);
  return self->listener != NULL;
}

const char *
hw_wedge_get_problem (HwWedge *self)
{
  g_return_val_if_fail (HW_IS_WEDGE (self), NULL);
  return self->problem;
}

static void
hw_wedge_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_PROBLEM)
    g_value_set_string (value, HW_WEDGE (object)->problem);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
hw_wedge_dispose (GObject *object)
{
  HwWedge *self = HW_WEDGE (object);
  g_clear_handle_id (&self->look_id, g_source_remove);
  stop_listening (self);
  G_OBJECT_CLASS (hw_wedge_parent_class)->dispose (object);
}

static void
hw_wedge_finalize (GObject *object)
{
  HwWedge *self = HW_WEDGE (object);
  g_free (self->source);
  g_free (self->prefix);
  g_free (self->problem);
  G_OBJECT_CLASS (hw_wedge_parent_class)->finalize (object);
}

static void
hw_wedge_class_init (HwWedgeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = hw_wedge_get_property;
  object_class->dispose = hw_wedge_dispose;
  object_class->finalize = hw_wedge_finalize;
  props[PROP_PROBLEM] =
      g_param_spec_string ("problem", NULL, NULL, NULL,
                           G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_CODE] = g_signal_new ("code", HW_TYPE_WEDGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", HW_TYPE_WEDGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
hw_wedge_init (HwWedge *self)
{
}

HwWedge *
hw_wedge_new (const char *source, HwWedgeEnd end, const char *prefix)
{
  HwWedge *self = g_object_new (HW_TYPE_WEDGE, NULL);
  self->source = g_strdup (source);
  self->end = end;
  self->prefix = g_strdup (prefix);
  self->look_id = g_timeout_add (LOOK_MS, on_look, self);
  look (self);
  return self;
}
