// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One HTTPS exchange at a time with somebody who has a known public key. That key is all that
// counts: no certificate authority, no validity (a kiosk whose clock is wrong must reach its core),
// no name. No redirects, no proxies, nothing of the environment.

#pragma once

#include <gio/gio.h>

#include "kiosk/feed/feed-error.h"

G_BEGIN_DECLS

#define FEED_PIN_SIZE   32
#define FEED_REPLY_MAX  65536 // bytes of a reply's body, and of its header fields
#define FEED_TIMEOUT_MS 15000

typedef struct {
  const char *method; // "PUT" or "POST"
  char *url;
  guint8 pin[FEED_PIN_SIZE]; // SHA-256 of the SubjectPublicKeyInfo
  char **fields;             // (nullable) "Name: value", NULL-terminated
  GBytes *body;
  gboolean is_packed; // on the way: with zstd, and a field that says so
  guint timeout_ms;
} FeedRequest;

FeedRequest *feed_request_new (const char *method, const guint8 pin[FEED_PIN_SIZE]);
void feed_request_free (FeedRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FeedRequest, feed_request_free)

typedef struct {
  guint status;
  GByteArray *body;
  char *conflict;    // (nullable) the field Tramxanh-Conflict
  char *retry_after; // (nullable)
} FeedReply;

void feed_reply_free (FeedReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FeedReply, feed_reply_free)

// Exchanges, on the thread that it is called on. The connection is kept for the next exchange.
typedef struct _FeedCarrier FeedCarrier;
FeedCarrier *feed_carrier_new (void);
void feed_carrier_free (FeedCarrier *carrier);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FeedCarrier, feed_carrier_free)
FeedReply *feed_carrier_exchange_worker (FeedCarrier *carrier,
                                         const FeedRequest *request,
                                         GCancellable *cancellable,
                                         GError **error);

// The same with a thread of its own. Results arrive in the default main context. A cancelled
// exchange ends within a second.
#define FEED_TYPE_TRANSFER (feed_transfer_get_type ())
G_DECLARE_FINAL_TYPE (FeedTransfer, feed_transfer, FEED, TRANSFER, GObject)

FeedTransfer *feed_transfer_new (void);
// Takes @request.
void feed_transfer_send_async (FeedTransfer *self,
                               FeedRequest *request,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
FeedReply *feed_transfer_send_finish (FeedTransfer *self, GAsyncResult *result, GError **error);

G_END_DECLS
