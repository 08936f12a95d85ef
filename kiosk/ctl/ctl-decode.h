// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl decode: what the kiosk's own decoder reads in picture files.

#pragma once

// `argv[0]` is the command's name. Payloads on stdout, messages on stderr. Returns the exit code: 0
// read, 1 a picture gave no symbol, 2 wrong usage, 3 a file could not be read.
int ctl_decode (int argc, char **argv);
