// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl enroll: join a tracing core.

#pragma once

int ctl_enroll (int argc, char **argv);
