// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/fakes/fake-radio.h"

struct _FakeRadio {
  GObject parent_instance;

  HwRadioState state;
};

enum { PROP_STATE = 1, PROP_PROBLEM, PROP_HEARD_US };

static void
fake_radio_radio_init (HwRadioInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeRadio,
                               fake_radio,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HW_TYPE_RADIO, fake_radio_radio_init))

void
fake_radio_set_state (FakeRadio *self, HwRadioState state)
{
  self->state = state;
  g_object_notify (G_OBJECT (self), "state");
}

void
fake_radio_hear (FakeRadio *self, const guint8 *structures, gsize len, guint8 address, int rssi_dbm)
{
  struct ct_advert advert;
  HwSighting sighting = { .address = { 0xc0, 0, 0, 0, 0, address },
                          .address_is_random = TRUE,
                          .rssi_dbm = rssi_dbm,
                          .advert = &advert };
  ct_advert_init (&advert);
  (void) ct_advert_parse (&advert, (struct ct_bytes){ structures, len });
  hw_radio_emit_sighting (HW_RADIO (self), &sighting);
}

static void
fake_radio_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_STATE)
    g_value_set_int (value, (int) FAKE_RADIO (object)->state);
}

static void
fake_radio_class_init (FakeRadioClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = fake_radio_get_property;
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_STATE, "state");
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_PROBLEM, "problem");
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_HEARD_US, "heard-us");
}

static void
fake_radio_init (FakeRadio *self)
{
  self->state = HW_RADIO_HEARING;
}

FakeRadio *
fake_radio_new (void)
{
  return g_object_new (FAKE_TYPE_RADIO, NULL);
}
