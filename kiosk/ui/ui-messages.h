// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What visitors read. One table, keyed by the entrance's message; Vietnamese is the source of
// truth.

#pragma once

#include "kiosk/entrance/entrance-view.h"

G_BEGIN_DECLS

typedef struct {
  const char *title_vi;  // two to four words
  const char *advice_vi; // one sentence that says what to do
  const char *title_en;
  const char *advice_en;
} UiMessage;

// Never NULL, for every message; NONE has empty texts. NFC.
const UiMessage *ui_message_get (EntranceMessage message);

G_END_DECLS
