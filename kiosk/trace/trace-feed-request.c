// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-feed-request.h"

#include <string.h>

#include <sodium.h>

static gboolean
read_hex (const char *text, gsize len, guint8 *ret_bytes, gsize size)
{
  gsize n_read = 0;
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isdigit (text[i]) && (text[i] < 'a' || text[i] > 'f'))
      return FALSE;
  return len == 2 * size && sodium_hex2bin (ret_bytes, size, text, len, NULL, &n_read, NULL) == 0 &&
         n_read == size;
}

// Two identifiers, each with a slash behind it; returns what follows, or NULL.
static const char *
read_origin (const char *text, JournalOrigin *ret_origin)
{
  gsize digits = 2 * (gsize) JOURNAL_ID_SIZE;
  if (strlen (text) < 2 * digits + 1 || text[digits] != '/' ||
      !read_hex (text, digits, ret_origin->kiosk, sizeof ret_origin->kiosk) ||
      !read_hex (text + digits + 1, digits, ret_origin->epoch, sizeof ret_origin->epoch))
    return NULL;
  return text + 2 * digits + 1;
}

static const char *
read_number (const char *text, guint64 *ret_number)
{
  guint64 number = 0;
  gsize n = 0;
  for (; g_ascii_isdigit (text[n]); n++) {
    guint64 digit = (guint64) g_ascii_digit_value (text[n]);
    if (number > (G_MAXINT64 - digit) / 10)
      return NULL;
    number = number * 10 + digit;
  }
  if (n == 0 || text[0] == '0')
    return NULL;
  *ret_number = number;
  return text + n;
}

gboolean
trace_feed_path_read (const char *path, JournalOrigin *ret_origin, FeedRange *ret_range)
{
  if (!g_str_has_prefix (path, TRACE_FEED_PATH))
    return FALSE;
  const char *at = read_origin (path + strlen (TRACE_FEED_PATH), ret_origin);
  if (at == NULL || at[0] != '/' || (at = read_number (at + 1, &ret_range->first)) == NULL ||
      at[0] != '-' || (at = read_number (at + 1, &ret_range->last)) == NULL)
    return FALSE;
  return at[0] == '\0' && ret_range->first <= ret_range->last;
}

gboolean
trace_heartbeat_path_read (const char *path, JournalOrigin *ret_origin)
{
  if (!g_str_has_prefix (path, TRACE_HEARTBEAT_PATH))
    return FALSE;
  const char *at = read_origin (path + strlen (TRACE_HEARTBEAT_PATH), ret_origin);
  return at != NULL && at[0] == '\0';
}

gboolean
trace_feed_fields_read (const TraceRequest *request,
                        FeedRange *range,
                        guint8 ret_signature[JOURNAL_SIG_SIZE])
{
  const char *prev = trace_request_get_field (request, FEED_FIELD_PREV);
  const char *head = trace_request_get_field (request, FEED_FIELD_HEAD);
  const char *signature = trace_request_get_field (request, FEED_FIELD_SIGNATURE);
  gsize len = 0;
  return prev != NULL && head != NULL && signature != NULL &&
         read_hex (prev, strlen (prev), range->prev, sizeof range->prev) &&
         read_hex (head, strlen (head), range->head, sizeof range->head) &&
         sodium_base642bin (ret_signature, JOURNAL_SIG_SIZE, signature, strlen (signature), NULL,
                            &len, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
         len == JOURNAL_SIG_SIZE;
}
