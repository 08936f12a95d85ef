// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One payload, one verdict: what all kinds share is checked here, then the readers are asked in
// order.

#include "kiosk/core/ct-credential.h"

#include <string.h>

#include "kiosk/core/ct-reader.h"
#include "kiosk/core/ct-text.h"

// Ours first; then codes that must not be taken for anything else; then from the strictest shape to
// the loosest.
static const ct_reader_fn READERS[] = {
  ct_pass_read, ct_foreign_read, ct_qid_read,        ct_bhyt_read,
  ct_cccd_read, ct_card_read,    ct_venue_code_read, ct_stray_read,
};

bool
ct_conclude (struct ct_outcome *outcome, enum ct_refusal refusal)
{
  outcome->refusal = refusal;
  return true;
}

enum ct_refusal
ct_subject_set (struct ct_credential *credential, const char *prefix, struct ct_span text)
{
  size_t prefix_len = strlen (prefix);
  if (prefix_len + text.len >= CT_SUBJECT_MAX)
    return CT_REFUSAL_TOO_LONG;
  memcpy (credential->subject, prefix, prefix_len);
  memcpy (credential->subject + prefix_len, text.at, text.len);
  credential->subject[prefix_len + text.len] = '\0';
  return CT_REFUSAL_NONE;
}

bool
ct_date_is_future (const struct ct_read_context *context, struct ct_date date)
{
  return context->clock_trusted && ct_date_compare (date, ct_date_at (context->now_s)) > 0;
}

// Scanners and encoders pad with NULs, end with line ends and begin with byte-order marks.
static struct ct_span
strip (struct ct_span bytes)
{
  size_t len;
  do {
    len = bytes.len;
    bytes = ct_span_trim (bytes);
    if (ct_span_starts_with (bytes, "\xEF\xBB\xBF"))
      bytes = ct_span_skip (bytes, 3);
    while (bytes.len > 0 && bytes.at[bytes.len - 1] == '\0')
      bytes.len--;
  } while (bytes.len < len);
  return bytes;
}

// Plain ASCII as UTF-16 is valid UTF-8 too: every other byte is NUL then.
static bool
is_utf16 (struct ct_span text)
{
  return text.len >= 4 &&
         ((text.at[0] == '\0' && text.at[2] == '\0') || (text.at[1] == '\0' && text.at[3] == '\0'));
}

static void
read_text (const struct ct_read_context *context, struct ct_span text, struct ct_outcome *outcome)
{
  for (size_t i = 0; i < sizeof READERS / sizeof READERS[0]; i++) {
    *outcome = (struct ct_outcome){ .refusal = CT_REFUSAL_NONE };
    if (READERS[i](context, text, outcome))
      break;
  }
  bool known = outcome->refusal != CT_REFUSAL_UNKNOWN;
  if (known && outcome->kind == CT_KIND_NONE)
    return;
  if (memchr (text.at, '\0', text.len) != NULL)
    outcome->refusal = CT_REFUSAL_FORMAT;
  else if (!known && !ct_text_is_clean (text))
    outcome->refusal = CT_REFUSAL_CONTROL;
}

enum ct_refusal
ct_credential_read (const struct ct_read_context *context,
                    const uint8_t *payload,
                    size_t len,
                    struct ct_credential *ret_credential,
                    enum ct_kind *ret_kind_hint)
{
  struct ct_outcome outcome = { .refusal = CT_REFUSAL_NONE };
  char repaired[CT_PAYLOAD_MAX];
  struct ct_span text = { (const char *) payload, len };
  if (len <= CT_PAYLOAD_MAX)
    text = strip (text);

  unsigned doubts = 0;
  if (len > CT_PAYLOAD_MAX) {
    outcome.refusal = CT_REFUSAL_TOO_LONG;
  } else if (text.len == 0) {
    outcome.refusal = CT_REFUSAL_EMPTY;
  } else if (!ct_utf8_is_valid (text) || is_utf16 (text)) {
    outcome.refusal = CT_REFUSAL_ENCODING;
  } else {
    if (ct_text_repair (text, repaired, &text.len)) {
      text.at = repaired;
      doubts = CT_DOUBT_REPAIRED;
    }
    read_text (context, text, &outcome);
  }
  if (ret_kind_hint != NULL)
    *ret_kind_hint = outcome.kind;
  if (outcome.refusal == CT_REFUSAL_NONE) {
    outcome.credential.kind = outcome.kind;
    outcome.credential.doubts |= doubts;
    *ret_credential = outcome.credential;
  }
  return outcome.refusal;
}

const char *
ct_kind_to_string (enum ct_kind kind)
{
  switch (kind) {
  case CT_KIND_NONE:
    return "none";
  case CT_KIND_CCCD:
    return "cccd";
  case CT_KIND_CAN_CUOC:
    return "can-cuoc";
  case CT_KIND_BHYT:
    return "bhyt";
  case CT_KIND_BHYT_OLD:
    return "bhyt-old";
  case CT_KIND_QID:
    return "qid";
  case CT_KIND_PASS:
    return "pass";
  case CT_KIND_CARD:
    return "card";
  case CT_KIND_VENUE_CODE:
    return "venue-code";
  case CT_KIND_TAG:
    return "tag";
  }
  return "unknown";
}

const char *
ct_refusal_to_string (enum ct_refusal refusal)
{
  static const char *const words[] = {
    [CT_REFUSAL_NONE] = "none",
    [CT_REFUSAL_EMPTY] = "empty",
    [CT_REFUSAL_TOO_LONG] = "too-long",
    [CT_REFUSAL_ENCODING] = "encoding",
    [CT_REFUSAL_CONTROL] = "control",
    [CT_REFUSAL_FORMAT] = "format",
    [CT_REFUSAL_DATE] = "date",
    [CT_REFUSAL_ID] = "id",
    [CT_REFUSAL_SIGNATURE] = "signature",
    [CT_REFUSAL_KEY] = "key",
    [CT_REFUSAL_EXPIRED] = "expired",
    [CT_REFUSAL_VERSION] = "version",
    [CT_REFUSAL_LINK] = "link",
    [CT_REFUSAL_WIFI] = "wifi",
    [CT_REFUSAL_PAYMENT] = "payment",
    [CT_REFUSAL_VENUE_POSTER] = "venue-poster",
    [CT_REFUSAL_HEALTH_PASS] = "health-pass",
    [CT_REFUSAL_SECRET] = "secret",
    [CT_REFUSAL_UNKNOWN] = "unknown",
  };
  return (size_t) refusal < sizeof words / sizeof words[0] ? words[refusal] : "unknown";
}

const char *
ct_freshness_to_string (enum ct_freshness freshness)
{
  switch (freshness) {
  case CT_FRESHNESS_STATIC:
    return "static";
  case CT_FRESHNESS_SIGNED:
    return "signed";
  case CT_FRESHNESS_DYNAMIC:
    return "dynamic";
  }
  return "unknown";
}

const char *
ct_doubt_to_string (enum ct_doubt doubt)
{
  switch (doubt) {
  case CT_DOUBT_SEX:
    return "sex";
  case CT_DOUBT_BIRTH_YEAR:
    return "birth-year";
  case CT_DOUBT_PARTIAL_DATE:
    return "partial-date";
  case CT_DOUBT_MASKED:
    return "masked";
  case CT_DOUBT_CONFUSABLE:
    return "confusable";
  case CT_DOUBT_REPAIRED:
    return "repaired";
  case CT_DOUBT_NO_CLOCK:
    return "no-clock";
  }
  return "unknown";
}
