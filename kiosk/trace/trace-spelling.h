// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One spelling of a venue's name, however a keyboard or a sheet made it: letters with their marks
// in one (NFC, Unicode Standard Annex 15), no white space of any kind around it, one space for any
// within it, nothing that takes no room. Letters stay as large or small as they are. What kiosks
// are enrolled for is ASCII without spaces, and so has one spelling anyway.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

// @text: UTF-8. Returns it, when it is in that spelling, or what is in @scratch then.
const char *trace_spelling_of (const char *text, GString *scratch);

G_END_DECLS
