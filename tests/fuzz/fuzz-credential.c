// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any bytes in front of the camera. The signature of a pass holds when its first byte is even, so
// that both ways are walked.

#include "kiosk/core/ct-credential.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static bool
verify (const uint8_t key[32],
        const uint8_t *message,
        size_t len,
        const uint8_t signature[64],
        void *user_data)
{
  return signature[0] % 2 == 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const patterns[] = { "HOTEL-####", "@@?*" };
  static const struct ct_pass_key keys[] = { { 0, { 0 } }, { 7, { 0 } } };
  const struct ct_read_context context = {
    .venue = { patterns, 2 },
    .pass_keys = keys,
    .n_pass_keys = 2,
    .verify = verify,
    .now_s = 1781499600,
    .clock_trusted = true,
  };
  struct ct_credential credential;
  char masked[40];
  if (ct_credential_read (&context, data, size, &credential, NULL) == CT_REFUSAL_NONE)
    ct_name_mask (credential.name, masked, sizeof masked);
  return 0;
}
