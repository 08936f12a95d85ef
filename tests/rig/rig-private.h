// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the files of the rig share.

#pragma once

#include "tests/rig/rig.h"

G_BEGIN_DECLS

typedef struct {
  gboolean is_high;
  gint64 at_us;
  guint n_rises;
} RigLine;

typedef struct _RigPrinter RigPrinter;

struct _Rig {
  char *kernel;
  char *folder;
  DemoScene *scene;
  guint width_px; // of the camera's picture
  guint height_px;
  guint n_frames;

  GSubprocess *guest;
  pid_t group; // of its processes
  int wire;
  GString *pending;
  GQueue answers;    // of char*
  GHashTable *lines; // name → RigLine
  GHashTable *ended; // name → status + 1
  gint64 shown_us;
  GHashTable *said; // name → characters of its log that were waited for
  RigPrinter *printer;
  gboolean is_up;
  gboolean logs_writes;
};

// Tells the guest, and returns its answer; a "no" fails the test. (transfer full)
char *rig_ask (Rig *rig, const char *format, ...) G_GNUC_PRINTF (2, 3);
#define RIG_TELL(rig, ...) g_free (rig_ask (rig, __VA_ARGS__))

// Tells the guest what it does not answer; also from within rig_listen ().
void rig_say (Rig *rig, const char *text);

// Takes in what the guest says, waiting at most @timeout_ms for something.
void rig_listen (Rig *rig, int timeout_ms);
gint64 rig_deadline (guint within_ms);
int rig_left_ms (gint64 deadline_us);

RigPrinter *rig_printer_new (void);
void rig_printer_free (RigPrinter *printer);
void rig_printer_take (Rig *rig, const char *hex);

G_END_DECLS
