// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanh-trace's subcommands. Each takes its arguments with its own name first, and returns the
// exit status.

#pragma once

#define TRACE_EXIT_NO        1 // the answer is no
#define TRACE_EXIT_USAGE     2
#define TRACE_EXIT_COULD_NOT 3

int trace_command_audit (int argc, char **argv);
int trace_command_case (int argc, char **argv);
int trace_command_officer (int argc, char **argv);
int trace_command_officer_key (int argc, char **argv);
int trace_command_reveal (int argc, char **argv);
int trace_command_rules (int argc, char **argv);
int trace_command_import (int argc, char **argv);
int trace_command_export (int argc, char **argv);
int trace_command_contacts (int argc, char **argv);
int trace_command_index (int argc, char **argv);
int trace_command_venues (int argc, char **argv);
int trace_command_present (int argc, char **argv);
int trace_command_retain (int argc, char **argv);
int trace_command_serve (int argc, char **argv);
int trace_command_enroll (int argc, char **argv);
int trace_command_kiosks (int argc, char **argv);
int trace_command_release (int argc, char **argv);
int trace_command_revoke (int argc, char **argv);
int trace_command_stats (int argc, char **argv);
