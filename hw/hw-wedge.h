// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A keyboard-wedge scanner: a barcode reader that types what it read. It is taken away from the
// rest of the system, so that a code can never type into anything.

#pragma once

#include <glib-object.h>

#include "hw/hw-wedge-port.h"
#include "hw/hw-wedge-typing.h"

G_BEGIN_DECLS

#define HW_WEDGE_SILENCE_MS  300  // is the end of a code, where that is configured
#define HW_WEDGE_PATIENCE_MS 2000 // with a code whose end key does not come

#define HW_TYPE_WEDGE (hw_wedge_get_type ())
G_DECLARE_FINAL_TYPE (HwWedge, hw_wedge, HW, WEDGE, GObject)

// @source as hw_wedge_port_open () takes it, @prefix as hw_wedge_typing_init () takes it.
// Opens at once; a scanner that is missing or busy is looked for again every 2 s. Main thread.
//
// Property "problem" (string, nullable, notify): what is the matter, for logs and the doctor; NULL:
// ready. Signal "code" (GBytes): what was read, without prefix and end. Signal "refused" (HwTyped
// as int): something was read, and why it is no code.
HwWedge *hw_wedge_new (const char *source, HwWedgeEnd end, const char *prefix);
gboolean hw_wedge_is_ready (HwWedge *self);
const char *hw_wedge_get_problem (HwWedge *self); // (nullable) valid until it changes

G_END_DECLS
