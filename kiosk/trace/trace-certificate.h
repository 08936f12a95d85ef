// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The server's own TLS key and the certificate it signs itself with: kiosks know the core by its
// key alone (RFC 7469's pin: SHA-256 of the SubjectPublicKeyInfo), so no authority and no date can
// come between.

#pragma once

#include "kiosk/trace/trace-error.h"

G_BEGIN_DECLS

#define TRACE_PIN_SIZE 32

typedef struct {
  char *key_pem, *certificate_pem;
  guint8 pin[TRACE_PIN_SIZE];
} TraceCertificate;

// Reads FOLDER/tls.key and FOLDER/tls.pem; makes both, for @host, when neither is there. Another
// certificate, of an authority, may be put there with its key. TRACE_ERROR_INPUT: they cannot be
// used; TRACE_ERROR_STORAGE.
TraceCertificate *trace_certificate_open (const char *folder, const char *host, GError **error);
void trace_certificate_free (TraceCertificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceCertificate, trace_certificate_free)

G_END_DECLS
