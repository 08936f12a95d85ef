// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One line of a CSV file (RFC 4180, without line ends inside a field).

#pragma once

#include <glib.h>

G_BEGIN_DECLS

// Takes @line apart, in place; a line end at its end is no part of it. Returns how many fields
// there are, which may be more than @n_fields, of which at most @n_fields are written; 0: a quote
// that is not closed, or text behind one.
gsize trace_csv_split (char *line, char **ret_fields, gsize n_fields);

// Writes a field, in quotes where it needs them. What a spreadsheet would take for a formula gets
// an apostrophe in front.
void trace_csv_append (GString *line, const char *field);

G_END_DECLS
