// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Slips as pictures in a folder.

#define G_LOG_DOMAIN "hw-printer-file"

#include "hw/hw-printer-file.h"

struct _HwPrinterFile {
  GObject parent_instance;

  char *folder;
  guint width_dots;
  guint n_slips;
  HwPrinterState state;
};

enum { PROP_STATE = 1, PROP_PAPER_LOW };

static void hw_printer_file_printer_init (HwPrinterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HwPrinterFile,
                               hw_printer_file,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HW_TYPE_PRINTER,
                                                      hw_printer_file_printer_init))

typedef struct {
  HwPrinterFile *printer;
  guint number;
  HwSlipEnd end;
} Ended;

static void
ended_free (gpointer user_data)
{
  Ended *ended = user_data;
  g_object_unref (ended->printer);
  g_free (ended);
}

static gboolean
on_ended (gpointer user_data)
{
  Ended *ended = user_data;
  hw_printer_emit_slip_ended (HW_PRINTER (ended->printer), ended->number, ended->end);
  return G_SOURCE_REMOVE;
}

static guint
hw_printer_file_print (HwPrinter *printer, const HwSlip *slip)
{
  HwPrinterFile *self = HW_PRINTER_FILE (printer);
  g_autofree char *name = g_strdup_printf ("slip-%04u.png", ++self->n_slips);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  cairo_surface_t *sheet = hw_slip_draw (slip, self->width_dots);
  gboolean is_written = sheet != NULL && g_mkdir_with_parents (self->folder, 0700) == 0 &&
                        hw_slip_write_png (sheet, path);
  g_clear_pointer (&sheet, cairo_surface_destroy);
  HwPrinterState before = self->state;
  self->state = is_written ? HW_PRINTER_READY : HW_PRINTER_MISSING;
  if (self->state != before)
    g_object_notify (G_OBJECT (self), "state");
  Ended *ended = g_new (Ended, 1);
  ended->printer = g_object_ref (self); // an end always comes later
  ended->number = self->n_slips;
  ended->end = is_written ? HW_SLIP_PRINTED : HW_SLIP_DROPPED;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_ended, ended, ended_free);
  return self->n_slips;
}

static void
hw_printer_file_printer_init (HwPrinterInterface *iface)
{
  iface->print = hw_printer_file_print;
}

static void
hw_printer_file_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_STATE)
    g_value_set_int (value, (int) HW_PRINTER_FILE (object)->state);
  else if (prop_id == PROP_PAPER_LOW)
    g_value_set_boolean (value, FALSE);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
hw_printer_file_finalize (GObject *object)
{
  g_free (HW_PRINTER_FILE (object)->folder);
  G_OBJECT_CLASS (hw_printer_file_parent_class)->finalize (object);
}

static void
hw_printer_file_class_init (HwPrinterFileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = hw_printer_file_get_property;
  object_class->finalize = hw_printer_file_finalize;
  g_object_class_override_property (object_class, PROP_STATE, "state");
  g_object_class_override_property (object_class, PROP_PAPER_LOW, "paper-low");
}

static void
hw_printer_file_init (HwPrinterFile *self)
{
  self->state = HW_PRINTER_READY;
}

HwPrinterFile *
hw_printer_file_new (const char *folder, guint width_dots)
{
  HwPrinterFile *self = g_object_new (HW_TYPE_PRINTER_FILE, NULL);
  self->folder = g_strdup (folder);
  self->width_dots = width_dots;
  return self;
}
