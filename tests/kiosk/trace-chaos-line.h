// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A bad line between kiosks and a core that is called over plain HTTP: requests get lost or arrive
// twice, answers are lost, cut, late.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct ChaosLine ChaosLine;

// Of a hundred exchanges, @percent go wrong.
ChaosLine *chaos_line_start (guint16 to_port, guint percent, guint32 seed);
void chaos_line_stop (ChaosLine *line);
guint16 chaos_line_get_port (const ChaosLine *line);
guint chaos_line_count_harm (ChaosLine *line);

G_END_DECLS
