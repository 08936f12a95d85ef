// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Our own pass: what is issued is read, and nothing else is believed. Keys and ids are made from
// fixed seeds.

#include <glib.h>
#include <sodium.h>
#include <string.h>

#include "kiosk/core/ct-credential.h"
#include "kiosk/core/ct-pass.h"

#define NOW_S   1781499600
#define NOW_MIN (NOW_S / 60)
#define STEP    (NOW_S / CT_PASS_STEP_S)
#define KEY_ID  7

typedef struct {
  guint8 secret[crypto_sign_SECRETKEYBYTES];
  struct ct_pass_key key;
  struct ct_read_context context;
} Fixture;

static bool
verify (const uint8_t key[32],
        const uint8_t *message,
        size_t len,
        const uint8_t signature[64],
        void *user_data)
{
  return crypto_sign_verify_detached (signature, message, len, key) == 0;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  guint8 seed[crypto_sign_SEEDBYTES];
  memset (seed, 42, sizeof seed);
  g_assert_cmpint (crypto_sign_seed_keypair (fixture->key.key, fixture->secret, seed), ==, 0);
  fixture->key.id = KEY_ID;
  fixture->context = (struct ct_read_context){
    .pass_keys = &fixture->key,
    .n_pass_keys = 1,
    .verify = verify,
    .now_s = NOW_S,
    .clock_trusted = true,
  };
}

static struct ct_pass
static_pass (void)
{
  struct ct_pass pass = { .key_id = KEY_ID, .first_min = NOW_MIN - 60, .last_min = NOW_MIN + 60 };
  for (guint i = 0; i < CT_PASS_ID_LEN; i++)
    pass.id[i] = (guint8) (0xA0 + i);
  return pass;
}

static struct ct_pass
dynamic_pass (uint32_t step)
{
  struct ct_pass pass = static_pass ();
  pass.dynamic = true;
  pass.step = step;
  return pass;
}

static char *
issue (Fixture *fixture, const struct ct_pass *pass)
{
  guint8 message[CT_PASS_MESSAGE_MAX], signature[CT_PASS_SIGNATURE_LEN];
  char text[CT_PASS_TEXT_SIZE];
  gsize len = ct_pass_write_message (pass, message);
  crypto_sign_detached (signature, NULL, message, len, fixture->secret);
  ct_pass_write (pass, signature, text);
  return g_strdup (text);
}

static enum ct_refusal
read_text (Fixture *fixture, const char *text, struct ct_credential *ret_credential)
{
  enum ct_kind hint;
  enum ct_refusal refusal = ct_credential_read (&fixture->context, (const guint8 *) text,
                                                strlen (text), ret_credential, &hint);
  g_assert_cmpint (hint, ==, CT_KIND_PASS);
  return refusal;
}

static enum ct_refusal
read_pass (Fixture *fixture, const struct ct_pass *pass)
{
  struct ct_credential credential;
  g_autofree char *text = issue (fixture, pass);
  return read_text (fixture, text, &credential);
}

static void
test_reads_what_was_issued (Fixture *fixture, gconstpointer data)
{
  struct ct_credential credential;
  struct ct_pass pass = static_pass ();
  g_autofree char *text = issue (fixture, &pass);

  g_assert_cmpint (read_text (fixture, text, &credential), ==, CT_REFUSAL_NONE);

  g_assert_cmpint (credential.kind, ==, CT_KIND_PASS);
  g_assert_cmpstr (credential.subject, ==, "pass:a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
  g_assert_cmpstr (credential.name, ==, "");
  g_assert_cmpint (credential.freshness, ==, CT_FRESHNESS_SIGNED);
  g_assert_cmphex (credential.doubts, ==, 0);
  g_assert_cmpuint (credential.pass_step, ==, 0);
}

static void
test_stays_in_the_alphanumeric_mode_of_qr_codes (Fixture *fixture, gconstpointer data)
{
  struct ct_pass pass = dynamic_pass (STEP);
  g_autofree char *text = issue (fixture, &pass);
  g_assert_cmpuint (strspn (text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), ==,
                    strlen (text));
  g_assert_cmpuint (strlen (text), <, CT_PASS_TEXT_SIZE);
}

static void
test_is_dynamic_from_two_steps_ago_to_the_next (Fixture *fixture, gconstpointer data)
{
  for (int age = -3; age <= 4; age++) {
    struct ct_credential credential;
    struct ct_pass pass = dynamic_pass ((uint32_t) (STEP - age));
    g_autofree char *text = issue (fixture, &pass);
    enum ct_refusal refusal = read_text (fixture, text, &credential);
    if (age < -1 || age > 2) {
      g_assert_cmpint (refusal, ==, CT_REFUSAL_EXPIRED);
      continue;
    }
    g_assert_cmpint (refusal, ==, CT_REFUSAL_NONE);
    g_assert_cmpint (credential.freshness, ==, CT_FRESHNESS_DYNAMIC);
    g_assert_cmpuint (credential.pass_step, ==, (uint32_t) (STEP - age));
  }
}

static void
test_accepts_any_step_with_a_doubt_without_a_clock (Fixture *fixture, gconstpointer data)
{
  struct ct_credential credential;
  struct ct_pass pass = dynamic_pass (STEP - 100000);
  g_autofree char *text = issue (fixture, &pass);
  fixture->context.clock_trusted = false;

  g_assert_cmpint (read_text (fixture, text, &credential), ==, CT_REFUSAL_NONE);

  g_assert_cmphex (credential.doubts, ==, CT_DOUBT_NO_CLOCK);
  g_assert_cmpint (credential.freshness, ==, CT_FRESHNESS_SIGNED);
}

static void
test_refuses_a_pass_out_of_its_time (Fixture *fixture, gconstpointer data)
{
  static const struct {
    int first_min, last_min;
    enum ct_refusal refusal;
  } times[] = {
    { 0, 0, CT_REFUSAL_NONE },       { -10, 0, CT_REFUSAL_NONE },   { 0, 10, CT_REFUSAL_NONE },
    { -10, -1, CT_REFUSAL_EXPIRED }, { 1, 10, CT_REFUSAL_EXPIRED }, { 10, -10, CT_REFUSAL_FORMAT },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++) {
    struct ct_pass pass = static_pass ();
    pass.first_min = (uint32_t) (NOW_MIN + times[i].first_min);
    pass.last_min = (uint32_t) (NOW_MIN + times[i].last_min);
    g_assert_cmpint (read_pass (fixture, &pass), ==, times[i].refusal);
  }
}

static void
test_refuses_every_flipped_bit (Fixture *fixture, gconstpointer data)
{
  struct ct_pass pass = dynamic_pass (STEP);
  guint8 message[CT_PASS_MESSAGE_MAX], signature[CT_PASS_SIGNATURE_LEN];
  gsize len = ct_pass_write_message (&pass, message);
  crypto_sign_detached (signature, NULL, message, len, fixture->secret);
  for (guint bit = 0; bit < 8 * CT_PASS_SIGNATURE_LEN; bit++) {
    struct ct_credential credential;
    char text[CT_PASS_TEXT_SIZE];
    signature[bit / 8] ^= (guint8) (1 << bit % 8);
    ct_pass_write (&pass, signature, text);
    signature[bit / 8] ^= (guint8) (1 << bit % 8);
    g_assert_cmpint (read_text (fixture, text, &credential), ==, CT_REFUSAL_SIGNATURE);
  }
}

static void
test_refuses_every_changed_character (Fixture *fixture, gconstpointer data)
{
  struct ct_pass pass = static_pass ();
  g_autofree char *text = issue (fixture, &pass);
  for (gsize i = strlen ("TX1:"); text[i] != '\0'; i++) {
    struct ct_credential credential;
    char original = text[i];
    text[i] = original == 'A' ? 'B' : 'A';
    g_assert_cmpint (read_text (fixture, text, &credential), !=, CT_REFUSAL_NONE);
    text[i] = original;
  }
}

static void
test_refuses_keys_that_are_not_held (Fixture *fixture, gconstpointer data)
{
  struct ct_pass pass = static_pass ();
  fixture->key.id = KEY_ID + 1;
  g_assert_cmpint (read_pass (fixture, &pass), ==, CT_REFUSAL_KEY);
  fixture->key.id = KEY_ID;
  fixture->key.key[0] ^= 1; // another key under the same id
  g_assert_cmpint (read_pass (fixture, &pass), ==, CT_REFUSAL_SIGNATURE);
  fixture->key.key[0] ^= 1;
  fixture->context.verify = NULL;
  g_assert_cmpint (read_pass (fixture, &pass), ==, CT_REFUSAL_KEY);
  fixture->context.verify = verify;
  fixture->context.n_pass_keys = 0;
  g_assert_cmpint (read_pass (fixture, &pass), ==, CT_REFUSAL_KEY);
}

static void
test_refuses_signatures_made_for_other_purposes (Fixture *fixture, gconstpointer data)
{
  struct ct_credential credential;
  struct ct_pass pass = static_pass ();
  guint8 message[CT_PASS_MESSAGE_MAX], signature[CT_PASS_SIGNATURE_LEN];
  char text[CT_PASS_TEXT_SIZE];
  gsize len = ct_pass_write_message (&pass, message);
  gsize domain = strlen ("tramxanh/pass/v1") + 1;
  g_assert_cmpstr ((const char *) message, ==, "tramxanh/pass/v1");
  crypto_sign_detached (signature, NULL, message + domain, len - domain, fixture->secret);
  ct_pass_write (&pass, signature, text);
  g_assert_cmpint (read_text (fixture, text, &credential), ==, CT_REFUSAL_SIGNATURE);
}

static void
test_refuses_every_other_version (Fixture *fixture, gconstpointer data)
{
  static const char *const versions[] = { "TX0:", "TX2:", "TX255:", "TX01:",
                                          "TX18446744073709551617:" };
  struct ct_pass pass = static_pass ();
  g_autofree char *text = issue (fixture, &pass);
  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++) {
    struct ct_credential credential;
    g_autofree char *other = g_strconcat (versions[i], text + strlen ("TX1:"), NULL);
    g_assert_cmpint (read_text (fixture, other, &credential), ==, CT_REFUSAL_VERSION);
  }
}

static void
test_refuses_every_other_length (Fixture *fixture, gconstpointer data)
{
  struct ct_credential credential;
  struct ct_pass pass = dynamic_pass (STEP);
  g_autofree char *text = issue (fixture, &pass);
  for (gsize len = strlen (text) - 1; len >= strlen ("TX1:"); len--) {
    g_autofree char *cut = g_strndup (text, len);
    g_assert_cmpint (read_text (fixture, cut, &credential), ==, CT_REFUSAL_FORMAT);
  }
  for (gsize n = 1; n <= 32; n++) {
    g_autofree char *tail = g_strnfill (n, 'A');
    g_autofree char *longer = g_strconcat (text, tail, NULL);
    g_assert_cmpint (read_text (fixture, longer, &credential), ==, CT_REFUSAL_FORMAT);
  }
  g_autofree char *lower = g_ascii_strdown (text + 4, -1);
  g_autofree char *lower_case = g_strconcat ("TX1:", lower, NULL);
  g_assert_cmpint (read_text (fixture, lower_case, &credential), ==, CT_REFUSAL_FORMAT);
}

static void
test_refuses_garbage_behind_a_nul (Fixture *fixture, gconstpointer data)
{
  struct ct_credential credential;
  struct ct_pass pass = static_pass ();
  g_autofree char *text = issue (fixture, &pass);
  g_autoptr (GByteArray) payload = g_byte_array_new ();
  g_byte_array_append (payload, (const guint8 *) text, (guint) strlen (text) + 1);
  g_assert_cmpint (
      ct_credential_read (&fixture->context, payload->data, payload->len, &credential, NULL), ==,
      CT_REFUSAL_NONE);
  g_byte_array_append (payload, (const guint8 *) "garbage", 7);
  g_assert_cmpint (
      ct_credential_read (&fixture->context, payload->data, payload->len, &credential, NULL), ==,
      CT_REFUSAL_FORMAT);
}

static void
test_refuses_unknown_forms (Fixture *fixture, gconstpointer data)
{
  struct ct_credential credential;
  guint8 bytes[26 + CT_PASS_SIGNATURE_LEN] = { KEY_ID };
  char encoded[CT_BASE32_LEN (sizeof bytes) + 1];
  for (guint form = 1; form < 256; form++) { // 1 is the dynamic form, which is longer
    bytes[1] = (guint8) form;
    ct_base32_write (bytes, sizeof bytes, encoded);
    g_autofree char *text = g_strconcat ("TX1:", encoded, NULL);
    g_assert_cmpint (read_text (fixture, text, &credential), ==, CT_REFUSAL_FORMAT);
  }
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *behaviour;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "reads-what-was-issued", test_reads_what_was_issued },
    { "stays-in-the-alphanumeric-mode-of-qr-codes",
      test_stays_in_the_alphanumeric_mode_of_qr_codes },
    { "is-dynamic-from-two-steps-ago-to-the-next", test_is_dynamic_from_two_steps_ago_to_the_next },
    { "accepts-any-step-with-a-doubt-without-a-clock",
      test_accepts_any_step_with_a_doubt_without_a_clock },
    { "refuses-a-pass-out-of-its-time", test_refuses_a_pass_out_of_its_time },
    { "refuses-every-flipped-bit", test_refuses_every_flipped_bit },
    { "refuses-every-changed-character", test_refuses_every_changed_character },
    { "refuses-keys-that-are-not-held", test_refuses_keys_that_are_not_held },
    { "refuses-signatures-made-for-other-purposes",
      test_refuses_signatures_made_for_other_purposes },
    { "refuses-every-other-version", test_refuses_every_other_version },
    { "refuses-every-other-length", test_refuses_every_other_length },
    { "refuses-garbage-behind-a-nul", test_refuses_garbage_behind_a_nul },
    { "refuses-unknown-forms", test_refuses_unknown_forms },
  };
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/core/pass/", tests[i].behaviour, NULL);
    g_test_add (path, Fixture, NULL, set_up, tests[i].run, NULL);
  }
  return g_test_run ();
}
