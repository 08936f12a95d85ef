// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Composing Latin letters with their marks: Unicode normal form C for every Latin name, so also for
// Vietnamese.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Room for one letter, its marks, and those that its decomposition adds.
#define CT_CLUSTER_MAX 16

// Combining marks that stand above or below the letter before them.
bool ct_is_mark (uint32_t cp);

// Composes `letters`, one letter and the marks that follow it, in place; returns how many are left.
// `size` is the room in `letters`, at least n + 2. Letters of other scripts stay as they are.
size_t ct_compose (uint32_t *letters, size_t n, size_t size);
