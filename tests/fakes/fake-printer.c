// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/fakes/fake-printer.h"

struct _FakePrinter {
  GObject parent_instance;

  HwPrinterState state;
  gboolean is_paper_low;
  guint n_slips;
  HwSlip *slip;
};

enum { PROP_STATE = 1, PROP_PAPER_LOW };

static void fake_printer_printer_init (HwPrinterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakePrinter,
                               fake_printer,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HW_TYPE_PRINTER, fake_printer_printer_init))

static guint
fake_printer_print (HwPrinter *printer, const HwSlip *slip)
{
  FakePrinter *self = FAKE_PRINTER (printer);
  g_clear_pointer (&self->slip, hw_slip_free);
  self->slip = hw_slip_copy (slip);
  return ++self->n_slips;
}

static void
fake_printer_printer_init (HwPrinterInterface *iface)
{
  iface->print = fake_printer_print;
}

guint
fake_printer_get_n_slips (FakePrinter *self)
{
  return self->n_slips;
}

const HwSlip *
fake_printer_get_last_slip (FakePrinter *self)
{
  return self->slip;
}

void
fake_printer_set_state (FakePrinter *self, HwPrinterState state)
{
  self->state = state;
  g_object_notify (G_OBJECT (self), "state");
}

void
fake_printer_set_paper_low (FakePrinter *self, gboolean is_low)
{
  self->is_paper_low = is_low;
  g_object_notify (G_OBJECT (self), "paper-low");
}

static void
fake_printer_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_STATE)
    g_value_set_int (value, (int) FAKE_PRINTER (object)->state);
  else
    g_value_set_boolean (value, FAKE_PRINTER (object)->is_paper_low);
}

static void
fake_printer_finalize (GObject *object)
{
  g_clear_pointer (&FAKE_PRINTER (object)->slip, hw_slip_free);
  G_OBJECT_CLASS (fake_printer_parent_class)->finalize (object);
}

static void
fake_printer_class_init (FakePrinterClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = fake_printer_get_property;
  G_OBJECT_CLASS (klass)->finalize = fake_printer_finalize;
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_STATE, "state");
  g_object_class_override_property (G_OBJECT_CLASS (klass), PROP_PAPER_LOW, "paper-low");
}

static void
fake_printer_init (FakePrinter *self)
{
  self->state = HW_PRINTER_READY;
}

FakePrinter *
fake_printer_new (void)
{
  return g_object_new (FAKE_TYPE_PRINTER, NULL);
}
