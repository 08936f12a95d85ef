// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each fact is looked at anew and the most urgent one is shown. While the power fails nobody is
// checked in: what was told is on the disk, and nothing is half done when it goes.

#define G_LOG_DOMAIN "entrance-upkeep"

#include "kiosk/entrance/entrance-upkeep.h"

struct _EntranceUpkeep {
  GObject parent_instance;

  EntranceSession *session;
  EntranceClock *clock;
  HwPanel *panel;

  guint look_id;
  guint n_looks_held[HW_PANEL_N_INPUTS]; // in a row, buttons only
  guint case_id;
  gboolean case_is_open;
  guint n_case_changes;  // not logged yet
  guint power_steady_id; // it did not fail since
  guint power_stuck_id;  // it fails, again and again, since
  gboolean power_sensor_is_stuck;
};

G_DEFINE_FINAL_TYPE (EntranceUpkeep, entrance_upkeep, G_TYPE_OBJECT)

static const HwPanelInput buttons[] = { HW_PANEL_PRINT_BUTTON, HW_PANEL_LEAVING_BUTTON };

static gboolean
hangs (EntranceUpkeep *self, HwPanelInput button)
{
  return self->n_looks_held[button] >= ENTRANCE_UPKEEP_HELD_MS / ENTRANCE_UPKEEP_LOOK_MS;
}

static void
show (EntranceUpkeep *self)
{
  EntranceNeed need = ENTRANCE_NEED_NOTHING;
  if (self->power_sensor_is_stuck)
    need = ENTRANCE_NEED_POWER;
  else if (self->case_is_open || self->case_id != 0)
    need = ENTRANCE_NEED_CASE;
  else if (!hw_panel_is_ready (self->panel))
    need = ENTRANCE_NEED_PANEL;
  else if (hangs (self, HW_PANEL_PRINT_BUTTON) || hangs (self, HW_PANEL_LEAVING_BUTTON))
    need = ENTRANCE_NEED_BUTTON;
  entrance_session_set_need (self->session, need);
}

static void
schedule (EntranceUpkeep *self, guint *id, guint delay_ms, GSourceFunc callback)
{
  if (*id != 0)
    entrance_clock_cancel (self->clock, *id);
  *id = callback != NULL ? entrance_clock_add_timeout (self->clock, delay_ms, callback, self) : 0;
}

static gboolean
on_look (gpointer user_data)
{
  EntranceUpkeep *self = user_data;
  self->look_id = 0;
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++) {
    HwPanelInput button = buttons[i];
    gboolean hung = hangs (self, button);
    self->n_looks_held[button] =
        hw_panel_is_active (self->panel, button) ? self->n_looks_held[button] + 1 : 0;
    if (hangs (self, button) && !hung)
      g_info ("panel: %s hangs", hw_panel_input_to_string (button));
  }
  show (self);
  schedule (self, &self->look_id, ENTRANCE_UPKEEP_LOOK_MS, on_look);
  return G_SOURCE_REMOVE;
}

static gboolean
on_case_due (gpointer user_data)
{
  EntranceUpkeep *self = user_data;
  self->case_id = 0;
  if (self->n_case_changes > 0) {
    g_message ("case: %s, changes: %u", self->case_is_open ? "open" : "closed",
               self->n_case_changes);
    self->n_case_changes = 0;
    schedule (self, &self->case_id, ENTRANCE_UPKEEP_CASE_MS, on_case_due);
  }
  show (self);
  return G_SOURCE_REMOVE;
}

static void
take_case (EntranceUpkeep *self, gboolean is_open)
{
  if (self->case_is_open == is_open)
    return;
  self->case_is_open = is_open;
  self->n_case_changes++;
  if (self->case_id == 0)
    (void) on_case_due (self);
}

static void
end_power_pause (EntranceUpkeep *self, gboolean is_stuck)
{
  schedule (self, &self->power_stuck_id, 0, NULL);
  self->power_sensor_is_stuck = is_stuck;
  entrance_session_set_power_failing (self->session, FALSE);
  show (self);
}

static gboolean
on_power_steady (gpointer user_data)
{
  EntranceUpkeep *self = user_data;
  self->power_steady_id = 0;
  g_info ("power: steady");
  end_power_pause (self, FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_power_stuck (gpointer user_data)
{
  EntranceUpkeep *self = user_data;
  self->power_stuck_id = 0;
  g_info ("power: said to fail, and does not");
  end_power_pause (self, TRUE);
  return G_SOURCE_REMOVE;
}

static void
take_power (EntranceUpkeep *self, gboolean fails)
{
  if (!fails) {
    schedule (self, &self->power_steady_id, ENTRANCE_UPKEEP_POWER_MS, on_power_steady);
    return;
  }
  schedule (self, &self->power_steady_id, 0, NULL);
  if (self->power_sensor_is_stuck || self->power_stuck_id != 0)
    return;
  g_info ("power: fails");
  schedule (self, &self->power_stuck_id, ENTRANCE_UPKEEP_STUCK_MS, on_power_stuck);
  entrance_session_set_power_failing (self->session, TRUE);
}

static void
on_input (HwPanel *panel, int input, gboolean is_active, EntranceUpkeep *self)
{
  if (input == HW_PANEL_TAMPER)
    take_case (self, is_active);
  else if (input == HW_PANEL_POWER_FAIL)
    take_power (self, is_active);
  else if (!is_active)
    self->n_looks_held[input] = 0;
  show (self);
}

static void
on_panel_ready (HwPanel *panel, GParamSpec *pspec, EntranceUpkeep *self)
{
  show (self);
}

static void
entrance_upkeep_finalize (GObject *object)
{
  EntranceUpkeep *self = ENTRANCE_UPKEEP (object);
  schedule (self, &self->look_id, 0, NULL);
  schedule (self, &self->case_id, 0, NULL);
  schedule (self, &self->power_steady_id, 0, NULL);
  schedule (self, &self->power_stuck_id, 0, NULL);
  g_object_unref (self->panel);
  g_object_unref (self->clock);
  g_object_unref (self->session);
  G_OBJECT_CLASS (entrance_upkeep_parent_class)->finalize (object);
}

static void
entrance_upkeep_class_init (EntranceUpkeepClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = entrance_upkeep_finalize;
}

static void
entrance_upkeep_init (EntranceUpkeep *self)
{
}

EntranceUpkeep *
entrance_upkeep_new (EntranceSession *session, EntranceClock *clock, HwPanel *panel)
{
  EntranceUpkeep *self = g_object_new (ENTRANCE_TYPE_UPKEEP, NULL);
  self->session = g_object_ref (session);
  self->clock = g_object_ref (clock);
  self->panel = g_object_ref (panel);
  g_signal_connect_object (panel, "input", G_CALLBACK (on_input), self, 0);
  g_signal_connect_object (panel, "notify::ready", G_CALLBACK (on_panel_ready), self, 0);
  schedule (self, &self->look_id, ENTRANCE_UPKEEP_LOOK_MS, on_look);
  show (self);
  return self;
}
