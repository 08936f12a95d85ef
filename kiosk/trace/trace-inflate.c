// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One byte more than allowed is room enough to see that there is more.

#include "kiosk/trace/trace-inflate.h"

#include <zlib.h>
#include <zstd.h>

#define GZIP_ONLY      (16 + MAX_WBITS)
#define WINDOW_LOG_MAX 23 // what unpacking may take of memory: 8 MiB

static TraceInflate
unpack_gzip (const guint8 *data, gsize len, guint8 *out, gsize size, gsize *ret_len)
{
  z_stream stream = { 0 };
  if (inflateInit2 (&stream, GZIP_ONLY) != Z_OK)
    return TRACE_INFLATE_MALFORMED;
  stream.next_in = (Bytef *) data;
  stream.avail_in = (uInt) len;
  stream.next_out = out;
  stream.avail_out = (uInt) size;
  int rc = inflate (&stream, Z_FINISH);
  gboolean is_whole = rc == Z_STREAM_END && stream.avail_in == 0;
  gboolean is_full = stream.avail_out == 0;
  *ret_len = stream.total_out;
  (void) inflateEnd (&stream); // only frees
  return is_full ? TRACE_INFLATE_TOO_LONG : is_whole ? TRACE_INFLATE_OK : TRACE_INFLATE_MALFORMED;
}

static TraceInflate
unpack_zstd (const guint8 *data, gsize len, guint8 *out, gsize size, gsize *ret_len)
{
  ZSTD_DCtx *context = ZSTD_createDCtx ();
  if (context == NULL)
    return TRACE_INFLATE_MALFORMED;
  (void) ZSTD_DCtx_setParameter (context, ZSTD_d_windowLogMax, WINDOW_LOG_MAX); // a valid value
  ZSTD_inBuffer in = { data, len, 0 };
  ZSTD_outBuffer room = { out, size, 0 };
  gsize rc = 1;
  gsize before = 0;
  do {
    before = in.pos + room.pos;
    rc = ZSTD_decompressStream (context, &room, &in);
  } while (!ZSTD_isError (rc) && rc != 0 && room.pos < room.size && in.pos + room.pos > before);
  (void) ZSTD_freeDCtx (context); // never fails
  *ret_len = room.pos;
  if (room.pos == room.size)
    return TRACE_INFLATE_TOO_LONG;
  return rc == 0 && in.pos == in.size ? TRACE_INFLATE_OK : TRACE_INFLATE_MALFORMED;
}

TraceInflate
trace_inflate (const char *encoding, GBytes *body, gsize size_max, GBytes **ret_body)
{
  gsize len = 0, out_len = 0;
  const guint8 *data = g_bytes_get_data (body, &len);
  if (encoding == NULL || g_ascii_strcasecmp (encoding, "identity") == 0) {
    if (len > size_max)
      return TRACE_INFLATE_TOO_LONG;
    *ret_body = g_bytes_ref (body);
    return TRACE_INFLATE_OK;
  }
  gboolean is_zstd = g_ascii_strcasecmp (encoding, "zstd") == 0;
  if (!is_zstd && g_ascii_strcasecmp (encoding, "gzip") != 0)
    return TRACE_INFLATE_ENCODING;
  if (len == 0)
    return TRACE_INFLATE_MALFORMED;
  g_autofree guint8 *out = g_malloc (size_max + 1);
  TraceInflate result = is_zstd ? unpack_zstd (data, len, out, size_max + 1, &out_len)
                                : unpack_gzip (data, len, out, size_max + 1, &out_len);
  if (result == TRACE_INFLATE_OK)
    *ret_body = g_bytes_new (out, out_len);
  return result;
}
