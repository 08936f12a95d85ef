// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl ble --watch | --calibrate | --record FILE [--for-s N]: what the radio hears, for the
// installer's eye.

#pragma once

int ctl_ble (int argc, char **argv);
