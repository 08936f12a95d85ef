// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The keys of one core, files of mode 0600 in a folder of their own (mode 0700):
//
//   core.key       Ed25519 seed: signs receipts, the core's name for kiosks
//   ingest.key     X25519 secret: opens identities and beacons, in memory only
//   pseudonym.key  makes an identity a subject. Whoever has it and the store can look a known
//                  identity up; without it subjects say nothing
//   officer.pub    X25519 public key of the officer: kiosks seal details to it. Its private half
//                  is never here
//   tls.key, tls.pem  the server's key and certificate (trace-certificate.h)
//
// Used by one thread at a time.

#pragma once

#include "kiosk/journal/journal-seal.h"
#include "kiosk/trace/trace-keyfile.h"

G_BEGIN_DECLS

typedef struct TraceKeys TraceKeys;

// Where the keys of a store are: @folder when given, else beside the file of an SQLite store
// ("FILE.keys"). (transfer full) TRACE_ERROR_INPUT: it has to be said.
char *trace_keys_find_folder (const char *store_uri, const char *folder, GError **error);

// @may_make: a folder, or a key, that is not there is made. A folder that has some of its keys but
// not all of the three is damaged, and nothing is made. TRACE_ERROR_INPUT, TRACE_ERROR_STORAGE.
TraceKeys *trace_keys_open (const char *folder, gboolean may_make, GError **error);
void trace_keys_free (TraceKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceKeys, trace_keys_free)

const char *trace_keys_get_folder (const TraceKeys *keys);
const guint8 *trace_keys_get_core_key (const TraceKeys *keys);    // Ed25519 public
const guint8 *trace_keys_get_ingest_key (const TraceKeys *keys);  // X25519 public
const guint8 *trace_keys_get_officer_key (const TraceKeys *keys); // (nullable) X25519 public

// Takes the officer's public key over from @path, for good.
gboolean trace_keys_take_officer_key (TraceKeys *keys, const char *path, GError **error);

void trace_keys_sign (const TraceKeys *keys,
                      const JournalStatement *statement,
                      guint8 ret_signature[JOURNAL_SIG_SIZE]);

// What a kiosk sealed to the ingest key. (transfer full) NULL: to another, or for another place.
// The caller wipes it: trace_keys_forget ().
GBytes *trace_keys_unseal (const TraceKeys *keys,
                           JournalSealPurpose purpose,
                           const JournalOrigin *origin,
                           guint64 seq,
                           const JournalBytes *box);
// Overwrites the content and drops it. It must be the only reference.
void trace_keys_forget (GBytes *content);

// The subject of a canonical identity: ct_credential.subject, or "beacon:KIND:HEX" with the word of
// ct-beacon.h. Keyed BLAKE2b-128.
void trace_keys_make_subject (const TraceKeys *keys,
                              const char *identity,
                              gsize len,
                              guint8 ret_subject[16]);

G_END_DECLS
