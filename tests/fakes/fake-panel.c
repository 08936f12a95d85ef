// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/fakes/fake-panel.h"

struct _FakePanel {
  GObject parent_instance;

  HwLamp lamp;
  guint n_greens;
  guint n_doors;
  HwBuzz buzz;
  gboolean has_printer_power;
  gboolean is_missing;
  gboolean is_active[HW_PANEL_N_INPUTS];
};

enum { PROP_READY = 1, PROP_PROBLEM };

static void fake_panel_panel_init (HwPanelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakePanel,
                               fake_panel,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HW_TYPE_PANEL, fake_panel_panel_init))

static void
fake_panel_set_lamp (HwPanel *panel, HwLamp lamp)
{
  FakePanel *self = FAKE_PANEL (panel);
  self->lamp = lamp;
  self->n_greens += lamp == HW_LAMP_GREEN;
}

static void
fake_panel_open_door (HwPanel *panel)
{
  FAKE_PANEL (panel)->n_doors++;
}

static void
fake_panel_buzz (HwPanel *panel, HwBuzz buzz)
{
  FAKE_PANEL (panel)->buzz = buzz;
}

static void
fake_panel_set_printer_power (HwPanel *panel, gboolean is_on)
{
  FAKE_PANEL (panel)->has_printer_power = is_on;
}

static gboolean
fake_panel_is_active (HwPanel *panel, HwPanelInput input)
{
  return FAKE_PANEL (panel)->is_active[input];
}

void
fake_panel_set_input (FakePanel *self, HwPanelInput input, gboolean is_active)
{
  self->is_active[input] = is_active;
  hw_panel_emit_input (HW_PANEL (self), input, is_active);
}

void
fake_panel_set_missing (FakePanel *self, gboolean is_missing)
{
  self->is_missing = is_missing;
  g_object_notify (G_OBJECT (self), "ready");
}

static void
fake_panel_panel_init (HwPanelInterface *iface)
{
  iface->is_active = fake_panel_is_active;
  iface->set_printer_power = fake_panel_set_printer_power;
  iface->set_lamp = fake_panel_set_lamp;
  iface->open_door = fake_panel_open_door;
  iface->buzz = fake_panel_buzz;
}

gboolean
fake_panel_has_printer_power (FakePanel *self)
{
  return self->has_printer_power;
}

HwLamp
fake_panel_get_lamp (FakePanel *self)
{
  return self->lamp;
}

guint
fake_panel_get_n_doors (FakePanel *self)
{
  return self->n_doors;
}

HwBuzz
fake_panel_get_buzz (FakePanel *self)
{
  return self->buzz;
}

guint
fake_panel_get_n_greens (FakePanel *self)
{
  return self->n_greens;
}

static void
fake_panel_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_READY)
    g_value_set_boolean (value, !FAKE_PANEL (object)->is_missing);
}

static void
fake_panel_class_init (FakePanelClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = fake_panel_get_property;
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_READY, "ready");
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_PROBLEM, "problem");
}

static void
fake_panel_init (FakePanel *self)
{
}

FakePanel *
fake_panel_new (void)
{
  return g_object_new (FAKE_TYPE_PANEL, NULL);
}
