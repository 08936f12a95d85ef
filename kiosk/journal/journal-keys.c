// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keys over libsodium; they live in locked memory.

#include "kiosk/journal/journal-keys.h"

#include <errno.h>
#include <string.h>

#include <glib/gstdio.h>
#include <sodium.h>

#include "kiosk/journal/journal-keyfile.h"
#include "kiosk/journal/journal-membership.h"

#define SEED_SIZE      32
#define DAY_MS         G_GINT64_CONSTANT (86400000)
#define LOCAL_MS       G_GINT64_CONSTANT (25200000) // UTC+7
#define DAY_NS         (DAY_MS * 1000000)
#define HOUR_MS        G_GINT64_CONSTANT (3600000)
#define KIOSK_MAGIC    "txkiosk1"
#define RATCHET_MAGIC  "txratch1"
#define PUBLIC_MAGIC   "txpubli1"
#define RECOVERY_MAGIC "txrecov1"
#define ORIGIN_OWN     1

// Stored as it lies in memory: the file never leaves the machine that wrote it.
typedef struct {
  guint64 step;
  gint64 day; // of the last trusted clock
  gint64 boottime_ns;
  guint8 boot_id[JOURNAL_ID_SIZE];
  guint8 seed[SEED_SIZE]; // of the record key
  guint64 n_days;
  struct {
    gint64 day;
    guint8 key[JOURNAL_KEY_SIZE];
  } days[JOURNAL_KEYS_DAYS]; // pseudonym keys, the newest first
} Ratchet;

typedef struct {
  guint8 origin;
  guint8 key[JOURNAL_KEY_SIZE];
} PublicKey;

struct _JournalKeys {
  char *dir;
  guint8 kiosk_public[JOURNAL_KEY_SIZE];
  guint8 kiosk_secret[crypto_sign_SECRETKEYBYTES];
  guint8 record_public[JOURNAL_KEY_SIZE];
  guint8 record_secret[crypto_sign_SECRETKEYBYTES];
  PublicKey ingest;
  PublicKey officer;
  gboolean is_enrolled;
  guint8 core_key[JOURNAL_KEY_SIZE];
  Ratchet ratchet;
};

static JournalKeys *
keys_new (const char *state_dir)
{
  int rc = sodium_init (); // harmless when done before
  JournalKeys *keys = rc < 0 ? NULL : sodium_malloc (sizeof *keys);
  g_assert (keys != NULL);
  memset (keys, 0, sizeof *keys);
  keys->dir = g_build_filename (state_dir, "keys", NULL);
  return keys;
}

void
journal_keys_free (JournalKeys *keys)
{
  g_free (keys->dir);
  sodium_free (keys);
}

static void
derive_record_key (JournalKeys *keys)
{
  (void) crypto_sign_seed_keypair (keys->record_public, keys->record_secret,
                                   keys->ratchet.seed); // cannot fail
}

// One-way: K' = BLAKE2b (key K, domain).
static void
advance (guint8 key[SEED_SIZE], const char *domain)
{
  guint8 next[SEED_SIZE];
  (void) crypto_generichash (next, sizeof next, (const guint8 *) domain, strlen (domain), key,
                             SEED_SIZE); // constants
  memcpy (key, next, sizeof next);
  sodium_memzero (next, sizeof next);
}

static gint64
local_day (const JournalStamp *stamp)
{
  gint64 local_ms = stamp->wall_ms + LOCAL_MS;
  return local_ms >= 0 ? local_ms / DAY_MS : -1;
}

gboolean
journal_keys_save (JournalKeys *keys, GError **error)
{
  return journal_keyfile_write (keys->dir, "ratchet.key", RATCHET_MAGIC,
                                (const guint8 *) &keys->ratchet, sizeof keys->ratchet, error);
}

static void
note_time (Ratchet *ratchet, const JournalStamp *stamp)
{
  if (stamp->quality == JOURNAL_CLOCK_SYNCED)
    ratchet->day = local_day (stamp);
  ratchet->boottime_ns = stamp->boottime_ns;
  memcpy (ratchet->boot_id, stamp->boot_id, sizeof ratchet->boot_id);
}

gboolean
journal_keys_exist (const char *state_dir)
{
  // Written last.
  g_autofree char *path = g_build_filename (state_dir, "keys", "ratchet.key", NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
create_exchange_keys (JournalKeys *keys, GError **error)
{
  guint8 secrets[2][JOURNAL_KEY_SIZE];
  keys->ingest.origin = ORIGIN_OWN;
  keys->officer.origin = ORIGIN_OWN;
  (void) crypto_box_keypair (keys->ingest.key, secrets[0]);  // cannot fail
  (void) crypto_box_keypair (keys->officer.key, secrets[1]); // cannot fail
  // The private halves first: better a recovery key without records than the other way round.
  gboolean ok =
      journal_keyfile_write (keys->dir, "recovery.key", RECOVERY_MAGIC, &secrets[0][0],
                             sizeof secrets, error) &&
      journal_keyfile_write (keys->dir, "ingest.pub", PUBLIC_MAGIC, (const guint8 *) &keys->ingest,
                             sizeof keys->ingest, error) &&
      journal_keyfile_write (keys->dir, "officer.pub", PUBLIC_MAGIC,
                             (const guint8 *) &keys->officer, sizeof keys->officer, error);
  sodium_memzero (secrets, sizeof secrets);
  return ok;
}

JournalKeys *
journal_keys_create (const char *state_dir, const JournalStamp *stamp, GError **error)
{
  g_autoptr (JournalKeys) keys = keys_new (state_dir);
  if (g_mkdir_with_parents (keys->dir, 0700) < 0) {
    g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_STORAGE, "making %s: %s", keys->dir,
                 g_strerror (errno));
    return NULL;
  }
  guint8 seed[SEED_SIZE];
  randombytes_buf (seed, sizeof seed);
  (void) crypto_sign_seed_keypair (keys->kiosk_public, keys->kiosk_secret, seed); // cannot fail
  gboolean ok =
      journal_keyfile_write (keys->dir, "kiosk.key", KIOSK_MAGIC, seed, sizeof seed, error);
  sodium_memzero (seed, sizeof seed);

  Ratchet *ratchet = &keys->ratchet;
  note_time (ratchet, stamp);
  randombytes_buf (ratchet->seed, sizeof ratchet->seed);
  ratchet->n_days = 1;
  ratchet->days[0].day = ratchet->day;
  randombytes_buf (ratchet->days[0].key, sizeof ratchet->days[0].key);
  derive_record_key (keys);
  if (!ok || !create_exchange_keys (keys, error) || !journal_keys_save (keys, error) ||
      !journal_keyfile_sync_folder (state_dir, error))
    return NULL;
  return g_steal_pointer (&keys);
}

gboolean
journal_keys_destroy (const char *state_dir, GError **error)
{
  // Without the first there is no complete set.
  static const char *const names[] = { "ratchet.key", "recovery.key", "kiosk.key", "ingest.pub",
                                       "officer.pub" };
  g_autofree char *dir = g_build_filename (state_dir, "keys", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!journal_keyfile_destroy (dir, names[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
read_named (JournalKeys *keys,
            const char *name,
            const char *magic,
            gpointer ret_payload,
            gsize len,
            GError **error)
{
  g_autofree char *path = g_build_filename (keys->dir, name, NULL);
  return journal_keyfile_read (path, magic, TRUE, ret_payload, len, error);
}

static gboolean
load_membership (JournalKeys *keys, const char *state_dir, GError **error)
{
  JournalMembership membership;
  g_autoptr (GError) damage = NULL;
  keys->is_enrolled = journal_membership_read (state_dir, &membership, &damage);
  if (damage != NULL) {
    g_propagate_error (error, g_steal_pointer (&damage));
    return FALSE;
  }
  if (keys->is_enrolled) {
    memcpy (keys->core_key, membership.core_key, sizeof keys->core_key);
    memcpy (keys->ingest.key, membership.ingest_key, sizeof keys->ingest.key);
    memcpy (keys->officer.key, membership.officer_key, sizeof keys->officer.key);
  }
  return TRUE;
}

JournalKeys *
journal_keys_load (const char *state_dir, GError **error)
{
  g_autoptr (JournalKeys) keys = keys_new (state_dir);
  guint8 seed[SEED_SIZE];
  if (!read_named (keys, "kiosk.key", KIOSK_MAGIC, seed, sizeof seed, error) ||
      !read_named (keys, "ratchet.key", RATCHET_MAGIC, &keys->ratchet, sizeof keys->ratchet,
                   error) ||
      !read_named (keys, "ingest.pub", PUBLIC_MAGIC, &keys->ingest, sizeof keys->ingest, error) ||
      !read_named (keys, "officer.pub", PUBLIC_MAGIC, &keys->officer, sizeof keys->officer,
                   error) ||
      !load_membership (keys, state_dir, error))
    return NULL;
  (void) crypto_sign_seed_keypair (keys->kiosk_public, keys->kiosk_secret, seed); // cannot fail
  sodium_memzero (seed, sizeof seed);
  if (keys->ratchet.n_days < 1 || keys->ratchet.n_days > JOURNAL_KEYS_DAYS) {
    g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS, "reading %s/ratchet.key: out of bounds",
                 keys->dir);
    return NULL;
  }
  derive_record_key (keys);
  return g_steal_pointer (&keys);
}

const guint8 *
journal_keys_get_kiosk_key (const JournalKeys *keys)
{
  return keys->kiosk_public;
}

const guint8 *
journal_keys_get_record_key (const JournalKeys *keys)
{
  return keys->record_public;
}

const guint8 *
journal_keys_get_ingest_key (const JournalKeys *keys)
{
  return keys->ingest.key;
}

const guint8 *
journal_keys_get_officer_key (const JournalKeys *keys)
{
  return keys->officer.key;
}

gboolean
journal_keys_is_enrolled (const JournalKeys *keys)
{
  return keys->is_enrolled;
}

const guint8 *
journal_keys_get_core_key (const JournalKeys *keys)
{
  return keys->is_enrolled ? keys->core_key : NULL;
}

void
journal_keys_sign_as_kiosk (const JournalKeys *keys,
                            const JournalStatement *statement,
                            guint8 ret_signature[JOURNAL_SIG_SIZE])
{
  (void) crypto_sign_detached (ret_signature, NULL, statement->bytes, statement->len,
                               keys->kiosk_secret); // cannot fail
}

void
journal_keys_sign_record (const JournalKeys *keys,
                          const JournalStatement *statement,
                          guint8 ret_signature[JOURNAL_SIG_SIZE])
{
  (void) crypto_sign_detached (ret_signature, NULL, statement->bytes, statement->len,
                               keys->record_secret); // cannot fail
}

guint
journal_keys_pseudonyms (const JournalKeys *keys,
                         GBytes *identity,
                         guint8 ret_subjects[JOURNAL_KEYS_DAYS][JOURNAL_ID_SIZE])
{
  static const guint8 domain[] = "tramxanh/subject/v1";
  gsize len = 0;
  const guint8 *bytes = g_bytes_get_data (identity, &len);
  for (guint i = 0; i < keys->ratchet.n_days; i++) {
    crypto_generichash_state state;
    (void) crypto_generichash_init (&state, keys->ratchet.days[i].key, JOURNAL_KEY_SIZE,
                                    JOURNAL_ID_SIZE); // constants
    (void) crypto_generichash_update (&state, domain, sizeof domain);
    (void) crypto_generichash_update (&state, bytes, len);
    (void) crypto_generichash_final (&state, ret_subjects[i], JOURNAL_ID_SIZE);
  }
  return (guint) keys->ratchet.n_days;
}

gboolean
journal_keys_is_due (const JournalKeys *keys, const JournalStamp *stamp)
{
  const Ratchet *ratchet = &keys->ratchet;
  if (stamp->quality == JOURNAL_CLOCK_SYNCED && ratchet->day > 0) {
    gint64 day = local_day (stamp);
    return day > ratchet->day || day < ratchet->day - 1;
  }
  gboolean is_same_boot = memcmp (ratchet->boot_id, stamp->boot_id, sizeof ratchet->boot_id) == 0;
  return stamp->boottime_ns - (is_same_boot ? ratchet->boottime_ns : 0) >= DAY_NS;
}

void
journal_keys_peek (const JournalKeys *keys, guint8 ret_key[JOURNAL_KEY_SIZE])
{
  guint8 seed[SEED_SIZE], secret[crypto_sign_SECRETKEYBYTES];
  memcpy (seed, keys->ratchet.seed, sizeof seed);
  advance (seed, "tramxanh/record-key/v1");
  (void) crypto_sign_seed_keypair (ret_key, secret, seed); // cannot fail
  sodium_memzero (seed, sizeof seed);
  sodium_memzero (secret, sizeof secret);
}

void
journal_keys_step (JournalKeys *keys, const JournalStamp *stamp)
{
  Ratchet *ratchet = &keys->ratchet;
  note_time (ratchet, stamp);
  ratchet->step++;
  advance (ratchet->seed, "tramxanh/record-key/v1");
  memmove (&ratchet->days[1], &ratchet->days[0], sizeof ratchet->days - sizeof ratchet->days[0]);
  advance (ratchet->days[0].key, "tramxanh/day-key/v1");
  ratchet->days[0].day = ratchet->day;
  ratchet->n_days = MIN (ratchet->n_days + 1, JOURNAL_KEYS_DAYS);
  derive_record_key (keys);
}

gboolean
journal_keys_retire (JournalKeys *keys, const JournalStamp *stamp, guint longest_stay_h)
{
  if (stamp->quality != JOURNAL_CLOCK_SYNCED)
    return FALSE;
  Ratchet *ratchet = &keys->ratchet;
  guint64 n_days = ratchet->n_days;
  // A key is in use until the next one begins; a day of 0 was never trusted and goes with the one
  // after it.
  while (n_days > 1 && stamp->wall_ms - (ratchet->days[n_days - 2].day * DAY_MS - LOCAL_MS) >=
                           longest_stay_h * HOUR_MS)
    n_days--;
  gboolean is_first_day = ratchet->day == 0;
  if (n_days == ratchet->n_days && !is_first_day)
    return FALSE;
  if (is_first_day)
    note_time (ratchet, stamp);
  memset (&ratchet->days[n_days], 0, (JOURNAL_KEYS_DAYS - n_days) * sizeof ratchet->days[0]);
  ratchet->n_days = n_days;
  return TRUE;
}

gboolean
journal_keys_have_recovery (const char *state_dir)
{
  g_autofree char *path = g_build_filename (state_dir, "keys", "recovery.key", NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

gboolean
journal_keys_read_recovery (const char *path,
                            guint8 ret_secrets[2][JOURNAL_KEY_SIZE],
                            GError **error)
{
  return journal_keyfile_read (path, RECOVERY_MAGIC, FALSE, &ret_secrets[0][0],
                               (gsize) 2 * JOURNAL_KEY_SIZE, error);
}

gboolean
journal_keys_move_recovery (const char *state_dir, const char *target, GError **error)
{
  g_autofree char *dir = g_build_filename (state_dir, "keys", NULL);
  g_autofree char *source = g_build_filename (dir, "recovery.key", NULL);
  g_autofree char *target_dir = g_path_get_dirname (target);
  g_autofree char *target_name = g_path_get_basename (target);
  if (g_file_test (target, G_FILE_TEST_EXISTS)) {
    g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS,
                 "moving the recovery key to %s: it exists", target);
    return FALSE;
  }
  guint8 secrets[2][JOURNAL_KEY_SIZE];
  if (!journal_keys_read_recovery (source, secrets, error))
    return FALSE;
  gboolean ok = journal_keyfile_write (target_dir, target_name, RECOVERY_MAGIC, &secrets[0][0],
                                       sizeof secrets, error) &&
                journal_keyfile_destroy (dir, "recovery.key", error);
  sodium_memzero (secrets, sizeof secrets);
  return ok;
}
