// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// `tramxanhctl light` and `buzz`: the panel's parts by hand. The kiosk must not run: lines have one
// holder.

#pragma once

// light green|amber|red|off [--for-s N] [--config FILE]: lit for N s (3), then everything is off.
// buzz [short|twice|long] [--config FILE].
// Exit status: 0 done, 1 the panel is missing, busy, or has no such part, 2 wrong usage, 3 the
// configuration cannot be read.
int ctl_light (int argc, char **argv);
int ctl_buzz (int argc, char **argv);
