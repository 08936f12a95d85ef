// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Our own pass: written, and believed only when its signature holds. The layout is in the header.

#include "kiosk/core/ct-pass.h"

#include <string.h>

#include "kiosk/core/ct-reader.h"

#define STATIC_LEN  26
#define DYNAMIC_LEN 30

static const char PREFIX[] = "TX1:";
static const char DOMAIN[] = "tramxanh/pass/v1"; // its terminator is signed too

static void
put_u32 (uint8_t *at, uint32_t number)
{
  for (int i = 0; i < 4; i++)
    at[i] = (uint8_t) (number >> (24 - 8 * i));
}

static uint32_t
get_u32 (const uint8_t *at)
{
  return (uint32_t) at[0] << 24 | (uint32_t) at[1] << 16 | (uint32_t) at[2] << 8 | at[3];
}

static size_t
write_body (const struct ct_pass *pass, uint8_t ret_body[DYNAMIC_LEN])
{
  ret_body[0] = pass->key_id;
  ret_body[1] = pass->dynamic ? 1 : 0;
  memcpy (ret_body + 2, pass->id, CT_PASS_ID_LEN);
  put_u32 (ret_body + 18, pass->first_min);
  put_u32 (ret_body + 22, pass->last_min);
  if (!pass->dynamic)
    return STATIC_LEN;
  put_u32 (ret_body + 26, pass->step);
  return DYNAMIC_LEN;
}

static bool
read_body (const uint8_t *body, size_t len, struct ct_pass *ret_pass)
{
  if (len != (body[1] == 1 ? DYNAMIC_LEN : STATIC_LEN) || body[1] > 1)
    return false;
  *ret_pass = (struct ct_pass){
    .key_id = body[0],
    .dynamic = body[1] == 1,
    .first_min = get_u32 (body + 18),
    .last_min = get_u32 (body + 22),
    .step = body[1] == 1 ? get_u32 (body + 26) : 0,
  };
  memcpy (ret_pass->id, body + 2, CT_PASS_ID_LEN);
  return ret_pass->first_min <= ret_pass->last_min;
}

size_t
ct_pass_write_message (const struct ct_pass *pass, uint8_t ret_message[CT_PASS_MESSAGE_MAX])
{
  memcpy (ret_message, DOMAIN, sizeof DOMAIN);
  return sizeof DOMAIN + write_body (pass, ret_message + sizeof DOMAIN);
}

void
ct_pass_write (const struct ct_pass *pass,
               const uint8_t signature[CT_PASS_SIGNATURE_LEN],
               char ret_text[CT_PASS_TEXT_SIZE])
{
  uint8_t bytes[DYNAMIC_LEN + CT_PASS_SIGNATURE_LEN];
  size_t len = write_body (pass, bytes);
  memcpy (bytes + len, signature, CT_PASS_SIGNATURE_LEN);
  memcpy (ret_text, PREFIX, strlen (PREFIX));
  ct_base32_write (bytes, len + CT_PASS_SIGNATURE_LEN, ret_text + strlen (PREFIX));
}

static const struct ct_pass_key *
find_key (const struct ct_read_context *context, uint8_t id)
{
  for (size_t i = 0; i < context->n_pass_keys && context->verify != NULL; i++)
    if (context->pass_keys[i].id == id)
      return &context->pass_keys[i];
  return NULL;
}

static enum ct_refusal
check_signature (const struct ct_read_context *context,
                 const struct ct_pass *pass,
                 const uint8_t *signature)
{
  uint8_t message[CT_PASS_MESSAGE_MAX];
  size_t len = ct_pass_write_message (pass, message);
  const struct ct_pass_key *key = find_key (context, pass->key_id);
  if (key == NULL)
    return CT_REFUSAL_KEY;
  return context->verify (key->key, message, len, signature, context->verify_data)
             ? CT_REFUSAL_NONE
             : CT_REFUSAL_SIGNATURE;
}

// Without a clock nobody can say that the pass is too old: it is let in, and marked.
static enum ct_refusal
check_time (const struct ct_read_context *context,
            const struct ct_pass *pass,
            struct ct_credential *credential)
{
  credential->freshness = CT_FRESHNESS_SIGNED;
  if (!context->clock_trusted) {
    credential->doubts |= CT_DOUBT_NO_CLOCK;
    return CT_REFUSAL_NONE;
  }
  int64_t now_min = context->now_s / 60;
  if (now_min < pass->first_min || now_min > pass->last_min)
    return CT_REFUSAL_EXPIRED;
  if (pass->dynamic) {
    int64_t age = context->now_s / CT_PASS_STEP_S - (int64_t) pass->step;
    if (age > CT_PASS_STEPS_BEHIND || age < -CT_PASS_STEPS_AHEAD)
      return CT_REFUSAL_EXPIRED;
    credential->freshness = CT_FRESHNESS_DYNAMIC;
  }
  return CT_REFUSAL_NONE;
}

static enum ct_refusal
read_pass (const struct ct_read_context *context,
           struct ct_span text,
           struct ct_credential *credential)
{
  static const char hex[] = "0123456789abcdef";
  uint8_t bytes[DYNAMIC_LEN + CT_PASS_SIGNATURE_LEN];
  struct ct_pass pass;
  size_t n;
  if (!ct_base32_read (text, bytes, sizeof bytes, &n) || n < STATIC_LEN + CT_PASS_SIGNATURE_LEN ||
      !read_body (bytes, n - CT_PASS_SIGNATURE_LEN, &pass))
    return CT_REFUSAL_FORMAT;
  enum ct_refusal refusal = check_signature (context, &pass, bytes + n - CT_PASS_SIGNATURE_LEN);
  if (refusal == CT_REFUSAL_NONE)
    refusal = check_time (context, &pass, credential);
  if (refusal != CT_REFUSAL_NONE)
    return refusal;

  credential->pass_step = pass.step;
  char id[2 * CT_PASS_ID_LEN];
  for (size_t i = 0; i < CT_PASS_ID_LEN; i++) {
    id[2 * i] = hex[pass.id[i] >> 4];
    id[2 * i + 1] = hex[pass.id[i] & 15];
  }
  return ct_subject_set (credential, "pass:", (struct ct_span){ id, sizeof id });
}

bool
ct_pass_read (const struct ct_read_context *context,
              struct ct_span text,
              struct ct_outcome *outcome)
{
  size_t digits = 2;
  if (!ct_span_starts_with (text, "TX"))
    return false;
  while (digits < text.len && ct_is_digit (text.at[digits]))
    digits++;
  if (digits == 2 || digits == text.len || text.at[digits] != ':')
    return false;

  outcome->kind = CT_KIND_PASS;
  if (!ct_span_starts_with (text, PREFIX))
    return ct_conclude (outcome, CT_REFUSAL_VERSION);
  return ct_conclude (
      outcome, read_pass (context, ct_span_skip (text, strlen (PREFIX)), &outcome->credential));
}
