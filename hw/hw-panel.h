// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The panel around the screen: one lamp of three colours, a buzzer, the door's relay; buttons and
// contacts. An interface; each backend is one file.

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  HW_LAMP_OFF,
  HW_LAMP_GREEN,
  HW_LAMP_AMBER,
  HW_LAMP_RED,
} HwLamp;

typedef enum {
  HW_PANEL_PRINT_BUTTON,
  HW_PANEL_LEAVING_BUTTON,
  HW_PANEL_DOOR,       // active: open
  HW_PANEL_TAMPER,     // active: the case is open
  HW_PANEL_PAPER_OUT,  // active: the printer's sensor sees no paper
  HW_PANEL_POWER_FAIL, // active: the supply is about to go
  HW_PANEL_N_INPUTS,
} HwPanelInput;

typedef enum {
  HW_BUZZ_SHORT,
  HW_BUZZ_TWICE,
  HW_BUZZ_LONG,
} HwBuzz;

#define HW_TYPE_PANEL (hw_panel_get_type ())
G_DECLARE_INTERFACE (HwPanel, hw_panel, HW, PANEL, GObject)

struct _HwPanelInterface {
  GTypeInterface parent_iface;

  // Main thread; return at once. A panel that is not ready, or has no such part, ignores them.
  void (*set_lamp) (HwPanel *self, HwLamp lamp);
  void (*open_door) (HwPanel *self);         // (nullable) one pulse of the relay
  void (*buzz) (HwPanel *self, HwBuzz buzz); // (nullable)
  void (*trigger_printer) (HwPanel *self);   // (nullable) one pulse: print what was sent
  void (*set_printer_power) (HwPanel *self, gboolean is_on); // (nullable)
  gboolean (*is_active) (HwPanel *self, HwPanelInput input); // (nullable)
};

// Property "ready" (boolean, notify): false while the panel is missing or busy. Property "problem"
// (string, nullable): what is the matter then, for logs and the doctor.
// Signal "input" (HwPanelInput, gboolean is_active): a debounced change; and, for contacts but not
// for buttons, what is so when the panel becomes ready.
gboolean hw_panel_is_ready (HwPanel *self);
char *hw_panel_dup_problem (HwPanel *self); // (transfer full) (nullable)
void hw_panel_set_lamp (HwPanel *self, HwLamp lamp);
void hw_panel_open_door (HwPanel *self);
void hw_panel_buzz (HwPanel *self, HwBuzz buzz);
void hw_panel_trigger_printer (HwPanel *self);
void hw_panel_set_printer_power (HwPanel *self, gboolean is_on);
// How an input stands, debounced; FALSE for one that the panel does not have.
gboolean hw_panel_is_active (HwPanel *self, HwPanelInput input);

// For backends.
void hw_panel_emit_input (HwPanel *self, HwPanelInput input, gboolean is_active);

const char *hw_lamp_to_string (HwLamp lamp);
gboolean hw_lamp_from_string (const char *word, HwLamp *ret_lamp);
const char *hw_panel_input_to_string (HwPanelInput input);

G_END_DECLS
