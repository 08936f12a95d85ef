// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the readers of credentials share: their signature and what they write. Private to the core.

#pragma once

#include "kiosk/core/ct-credential.h"
#include "kiosk/core/ct-date.h"
#include "kiosk/core/ct-span.h"

// What became of a text that a reader took for its own.
struct ct_outcome {
  enum ct_refusal refusal; // CT_REFUSAL_NONE: the credential is filled
  // What it looked like, also when refused; CT_KIND_NONE for what is no credential.
  enum ct_kind kind;
  struct ct_credential credential;
};

// False when the text is not of the reader's kind at all; then the outcome is unspecified and the
// next reader is asked. The text is valid UTF-8 without white space or NUL at its ends, at least
// one byte long. The outcome arrives zeroed.
typedef bool (*ct_reader_fn) (const struct ct_read_context *context,
                              struct ct_span text,
                              struct ct_outcome *outcome);

bool ct_pass_read (const struct ct_read_context *context,
                   struct ct_span text,
                   struct ct_outcome *outcome);
bool ct_foreign_read (const struct ct_read_context *context,
                      struct ct_span text,
                      struct ct_outcome *outcome);
bool ct_qid_read (const struct ct_read_context *context,
                  struct ct_span text,
                  struct ct_outcome *outcome);
bool ct_bhyt_read (const struct ct_read_context *context,
                   struct ct_span text,
                   struct ct_outcome *outcome);
bool ct_cccd_read (const struct ct_read_context *context,
                   struct ct_span text,
                   struct ct_outcome *outcome);
bool ct_card_read (const struct ct_read_context *context,
                   struct ct_span text,
                   struct ct_outcome *outcome);
bool ct_venue_code_read (const struct ct_read_context *context,
                         struct ct_span text,
                         struct ct_outcome *outcome);
bool ct_stray_read (const struct ct_read_context *context,
                    struct ct_span text,
                    struct ct_outcome *outcome);

// Ends the reading of a text that is of the reader's kind; always true, so that a reader may return
// it.
bool ct_conclude (struct ct_outcome *outcome, enum ct_refusal refusal);

// Sets the subject to `prefix` and the text: CT_REFUSAL_NONE, or _TOO_LONG when it does not fit.
enum ct_refusal
ct_subject_set (struct ct_credential *credential, const char *prefix, struct ct_span text);

// After today; never when the clock cannot be trusted.
bool ct_date_is_future (const struct ct_read_context *context, struct ct_date date);

// Whether this is the code of one of the 63 provinces (1 to 96).
bool ct_province_exists (long code);
