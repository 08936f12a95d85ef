// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ECDSA on P-256: what every TLS library that a kiosk may have agrees on.

#include "kiosk/trace/trace-certificate.h"

#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define VALID_S     (20 * 365 * G_GINT64_CONSTANT (86400))
#define BACKDATED_S 86400 // a kiosk's clock may be behind
#define SERIAL_SIZE 16

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_privkey_t, gnutls_x509_privkey_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_pubkey_t, gnutls_pubkey_deinit, NULL)

static gboolean
fail (const char *what, int rc, GError **error)
{
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "certificate: %s: %s", what,
               gnutls_strerror (rc));
  return FALSE;
}

static gboolean
write_file (const char *path, const gnutls_datum_t *pem, GError **error)
{
  g_autoptr (GError) cause = NULL;
  if (g_file_set_contents_full (path, (const char *) pem->data, (gssize) pem->size,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &cause))
    return TRUE;
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "certificate %s: %s", path, cause->message);
  return FALSE;
}

static int
sign_for (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, const char *host)
{
  guint8 serial[SERIAL_SIZE];
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  int rc = gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);
  serial[0] &= 0x7f; // positive
  if (rc >= 0)
    rc = gnutls_x509_crt_set_serial (certificate, serial, sizeof serial);
  if (rc >= 0)
    rc = gnutls_x509_crt_set_version (certificate, 3);
  if (rc >= 0)
    rc = gnutls_x509_crt_set_activation_time (certificate, now_s - BACKDATED_S);
  if (rc >= 0)
    rc = gnutls_x509_crt_set_expiration_time (certificate, now_s + VALID_S);
  if (rc >= 0)
    rc = gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, host,
                                        (unsigned) strlen (host));
  if (rc >= 0)
    rc = gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, host,
                                               (unsigned) strlen (host), GNUTLS_FSAN_SET);
  if (rc >= 0)
    rc = gnutls_x509_crt_set_key (certificate, key);
  return rc >= 0 ? gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0) : rc;
}

static gboolean
make (const char *key_path, const char *certificate_path, const char *host, GError **error)
{
  g_auto (gnutls_x509_privkey_t) key = NULL;
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  gnutls_datum_t key_pem = { NULL, 0 }, certificate_pem = { NULL, 0 };
  int rc = gnutls_x509_privkey_init (&key);
  if (rc >= 0)
    rc = gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                       GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);
  if (rc >= 0)
    rc = gnutls_x509_crt_init (&certificate);
  if (rc >= 0)
    rc = sign_for (certificate, key, host);
  if (rc >= 0)
    rc = gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
                                            &key_pem);
  if (rc >= 0)
    rc = gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_pem);
  gboolean ok = rc >= 0 ? write_file (key_path, &key_pem, error) &&
                              write_file (certificate_path, &certificate_pem, error)
                        : fail ("making it", rc, error);
  if (key_pem.data != NULL)
    gnutls_memset (key_pem.data, 0, key_pem.size);
  gnutls_free (key_pem.data);
  gnutls_free (certificate_pem.data);
  return ok;
}

// The key's own public half: what a kiosk pins, whoever signed the certificate.
static gboolean
make_pin (const char *pem, guint8 ret_pin[TRACE_PIN_SIZE], GError **error)
{
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  g_auto (gnutls_pubkey_t) public_key = NULL;
  gnutls_datum_t text = { (unsigned char *) pem, (unsigned) strlen (pem) }, der = { NULL, 0 };
  gsize len = TRACE_PIN_SIZE;
  int rc = gnutls_x509_crt_init (&certificate);
  if (rc >= 0)
    rc = gnutls_x509_crt_import (certificate, &text, GNUTLS_X509_FMT_PEM);
  if (rc >= 0)
    rc = gnutls_pubkey_init (&public_key);
  if (rc >= 0)
    rc = gnutls_pubkey_import_x509 (public_key, certificate, 0);
  if (rc >= 0)
    rc = gnutls_pubkey_export2 (public_key, GNUTLS_X509_FMT_DER, &der);
  if (rc < 0)
    return fail ("tls.pem", rc, error);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, der.data, der.size);
  g_checksum_get_digest (sum, ret_pin, &len);
  gnutls_free (der.data);
  return TRUE;
}

static gboolean
read_file (const char *path, char **ret_pem, GError **error)
{
  g_autoptr (GError) cause = NULL;
  if (g_file_get_contents (path, ret_pem, NULL, &cause))
    return TRUE;
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "certificate: %s", cause->message);
  return FALSE;
}

TraceCertificate *
trace_certificate_open (const char *folder, const char *host, GError **error)
{
  g_autofree char *key_path = g_build_filename (folder, "tls.key", NULL);
  g_autofree char *certificate_path = g_build_filename (folder, "tls.pem", NULL);
  g_autoptr (TraceCertificate) certificate = g_new0 (TraceCertificate, 1);
  if (!g_file_test (key_path, G_FILE_TEST_EXISTS) &&
      !g_file_test (certificate_path, G_FILE_TEST_EXISTS) &&
      !make (key_path, certificate_path, host, error))
    return NULL;
  return read_file (key_path, &certificate->key_pem, error) &&
                 read_file (certificate_path, &certificate->certificate_pem, error) &&
                 make_pin (certificate->certificate_pem, certificate->pin, error)
             ? g_steal_pointer (&certificate)
             : NULL;
}

void
trace_certificate_free (TraceCertificate *certificate)
{
  if (certificate->key_pem != NULL)
    gnutls_memset (certificate->key_pem, 0, strlen (certificate->key_pem));
  g_free (certificate->key_pem);
  g_free (certificate->certificate_pem);
  g_free (certificate);
}
