// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Writing JSON (RFC 8259) into a string, one line, commas by itself.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

// @key is NULL inside arrays and for the outermost value. Texts may hold any bytes: what is not
// UTF-8 becomes U+FFFD.
void ctl_json_open_object (GString *json, const char *key);
void ctl_json_close_object (GString *json);
void ctl_json_open_array (GString *json, const char *key);
void ctl_json_close_array (GString *json);
void ctl_json_add_text (GString *json, const char *key, const char *text); // NULL becomes null
void ctl_json_add_integer (GString *json, const char *key, gint64 number);
void
ctl_json_add_real (GString *json, const char *key, double number); // infinity and NaN become null
void ctl_json_add_boolean (GString *json, const char *key, gboolean value);

G_END_DECLS
