// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// `tramxanhctl doctor`: every device, the clock, the disk, the journal and the link to the core,
// one line each.

#pragma once

// Exit status: 0 everything is there, 1 something is missing or broken, 2 wrong usage, 3 the
// configuration cannot be read.
int ctl_doctor (int argc, char **argv);
