// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/fakes/fake-radio.h"

struct _FakeRadio {
  GObject parent_instance;

  HwRadioState state;
  char *problem; // (nullable)
  gint64 rest_us;
  GBytes *answer; // (nullable)
  int error_code;
  guint n_reads;
};

enum { PROP_STATE = 1, PROP_PROBLEM, PROP_HEARD_US, PROP_MANNER, PROP_REST_US };

static void
fake_radio_read_async (HwRadio *radio,
                       const guint8 address[6],
                       const char *characteristic,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  FakeRadio *self = FAKE_RADIO (radio);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  self->n_reads++;
  if (self->answer != NULL)
    g_task_return_pointer (task, g_bytes_ref (self->answer), (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, self->error_code, "the test says so");
}

static GBytes *
fake_radio_read_finish (HwRadio *radio, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_radio_radio_init (HwRadioInterface *iface)
{
  iface->read_async = fake_radio_read_async;
  iface->read_finish = fake_radio_read_finish;
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
fake_radio_set_problem (FakeRadio *self, const char *problem)
{
  g_free (self->problem);
  self->problem = g_strdup (problem);
  g_object_notify (G_OBJECT (self), "problem");
}

void
fake_radio_rest (FakeRadio *self, gboolean is_resting)
{
  self->rest_us = is_resting ? self->rest_us + 1 : 0; // another time, if it rests already
  g_object_notify (G_OBJECT (self), "rest-us");
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

void
fake_radio_answers (FakeRadio *self, const guint8 *value, gsize len, int error_code)
{
  g_clear_pointer (&self->answer, g_bytes_unref);
  if (len > 0)
    self->answer = g_bytes_new (value, len);
  self->error_code = error_code;
}

guint
fake_radio_get_n_reads (FakeRadio *self)
{
  return self->n_reads;
}

static void
fake_radio_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_STATE)
    g_value_set_int (value, (int) FAKE_RADIO (object)->state);
  else if (prop_id == PROP_PROBLEM)
    g_value_set_string (value, FAKE_RADIO (object)->problem);
  else if (prop_id == PROP_REST_US)
    g_value_set_int64 (value, FAKE_RADIO (object)->rest_us);
}

static void
fake_radio_finalize (GObject *object)
{
  g_clear_pointer (&FAKE_RADIO (object)->answer, g_bytes_unref);
  g_free (FAKE_RADIO (object)->problem);
  G_OBJECT_CLASS (fake_radio_parent_class)->finalize (object);
}

static void
fake_radio_class_init (FakeRadioClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_radio_finalize;
  G_OBJECT_CLASS (klass)->get_property = fake_radio_get_property;
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_STATE, "state");
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_PROBLEM, "problem");
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_HEARD_US, "heard-us");
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_MANNER, "manner");
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_REST_US, "rest-us");
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
