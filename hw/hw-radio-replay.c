// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads the file once, and a line or a packet at a time.

#define G_LOG_DOMAIN "hw-radio-replay"

#include "hw/hw-radio-replay.h"

#include <string.h>

#include "kiosk/core/ct-btsnoop.h"

struct _HwRadioReplay {
  GObject parent_instance;

  char *path;
  char *bytes; // (nullable) the whole file, terminated
  gsize len;
  gsize at;      // what comes next
  guint n_lines; // of a text
  gboolean is_btsnoop;
  struct ct_btsnoop btsnoop;
  GArray *pending; // of struct ct_logged: the rest of a packet
  gint64 began_us;
  gint64 heard_us;
  guint next_id;
  struct ct_logged next;
  HwRadioState state;
  char *problem;
};

enum { PROP_STATE = 1, PROP_PROBLEM, PROP_HEARD_US, PROP_MANNER, PROP_REST_US };

static void
hw_radio_replay_radio_init (HwRadioInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (HwRadioReplay,
                               hw_radio_replay,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HW_TYPE_RADIO, hw_radio_replay_radio_init))

static void schedule_next (HwRadioReplay *self);

// Takes @problem; NULL: none.
static void
set_state (HwRadioReplay *self, HwRadioState state, char *problem)
{
  g_free (self->problem);
  self->problem = problem;
  self->state = state;
  g_object_notify (G_OBJECT (self), "problem");
  g_object_notify (G_OBJECT (self), "state");
}

static gboolean
on_next (gpointer user_data)
{
  g_autoptr (HwRadioReplay) self = g_object_ref (user_data); // a listener may drop the radio
  struct ct_advert advert;
  HwSighting sighting = { .at_us = g_get_monotonic_time (),
                          .address_is_random = self->next.address_is_random,
                          .rssi_dbm = self->next.rssi_dbm,
                          .advert = &advert };
  self->next_id = 0;
  self->heard_us = sighting.at_us;
  ct_advert_init (&advert);
  (void) ct_advert_parse (&advert, (struct ct_bytes){ self->next.structures, self->next.len });
  memcpy (sighting.address, self->next.address, sizeof sighting.address);
  hw_radio_emit_sighting (HW_RADIO (self), &sighting);
  if (self->bytes != NULL)
    schedule_next (self);
  return G_SOURCE_REMOVE;
}

static enum ct_log_line
read_line (HwRadioReplay *self)
{
  struct ct_span line;
  self->at +=
      ct_radio_log_next ((struct ct_span){ self->bytes + self->at, self->len - self->at }, &line);
  self->n_lines++;
  return ct_radio_log_read (line, &self->next);
}

static void
on_logged (void *pending, const struct ct_logged *logged)
{
  g_array_append_vals (pending, logged, 1);
}

static enum ct_log_line
read_packet (HwRadioReplay *self)
{
  struct ct_bytes rest = { (const guint8 *) self->bytes + self->at, self->len - self->at };
  if (self->pending->len == 0) {
    gsize len = ct_btsnoop_next (&self->btsnoop, rest, on_logged, self->pending);
    if (len == 0)
      return CT_LOG_WRONG;
    self->at += len;
  }
  if (self->pending->len == 0)
    return CT_LOG_NOTHING;
  self->next = g_array_index (self->pending, struct ct_logged, 0);
  g_array_remove_index (self->pending, 0);
  return CT_LOG_SIGHTING;
}

static void
go_wrong (HwRadioReplay *self)
{
  set_state (
      self, HW_RADIO_MISSING,
      self->is_btsnoop
          ? g_strdup_printf ("radio: %s: wrong at byte %" G_GSIZE_FORMAT, self->path, self->at)
          : g_strdup_printf ("radio: %s: line %u is wrong", self->path, self->n_lines));
}

static void
schedule_next (HwRadioReplay *self)
{
  enum ct_log_line found = CT_LOG_NOTHING;
  gint64 last_ms = self->next.at_ms;
  while (found == CT_LOG_NOTHING && (self->at < self->len || self->pending->len > 0))
    found = self->is_btsnoop ? read_packet (self) : read_line (self);
  if (found == CT_LOG_NOTHING)
    return; // the end
  if (found == CT_LOG_WRONG || self->next.at_ms < last_ms) {
    go_wrong (self);
    return;
  }
  gint64 late_ms = (g_get_monotonic_time () - self->began_us) / 1000;
  self->next_id = g_timeout_add ((guint) MAX (self->next.at_ms - late_ms, 0), on_next, self);
}

// Not before somebody can listen.
static gboolean
on_start (gpointer user_data)
{
  HwRadioReplay *self = user_data;
  g_autoptr (GError) error = NULL;
  self->next_id = 0;
  self->began_us = g_get_monotonic_time ();
  if (!g_file_get_contents (self->path, &self->bytes, &self->len, &error)) {
    set_state (self, HW_RADIO_MISSING, g_strdup_printf ("radio: %s", error->message));
    return G_SOURCE_REMOVE;
  }
  struct ct_bytes file = { (const guint8 *) self->bytes, self->len };
  self->is_btsnoop = ct_btsnoop_is_one (file);
  self->at = self->is_btsnoop ? ct_btsnoop_begin (&self->btsnoop, file) : 0;
  if (self->is_btsnoop && self->at == 0) {
    go_wrong (self);
    return G_SOURCE_REMOVE;
  }
  set_state (self, HW_RADIO_HEARING, NULL);
  schedule_next (self);
  return G_SOURCE_REMOVE;
}

static void
hw_radio_replay_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HwRadioReplay *self = HW_RADIO_REPLAY (object);
  if (prop_id == PROP_STATE)
    g_value_set_int (value, (int) self->state);
  else if (prop_id == PROP_PROBLEM)
    g_value_set_string (value, self->problem);
  else if (prop_id == PROP_MANNER)
    g_value_set_string (value, NULL); // there is one way
  else if (prop_id == PROP_HEARD_US)
    g_value_set_int64 (value, self->heard_us);
  else if (prop_id == PROP_REST_US)
    g_value_set_int64 (value, 0); // never
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
hw_radio_replay_dispose (GObject *object)
{
  HwRadioReplay *self = HW_RADIO_REPLAY (object);
  g_clear_handle_id (&self->next_id, g_source_remove);
  g_clear_pointer (&self->bytes, g_free);
  G_OBJECT_CLASS (hw_radio_replay_parent_class)->dispose (object);
}

static void
hw_radio_replay_finalize (GObject *object)
{
  HwRadioReplay *self = HW_RADIO_REPLAY (object);
  g_array_unref (self->pending);
  g_free (self->path);
  g_free (self->problem);
  G_OBJECT_CLASS (hw_radio_replay_parent_class)->finalize (object);
}

static void
hw_radio_replay_class_init (HwRadioReplayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = hw_radio_replay_get_property;
  object_class->dispose = hw_radio_replay_dispose;
  object_class->finalize = hw_radio_replay_finalize;
  g_object_class_override_property (object_class, PROP_STATE, "state");
  g_object_class_override_property (object_class, PROP_PROBLEM, "problem");
  g_object_class_override_property (object_class, PROP_HEARD_US, "heard-us");
  g_object_class_override_property (object_class, PROP_MANNER, "manner");
  g_object_class_override_property (object_class, PROP_REST_US, "rest-us");
}

static void
hw_radio_replay_init (HwRadioReplay *self)
{
  self->pending = g_array_new (FALSE, FALSE, sizeof (struct ct_logged));
  self->next_id = g_idle_add (on_start, self);
}

HwRadioReplay *
hw_radio_replay_new (const char *path)
{
  HwRadioReplay *self = g_object_new (HW_TYPE_RADIO_REPLAY, NULL);
  self->path = g_strdup (path);
  return self;
}
