// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// `tramxanhctl print`: one slip by hand. The kiosk must not run: a printer has one master.

#pragma once

// print FILE|--test [--config FILE]: FILE has the venue, the time and, if there is to be one, the
// code, each on a line of its own.
// Exit status: 0 printed (or sent, and the printer cannot say), 1 it did not, 2 wrong usage, 3 FILE
// or the configuration cannot be read.
int ctl_print (int argc, char **argv);
