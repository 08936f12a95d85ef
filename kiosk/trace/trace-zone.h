// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whose days and hours are meant where nobody says it: Việt Nam's, +07:00 all year since 1975.
// Never the machine's: a server may run on UTC.

#pragma once

#define TRACE_ZONE_S    (7 * 3600)
#define TRACE_ZONE_TEXT "+07:00"
