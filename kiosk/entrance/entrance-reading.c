// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The table decides who is next; the radio reads.

#define G_LOG_DOMAIN "entrance-reading"

#include "kiosk/entrance/entrance-reading.h"

#include <string.h>

#include "kiosk/core/ct-reading.h"

#define CHARACTERISTIC "00004e56-73f5-4bc4-a12f-17d1ad07a689" // of Bluezone: the identifier

struct _EntranceReading {
  GObject parent_instance;

  HwRadio *radio;
  EntranceReadingMode mode;
  struct ct_reading table;
  GCancellable *cancellable;
  gboolean is_reading;
  guint8 address[6]; // of whom
  gint64 ticked_ms;
};

G_DEFINE_FINAL_TYPE (EntranceReading, entrance_reading, G_TYPE_OBJECT)

void
entrance_reading_resolve (EntranceReading *self,
                          const HwSighting *heard,
                          gint64 boottime_ms,
                          gint64 wall_ms,
                          struct ct_beacon *beacon)
{
  if (self->mode == ENTRANCE_READING_NO || beacon->kind != CT_BEACON_BLUEZONE_IOS)
    return;
  const guint8 *id =
      ct_reading_hear (&self->table, heard->address, heard->rssi_dbm, wall_ms, boottime_ms);
  if (id == NULL)
    return;
  beacon->kind = CT_BEACON_BLUEZONE;
  (void) ct_beacon_set_id (beacon, id, CT_READING_ID); // it has room
}

static void
on_value (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EntranceReading) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) value = hw_radio_read_finish (HW_RADIO (source), result, &error);
  gsize len = 0;
  const guint8 *id = value != NULL ? g_bytes_get_data (value, &len) : NULL;
  self->is_reading = FALSE;
  if (error != NULL)
    g_debug ("not read: %s", error->message);
  else
    g_debug ("read: %" G_GSIZE_FORMAT " bytes", len);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY))
    return; // the radio was, not the phone
  ct_reading_take (&self->table, self->address, len == CT_READING_ID ? id : NULL, self->ticked_ms);
}

void
entrance_reading_tick (EntranceReading *self, gint64 boottime_ms, gint64 wall_ms, guint people_near)
{
  g_return_if_fail (ENTRANCE_IS_READING (self));
  gboolean is_busy = people_near > ENTRANCE_READING_QUIET;
  self->ticked_ms = boottime_ms;
  if (self->is_reading || self->mode == ENTRANCE_READING_NO ||
      (self->mode == ENTRANCE_READING_QUIET_ONLY && is_busy) || !hw_radio_can_read (self->radio) ||
      !ct_reading_begin (&self->table, wall_ms, boottime_ms, self->address))
    return;
  self->is_reading = TRUE;
  hw_radio_read_async (self->radio, self->address, CHARACTERISTIC, self->cancellable, on_value,
                       g_object_ref (self));
}

static void
entrance_reading_dispose (GObject *object)
{
  g_cancellable_cancel (ENTRANCE_READING (object)->cancellable);
  G_OBJECT_CLASS (entrance_reading_parent_class)->dispose (object);
}

static void
entrance_reading_finalize (GObject *object)
{
  EntranceReading *self = ENTRANCE_READING (object);
  g_object_unref (self->cancellable);
  g_object_unref (self->radio);
  G_OBJECT_CLASS (entrance_reading_parent_class)->finalize (object);
}

static void
entrance_reading_class_init (EntranceReadingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = entrance_reading_dispose;
  G_OBJECT_CLASS (klass)->finalize = entrance_reading_finalize;
}

static void
entrance_reading_init (EntranceReading *self)
{
  self->cancellable = g_cancellable_new ();
}

EntranceReading *
entrance_reading_new (HwRadio *radio, EntranceReadingMode mode)
{
  EntranceReading *self = g_object_new (ENTRANCE_TYPE_READING, NULL);
  self->radio = g_object_ref (radio);
  self->mode = mode;
  return self;
}
