// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one result type of the core. Output parameters (`ret_…`) are untouched unless CT_OK is
// returned.

#pragma once

enum ct_status {
  CT_OK = 0,
  CT_ERR_NO_MATCH,  // the bytes are not of this kind at all
  CT_ERR_MALFORMED, // of this kind, but broken; the reader says how
  CT_ERR_TOO_LONG,  // over the documented limit of the kind
  CT_ERR_ENCODING,  // not valid UTF-8 where UTF-8 is required
  CT_ERR_SPACE,     // the caller's buffer is too small
};

// A stable lower-case word for logs and JSON, never NULL.
const char *ct_status_to_string (enum ct_status status);
