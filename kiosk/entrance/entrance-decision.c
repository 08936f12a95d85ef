// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From reason codes to answers. A credential beside a link or a poster counts; two people's
// credentials do not.

#define G_LOG_DOMAIN "entrance-decision"

#include "kiosk/entrance/entrance-decision.h"

#include <sodium.h>
#include <string.h>

typedef struct {
  EntranceMessage message;
  EntranceTone tone;
} Answer;

static Answer
answer_to (enum ct_refusal refusal)
{
  switch (refusal) {
  case CT_REFUSAL_NONE:
    break;
  case CT_REFUSAL_EMPTY:
    return (Answer){ ENTRANCE_MESSAGE_EMPTY, ENTRANCE_TONE_RED };
  case CT_REFUSAL_ENCODING:
  case CT_REFUSAL_CONTROL:
    return (Answer){ ENTRANCE_MESSAGE_UNREADABLE, ENTRANCE_TONE_RED };
  case CT_REFUSAL_TOO_LONG:
  case CT_REFUSAL_UNKNOWN:
    return (Answer){ ENTRANCE_MESSAGE_UNKNOWN_CODE, ENTRANCE_TONE_RED };
  case CT_REFUSAL_FORMAT:
  case CT_REFUSAL_DATE:
  case CT_REFUSAL_ID:
    return (Answer){ ENTRANCE_MESSAGE_DAMAGED, ENTRANCE_TONE_RED };
  case CT_REFUSAL_SIGNATURE:
    return (Answer){ ENTRANCE_MESSAGE_FORGED, ENTRANCE_TONE_RED };
  case CT_REFUSAL_KEY:
  case CT_REFUSAL_VERSION:
    return (Answer){ ENTRANCE_MESSAGE_ASK_STAFF, ENTRANCE_TONE_AMBER };
  case CT_REFUSAL_EXPIRED:
    return (Answer){ ENTRANCE_MESSAGE_CODE_EXPIRED, ENTRANCE_TONE_AMBER };
  case CT_REFUSAL_LINK:
    return (Answer){ ENTRANCE_MESSAGE_LINK, ENTRANCE_TONE_RED };
  case CT_REFUSAL_WIFI:
    return (Answer){ ENTRANCE_MESSAGE_WIFI, ENTRANCE_TONE_RED };
  case CT_REFUSAL_PAYMENT:
    return (Answer){ ENTRANCE_MESSAGE_PAYMENT, ENTRANCE_TONE_RED };
  case CT_REFUSAL_VENUE_POSTER:
    return (Answer){ ENTRANCE_MESSAGE_VENUE_POSTER, ENTRANCE_TONE_RED };
  case CT_REFUSAL_HEALTH_PASS:
    return (Answer){ ENTRANCE_MESSAGE_HEALTH_PASS, ENTRANCE_TONE_AMBER };
  case CT_REFUSAL_SECRET:
    return (Answer){ ENTRANCE_MESSAGE_SECRET, ENTRANCE_TONE_RED };
  }
  return (Answer){ ENTRANCE_MESSAGE_UNKNOWN_CODE, ENTRANCE_TONE_RED };
}

static void
make_key (guint8 key[16], const guint8 secret[32], const void *bytes, gsize len)
{
  (void) crypto_generichash (key, 16, bytes, len, secret,
                             32); // fails only on sizes that are not these
}

static void
answer (
    EntranceDecision *decision, Answer what, const guint8 secret[32], const void *bytes, gsize len)
{
  decision->message = what.message;
  decision->tone = what.tone;
  make_key (decision->key, secret, bytes, len);
}

void
entrance_decide (const struct ct_read_context *context,
                 GPtrArray *codes,
                 const guint8 secret[32],
                 EntranceDecision *ret_decision)
{
  EntranceDecision decision = { .message = ENTRANCE_MESSAGE_NONE };
  for (guint i = 0; i < codes->len; i++) {
    const HwCode *code = codes->pdata[i];
    gsize len = 0;
    const guint8 *payload = g_bytes_get_data (code->payload, &len);
    struct ct_credential credential;
    enum ct_refusal refusal = CT_REFUSAL_UNKNOWN;
    if (!code->partial)
      refusal = ct_credential_read (context, payload, len, &credential, NULL);
    if (refusal == CT_REFUSAL_NONE && decision.is_credential &&
        strcmp (decision.credential.subject, credential.subject) != 0) {
      entrance_decision_clear (&decision);
      answer (&decision, (Answer){ ENTRANCE_MESSAGE_ONE_AT_A_TIME, ENTRANCE_TONE_AMBER }, secret,
              "two", 3);
      sodium_memzero (&credential, sizeof credential);
      break;
    }
    if (refusal == CT_REFUSAL_NONE) {
      decision.is_credential = TRUE;
      decision.credential = credential;
      make_key (decision.key, secret, credential.subject, strlen (credential.subject));
      sodium_memzero (&credential, sizeof credential);
    } else if (!decision.is_credential && decision.message == ENTRANCE_MESSAGE_NONE) {
      if (code->partial)
        answer (&decision, (Answer){ ENTRANCE_MESSAGE_MULTI_PART, ENTRANCE_TONE_AMBER }, secret,
                "part", 4);
      else
        answer (&decision, answer_to (refusal), secret, payload, len);
    }
  }
  *ret_decision = decision;
  sodium_memzero (&decision, sizeof decision);
}

void
entrance_decide_tag (const struct ct_beacon *tag,
                     gboolean is_staff,
                     const guint8 secret[32],
                     EntranceDecision *ret_decision)
{
  *ret_decision = (EntranceDecision){ .is_credential = TRUE };
  ct_tag_to_credential (tag, &ret_decision->credential);
  ret_decision->credential.is_staff = is_staff;
  make_key (ret_decision->key, secret, ret_decision->credential.subject,
            strlen (ret_decision->credential.subject));
}

void
entrance_decision_clear (EntranceDecision *decision)
{
  sodium_memzero (decision, sizeof *decision);
}

EntranceMessage
entrance_message_of_camera (HwCameraState state)
{
  switch (state) {
  case HW_CAMERA_READY:
    return ENTRANCE_MESSAGE_NONE;
  case HW_CAMERA_BUSY:
    return ENTRANCE_MESSAGE_CAMERA_BUSY;
  case HW_CAMERA_BAD_FORMAT:
    return ENTRANCE_MESSAGE_CAMERA_FORMAT;
  case HW_CAMERA_FROZEN:
    return ENTRANCE_MESSAGE_CAMERA_FROZEN;
  case HW_CAMERA_STARTING:
  case HW_CAMERA_MISSING:
  case HW_CAMERA_FAILED:
    break;
  }
  return ENTRANCE_MESSAGE_NO_CAMERA;
}

static bool
verify_pass (const uint8_t key[32],
             const uint8_t *message,
             size_t message_len,
             const uint8_t signature[64],
             void *unused)
{
  return crypto_sign_verify_detached (signature, message, message_len, key) == 0;
}

void
entrance_read_context_init (struct ct_read_context *context, const EntranceProfile *profile)
{
  gsize n_patterns =
      profile->code_patterns != NULL ? g_strv_length ((char **) profile->code_patterns) : 0;
  *context = (struct ct_read_context){
    .venue = { .patterns = profile->code_patterns, .n_patterns = n_patterns },
    .pass_keys = profile->pass_keys,
    .n_pass_keys = profile->n_pass_keys,
    .verify = verify_pass,
  };
}
