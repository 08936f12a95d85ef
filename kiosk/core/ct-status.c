// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Words for the core's result type.

#include "kiosk/core/ct-status.h"

const char *
ct_status_to_string (enum ct_status status)
{
  switch (status) {
  case CT_OK:
    return "ok";
  case CT_ERR_NO_MATCH:
    return "no-match";
  case CT_ERR_MALFORMED:
    return "malformed";
  case CT_ERR_TOO_LONG:
    return "too-long";
  case CT_ERR_ENCODING:
    return "encoding";
  case CT_ERR_SPACE:
    return "space";
  }
  return "unknown";
}
