// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Page sums and the write-ahead log's frames.

#include "kiosk/journal/journal-pages.h"

#include <string.h>

#include <sodium.h>

#define LOG_HEADER_SIZE   32
#define FRAME_HEADER_SIZE 24
#define FRAME_SIZE        (FRAME_HEADER_SIZE + JOURNAL_PAGE_SIZE)
#define LOG_MAGIC         0x377f0682 // sums over little-endian words; the lowest bit set: big-endian
#define LOG_VERSION       3007000
#define AT_FILE_FORMAT    18 // two bytes: 2 = write-ahead log, 1 = rollback journal
#define AT_PAGE_COUNT     28

static guint32
get_u32 (const guint8 *bytes)
{
  guint32 number;
  memcpy (&number, bytes, sizeof number);
  return GUINT32_FROM_BE (number);
}

static void
sum_page (guint32 pgno, const guint8 page[JOURNAL_PAGE_SIZE], guint8 ret_sum[JOURNAL_PAGE_SUM])
{
  guint32 pgno_be = GUINT32_TO_BE (pgno);
  crypto_generichash_state state;
  (void) crypto_generichash_init (&state, NULL, 0, JOURNAL_PAGE_SUM); // sizes are constants
  (void) crypto_generichash_update (&state, (const guint8 *) &pgno_be, sizeof pgno_be);
  (void) crypto_generichash_update (&state, page, JOURNAL_PAGE_SIZE - JOURNAL_PAGE_SUM);
  (void) crypto_generichash_final (&state, ret_sum, JOURNAL_PAGE_SUM);
}

void
journal_page_seal (guint32 pgno, guint8 page[JOURNAL_PAGE_SIZE])
{
  sum_page (pgno, page, page + JOURNAL_PAGE_SIZE - JOURNAL_PAGE_SUM);
}

gboolean
journal_page_check (guint32 pgno, const guint8 page[JOURNAL_PAGE_SIZE])
{
  guint8 sum[JOURNAL_PAGE_SUM];
  sum_page (pgno, page, sum);
  return memcmp (sum, page + JOURNAL_PAGE_SIZE - JOURNAL_PAGE_SUM, JOURNAL_PAGE_SUM) == 0;
}

typedef struct {
  guint32 a;
  guint32 b;
  gboolean is_big_endian;
} LogSum;

static guint32
sum_word (const LogSum *sum, const guint8 *bytes)
{
  guint32 word;
  memcpy (&word, bytes, sizeof word);
  return sum->is_big_endian ? GUINT32_FROM_BE (word) : GUINT32_FROM_LE (word);
}

static void
sum_log (LogSum *sum, const guint8 *bytes, gsize len)
{
  for (gsize i = 0; i < len; i += 8) {
    sum->a += sum_word (sum, bytes + i) + sum->b;
    sum->b += sum_word (sum, bytes + i + 4) + sum->a;
  }
}

static gboolean
log_sum_is (const LogSum *sum, const guint8 *bytes)
{
  return sum->a == get_u32 (bytes) && sum->b == get_u32 (bytes + 4);
}

static char *
read_log_header (const guint8 *log, gsize log_len, LogSum *ret_sum)
{
  if (log_len < LOG_HEADER_SIZE)
    return g_strdup_printf ("log: %" G_GSIZE_FORMAT " bytes are no header", log_len);
  guint32 magic = get_u32 (log);
  *ret_sum = (LogSum){ .is_big_endian = (magic & 1) != 0 };
  sum_log (ret_sum, log, LOG_HEADER_SIZE - 8);
  if ((magic & ~1U) != LOG_MAGIC || get_u32 (log + 4) != LOG_VERSION ||
      get_u32 (log + 8) != JOURNAL_PAGE_SIZE || !log_sum_is (ret_sum, log + LOG_HEADER_SIZE - 8))
    return g_strdup ("log: damaged header");
  return NULL;
}

static char *
check_frame (const guint8 *log, const guint8 *frame, gsize number, LogSum *sum)
{
  sum_log (sum, frame, 8);
  sum_log (sum, frame + FRAME_HEADER_SIZE, JOURNAL_PAGE_SIZE);
  if (memcmp (frame + 8, log + 16, 8) != 0 || !log_sum_is (sum, frame + 16))
    return g_strdup_printf ("log: damaged frame %" G_GSIZE_FORMAT " of page %u", number,
                            get_u32 (frame));
  return NULL;
}

static void
lay_page (GByteArray *image, guint32 pgno, const guint8 *page)
{
  gsize offset = ((gsize) pgno - 1) * JOURNAL_PAGE_SIZE;
  if (image->len < offset + JOURNAL_PAGE_SIZE) {
    gsize old_len = image->len;
    g_byte_array_set_size (image, (guint) (offset + JOURNAL_PAGE_SIZE));
    memset (image->data + old_len, 0, image->len - old_len);
  }
  memcpy (image->data + offset, page, JOURNAL_PAGE_SIZE);
}

// Counts the frames up to the last commit, and says what is wrong with what follows them.
static char *
scan_log (const guint8 *log, gsize log_len, gsize n_pages_max, gsize *ret_n_frames)
{
  LogSum sum;
  g_autofree char *problem = read_log_header (log, log_len, &sum);
  gsize n_frames = problem == NULL ? (log_len - LOG_HEADER_SIZE) / FRAME_SIZE : 0;
  *ret_n_frames = 0;
  for (gsize i = 0; problem == NULL && i < n_frames; i++) {
    const guint8 *frame = log + LOG_HEADER_SIZE + i * FRAME_SIZE;
    problem = check_frame (log, frame, i + 1, &sum);
    // No page lies beyond what the log could have added: this bounds what is allocated.
    if (problem == NULL && (get_u32 (frame) == 0 ||
                            MAX (get_u32 (frame), get_u32 (frame + 4)) > n_pages_max + n_frames))
      problem = g_strdup_printf ("log: frame %" G_GSIZE_FORMAT " of a page that cannot be", i + 1);
    if (problem == NULL && get_u32 (frame + 4) != 0)
      *ret_n_frames = i + 1;
  }
  if (problem == NULL && LOG_HEADER_SIZE + n_frames * FRAME_SIZE != log_len)
    problem = g_strdup ("log: ends within a frame");
  if (problem == NULL && *ret_n_frames != n_frames)
    problem = g_strdup ("log: ends within a transaction");
  return g_steal_pointer (&problem);
}

static char *
lay_log (GByteArray *image, const guint8 *log, gsize log_len, gboolean is_live)
{
  if (log_len == 0)
    return NULL;
  gsize n_frames = 0;
  g_autofree char *problem = scan_log (log, log_len, image->len / JOURNAL_PAGE_SIZE, &n_frames);
  if (problem != NULL && !is_live)
    return g_steal_pointer (&problem);
  const guint8 *frame = log + LOG_HEADER_SIZE;
  for (gsize i = 0; i < n_frames; i++, frame += FRAME_SIZE)
    lay_page (image, get_u32 (frame), frame + FRAME_HEADER_SIZE);
  if (n_frames > 0)
    g_byte_array_set_size (image, get_u32 (frame - FRAME_SIZE + 4) * JOURNAL_PAGE_SIZE);
  return NULL;
}

static char *
check_page_count (const GByteArray *image)
{
  if (image->len < JOURNAL_PAGE_SIZE)
    return g_strdup ("file: empty");
  guint32 n_pages = image->len / JOURNAL_PAGE_SIZE;
  guint32 n_expected = get_u32 (image->data + AT_PAGE_COUNT);
  return n_pages == n_expected
             ? NULL
             : g_strdup_printf ("file: %u pages, %u expected", n_pages, n_expected);
}

char *
journal_pages_merge (GByteArray *image, const guint8 *log, gsize log_len, gboolean is_live)
{
  if (image->len % JOURNAL_PAGE_SIZE != 0)
    return g_strdup_printf ("file: %u bytes are not whole pages", image->len);
  for (guint32 pgno = 1; pgno <= image->len / JOURNAL_PAGE_SIZE; pgno++) {
    if (!journal_page_check (pgno, image->data + (gsize) (pgno - 1) * JOURNAL_PAGE_SIZE))
      return g_strdup_printf ("file: damaged page %u", pgno);
  }
  // While the log is being merged, the file's first page is ahead of its size.
  char *problem = is_live ? NULL : check_page_count (image);
  if (problem == NULL)
    problem = lay_log (image, log, log_len, is_live);
  if (problem == NULL)
    problem = check_page_count (image);
  // The log is merged: an image in memory is read without one.
  if (problem == NULL)
    memset (image->data + AT_FILE_FORMAT, 1, 2);
  return problem;
}
