// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The quark.

#include "hw/hw-error.h"

G_DEFINE_QUARK (hw - error - quark, hw_error)
