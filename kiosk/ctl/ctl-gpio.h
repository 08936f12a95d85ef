// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// `tramxanhctl gpio`: every GPIO line of this box, who holds it, and which the panel is wired to.

#pragma once

// gpio [--config FILE]. Takes no line. Exit status: 0, 1 a line that panel.lines names is not there
// (or the chip is not), 2 wrong usage, 3 the configuration cannot be read.
int ctl_gpio (int argc, char **argv);
