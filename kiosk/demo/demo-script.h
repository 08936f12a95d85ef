// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The script of a demo day: who comes when, what they hold up, which button they press. One step a
// line:
//
//   07:58 show card|phone|phone-dark|paper PAYLOAD      (\n, \t, \\ and \xHH in PAYLOAD)
//   08:12 press leaving|no-code|back
//   08:15 cover SECONDS                                 (the camera sees nothing and says nothing)
//   07:50 enrol core                                    (the code of a tracing core, on a sheet)

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  DEMO_ACTION_SHOW,
  DEMO_ACTION_PRESS_LEAVING,
  DEMO_ACTION_PRESS_NO_CODE,
  DEMO_ACTION_PRESS_BACK,
  DEMO_ACTION_COVER,
  DEMO_ACTION_ENROL,
} DemoAction;

typedef enum {
  DEMO_PROP_CARD,       // a plastic card with a small code in its corner
  DEMO_PROP_PHONE,      // a bright screen
  DEMO_PROP_PHONE_DARK, // dark mode: a light code on dark
  DEMO_PROP_PAPER,      // a printed sheet or poster
} DemoProp;

typedef struct {
  guint minute; // of the scripted day
  DemoAction action;
  DemoProp prop;   // for DEMO_ACTION_SHOW
  GBytes *payload; // (nullable) for DEMO_ACTION_SHOW
  guint cover_s;   // for DEMO_ACTION_COVER
} DemoStep;

#define DEMO_SCRIPT_ERROR (demo_script_error_quark ())
GQuark demo_script_error_quark (void);

typedef enum {
  DEMO_SCRIPT_ERROR_SYNTAX,
} DemoScriptError;

void demo_step_free (DemoStep *step);

// Returns the steps in order (transfer full, of DemoStep), or NULL with the line number in @error.
GPtrArray *demo_script_read (const char *text, GError **error);

G_END_DECLS
