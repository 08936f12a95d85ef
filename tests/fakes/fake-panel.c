// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/fakes/fake-panel.h"

struct _FakePanel {
  GObject parent_instance;

  HwLamp lamp;
  guint n_greens;
};

enum { PROP_READY = 1 };

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
fake_panel_panel_init (HwPanelInterface *iface)
{
  iface->set_lamp = fake_panel_set_lamp;
}

HwLamp
fake_panel_get_lamp (FakePanel *self)
{
  return self->lamp;
}

guint
fake_panel_get_n_greens (FakePanel *self)
{
  return self->n_greens;
}

static void
fake_panel_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, TRUE);
}

static void
fake_panel_class_init (FakePanelClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = fake_panel_get_property;
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_READY, "ready");
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
