// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl read: what is this payload?

#pragma once

#include <glib.h>

G_BEGIN_DECLS

// read [--json] [--show]: payload on stdin, its kind and fields on stdout; masked without --show.
// Passes are refused: the tool holds no keys. Exit codes: 0 a credential, 1 none (the answer says
// why), 2 wrong usage, 3 stdin or stdout failed.
int ctl_read (int argc, char **argv);

G_END_DECLS
