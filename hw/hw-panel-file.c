// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The panel as a file. Lines are short and appended in one write each, so a reader never sees half
// of one.

#define G_LOG_DOMAIN "hw-panel-file"

#include "hw/hw-panel-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct _HwPanelFile {
  GObject parent_instance;

  int fd; // -1: not ready
  HwLamp lamp;
};

enum { PROP_READY = 1, PROP_PROBLEM };

static void hw_panel_file_panel_init (HwPanelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HwPanelFile,
                               hw_panel_file,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HW_TYPE_PANEL, hw_panel_file_panel_init))

static void
write_lamp (HwPanelFile *self)
{
  g_autofree char *line = g_strdup_printf ("%" G_GINT64_FORMAT " %s\n", g_get_monotonic_time (),
                                           hw_lamp_to_string (self->lamp));
  if (write (self->fd, line, strlen (line)) == (ssize_t) strlen (line))
    return;
  g_debug ("panel file: %s", g_strerror (errno));
  (void) close (self->fd); // nothing more can be lost
  self->fd = -1;
  g_object_notify (G_OBJECT (self), "ready");
}

static void
hw_panel_file_set_lamp (HwPanel *panel, HwLamp lamp)
{
  HwPanelFile *self = HW_PANEL_FILE (panel);
  if (self->fd < 0 || self->lamp == lamp)
    return;
  self->lamp = lamp;
  write_lamp (self);
}

static void
hw_panel_file_panel_init (HwPanelInterface *iface)
{
  iface->set_lamp = hw_panel_file_set_lamp;
}

static void
hw_panel_file_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_READY)
    g_value_set_boolean (value, HW_PANEL_FILE (object)->fd >= 0);
  else if (prop_id == PROP_PROBLEM)
    g_value_set_static_string (value, HW_PANEL_FILE (object)->fd >= 0 ? NULL : "cannot be written");
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
hw_panel_file_finalize (GObject *object)
{
  HwPanelFile *self = HW_PANEL_FILE (object);
  if (self->fd >= 0)
    (void) close (self->fd); // every line was written whole
  G_OBJECT_CLASS (hw_panel_file_parent_class)->finalize (object);
}

static void
hw_panel_file_class_init (HwPanelFileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = hw_panel_file_get_property;
  object_class->finalize = hw_panel_file_finalize;
  g_object_class_override_property (object_class, PROP_READY, "ready");
  g_object_class_override_property (object_class, PROP_PROBLEM, "problem");
}

static void
hw_panel_file_init (HwPanelFile *self)
{
  self->fd = -1;
}

HwPanelFile *
hw_panel_file_new (const char *path)
{
  HwPanelFile *self = g_object_new (HW_TYPE_PANEL_FILE, NULL);
  self->fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd >= 0)
    write_lamp (self);
  return self;
}
