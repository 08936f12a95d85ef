// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// `tramxanhctl pass`: passes of this kiosk, for visitors who come later, and what one shown is
// worth.

#pragma once

// pass issue [--state DIR] [--hours N]: the text of a new pass, valid from now for N hours (24).
// pass verify [--state DIR]: a pass on standard input. Writes "valid", or why it is not.
// Exit status: 0 done, 1 not valid here and now, 2 wrong usage, 3 no key in DIR, or no input.
int ctl_pass (int argc, char **argv);
