// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Decode rates and times of the kiosk's decoder and of its peers, on photographs (argument: a
// folder with .txt or .bin truths) and on synthetic scenes. A peer runs in a child process: some
// end it on some pictures.

#include "hw/hw-qr-decoder.h"
#include "kiosk/ctl/ctl-picture.h"
#include "tests/bench/peer.h"
#include "tests/bench/scene.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BUDGET_MS   33.0
#define CALLS       5
#define SCENE_SEEDS 4
#define PAYLOAD_MAX 8192

typedef struct {
  const char *name;
  char *(*read) (const guint8 *luma, int width_px, int height_px, gsize *ret_len); // NULL: our own
} Engine;

static const Engine engines[] = { { "tramxanh", NULL },
#define PEER(name) { #name, peer_##name },
                                  BENCH_PEERS
#undef PEER
};
#define N_ENGINES G_N_ELEMENTS (engines)

// What one engine made of one picture.
typedef struct {
  double ms;
  gboolean died;
  gsize len;
  gboolean read;
  char payload[PAYLOAD_MAX];
} Outcome;

typedef struct {
  int n_read, n_wrong, n_died;
  GArray *ms; // double, one for each call
} Score;

static double
cpu_ms (void)
{
  struct timespec now;
  (void) clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now); // cannot fail with this clock on Linux
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

static void
keep (Outcome *outcome, const void *payload, gsize len)
{
  outcome->read = TRUE;
  outcome->len = MIN (len, PAYLOAD_MAX);
  if (outcome->len > 0)
    memcpy (outcome->payload, payload, outcome->len);
}

static void
run_peer (const Engine *engine, const CtlPicture *picture, Outcome *ret_outcome)
{
  int ends[2];
  memset (ret_outcome, 0, sizeof *ret_outcome);
  g_assert_cmpint (pipe (ends), ==, 0);
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    gsize len = 0;
    (void) freopen ("/dev/null", "w", stderr); // a failed assertion prints
    double start_ms = cpu_ms ();
    char *payload = engine->read (picture->luma, picture->width_px, picture->height_px, &len);
    ret_outcome->ms = cpu_ms () - start_ms;
    if (payload != NULL)
      keep (ret_outcome, payload, len);
    (void) !write (ends[1], ret_outcome, sizeof *ret_outcome); // a short one counts as dead
    _exit (0);
  }
  (void) close (ends[1]); // the child's end
  gsize n_read = 0;
  for (gssize n = 1; n > 0 && n_read < sizeof *ret_outcome; n_read += (gsize) MAX (n, 0))
    n = read (ends[0], (char *) ret_outcome + n_read, sizeof *ret_outcome - n_read);
  (void) close (ends[0]); // read only
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  if (n_read < sizeof *ret_outcome)
    *ret_outcome = (Outcome){ .died = TRUE };
}

static void
run_own (
    const CtlPicture *picture, const char *truth, gsize truth_len, Outcome *ret_outcome, GArray *ms)
{
  HwGreyFrame frame = { picture->luma, picture->width_px, picture->height_px, picture->width_px };
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  gsize n_symbols = 0;
  memset (ret_outcome, 0, sizeof *ret_outcome);
  for (int call = 0; call < CALLS && n_symbols == 0; call++) {
    double start_ms = cpu_ms ();
    n_symbols = hw_qr_decoder_decode (decoder, &frame, BUDGET_MS, symbols);
    double call_ms = cpu_ms () - start_ms;
    g_array_append_val (ms, call_ms);
  }
  for (gsize i = 0; i < n_symbols; i++)
    if (i == 0 ||
        (symbols[i].payload_len == truth_len && memcmp (symbols[i].payload, truth, truth_len) == 0))
      keep (ret_outcome, symbols[i].payload, symbols[i].payload_len);
  hw_qr_decoder_free (decoder);
}

// The truth is text; the payload may be the same text in Shift-JIS.
static gboolean
is_right (const Outcome *outcome, const char *truth, gsize len)
{
  if (outcome->len == len && memcmp (outcome->payload, truth, len) == 0)
    return TRUE;
  gsize text_len = 0;
  g_autofree char *text =
      g_convert (outcome->payload, (gssize) outcome->len, "UTF-8", "CP932", NULL, &text_len, NULL);
  return text != NULL && text_len == len && memcmp (text, truth, len) == 0;
}

static void
judge (Score *scores, const CtlPicture *picture, const char *truth, gsize len, const char *name)
{
  g_autofree Outcome *outcome = g_new (Outcome, 1);
  for (gsize i = 0; i < N_ENGINES; i++) {
    if (engines[i].read == NULL) {
      run_own (picture, truth, len, outcome, scores[i].ms);
    } else {
      run_peer (&engines[i], picture, outcome);
      g_array_append_val (scores[i].ms, outcome->ms);
    }
    scores[i].n_died += outcome->died;
    if (outcome->read && truth != NULL && is_right (outcome, truth, len))
      scores[i].n_read++;
    else if (outcome->read)
      scores[i].n_wrong++;
    if (engines[i].read == NULL && name != NULL &&
        (!outcome->read || !is_right (outcome, truth, len)))
      g_print ("  %s: %s\n", name, outcome->read ? "other text" : "not read");
  }
}

static int
compare_ms (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static double
quantile (GArray *ms, double part)
{
  g_array_sort (ms, compare_ms);
  return ms->len > 0 ? g_array_index (ms, double, (guint) (part * (ms->len - 1))) : 0;
}

static void
print_scores (const char *title, Score *scores, int n_pictures)
{
  double zbar_ms = 0;
  for (gsize i = 0; i < N_ENGINES; i++)
    if (strcmp (engines[i].name, "zbar") == 0)
      zbar_ms = quantile (scores[i].ms, 0.5);
  g_print ("%s (%d pictures)\n", title, n_pictures);
  for (gsize i = 0; i < N_ENGINES; i++) {
    double median_ms = quantile (scores[i].ms, 0.5);
    g_print ("  %-9s %4d read %5.1f %%  %d wrong  %d died  a frame: median %6.2f ms  p95 %6.2f ms  "
             "%.2f x zbar\n",
             engines[i].name, scores[i].n_read, 100.0 * scores[i].n_read / n_pictures,
             scores[i].n_wrong, scores[i].n_died, median_ms, quantile (scores[i].ms, 0.95),
             zbar_ms > 0 ? median_ms / zbar_ms : 0);
    g_array_unref (scores[i].ms);
  }
}

static Score *
scores_new (void)
{
  Score *scores = g_new0 (Score, N_ENGINES);
  for (gsize i = 0; i < N_ENGINES; i++)
    scores[i].ms = g_array_new (FALSE, FALSE, sizeof (double));
  return scores;
}

static gboolean
load_truth (const char *path, char **ret_truth, gsize *ret_len)
{
  g_autofree char *stem = g_strndup (path, (gsize) (strrchr (path, '.') - path));
  g_autofree char *text_path = g_strconcat (stem, ".txt", NULL);
  g_autofree char *bytes_path = g_strconcat (stem, ".bin", NULL);
  return g_file_get_contents (bytes_path, ret_truth, ret_len, NULL) ||
         g_file_get_contents (text_path, ret_truth, ret_len, NULL);
}

static int
bench_photographs (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  if (dir == NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_autofree Score *scores = scores_new ();
  int n_pictures = 0;
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *truth = NULL;
    g_auto (CtlPicture) picture = { 0 };
    gsize len = 0;
    if (!(g_str_has_suffix (name, ".jpg") || g_str_has_suffix (name, ".png")) ||
        !load_truth (path, &truth, &len) || !ctl_picture_load (&picture, path, NULL))
      continue;
    judge (scores, &picture, truth, len, name);
    n_pictures++;
  }
  print_scores ("photographs", scores, MAX (n_pictures, 1));
  return 0;
}

static void
bench_scenes (const char *title, const Scene *scene, const double *sides_px, gsize n_sides)
{
  g_autofree Score *scores = scores_new ();
  g_auto (CtlPicture) picture = { g_malloc (SCENE_WIDTH_PX * SCENE_HEIGHT_PX), SCENE_WIDTH_PX,
                                  SCENE_HEIGHT_PX };
  int n_pictures = 0;
  for (gsize i = 0; i < n_sides; i++)
    for (guint32 seed = 1; seed <= SCENE_SEEDS; seed++) {
      Scene sized = *scene;
      sized.side_px = sides_px[i];
      g_autofree char *payload = scene_draw (&sized, seed * 7919 + (guint32) i, picture.luma);
      judge (scores, &picture, payload, payload != NULL ? strlen (payload) : 0, NULL);
      n_pictures++;
    }
  print_scores (title, scores, n_pictures);
}

// A kiosk at rest: the same decoder sees one empty frame after another.
static void
bench_rest (void)
{
  g_autofree guint8 *luma = g_malloc (SCENE_WIDTH_PX * SCENE_HEIGHT_PX);
  const Scene empty = { .empty = TRUE, .side_px = 300, .contrast = 1, .noise = 3 };
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  const int n_settle = 60, n_frames = 240;
  double ms = 0;
  (void) scene_draw (&empty, 42, luma); // no payload in an empty scene
  for (int i = 0; i < n_settle + n_frames; i++) {
    for (int k = 0; k < SCENE_WIDTH_PX * SCENE_HEIGHT_PX;
         k += 97) // a sensor never shows the same twice
      luma[k] ^= (guint8) (i & 1);
    double start_ms = cpu_ms ();
    (void) hw_qr_decoder_decode (
        decoder, &(HwGreyFrame){ luma, SCENE_WIDTH_PX, SCENE_HEIGHT_PX, SCENE_WIDTH_PX }, BUDGET_MS,
        symbols);
    if (i >= n_settle)
      ms += cpu_ms () - start_ms;
  }
  g_print ("at rest, %dx%d: %.2f ms a frame, %.1f %% of a core at 30 frames a second\n",
           SCENE_WIDTH_PX, SCENE_HEIGHT_PX, ms / n_frames, ms / n_frames * 30 / 10);
  hw_qr_decoder_free (decoder);
}

int
main (int argc, char **argv)
{
  static const double sides_px[] = { 60, 90, 130, 200, 320, 500 };
  static const struct {
    const char *title;
    Scene scene;
  } cases[] = {
    { "card, clear", { .contrast = 1, .noise = 2 } },
    { "card, tilted", { .contrast = 0.8, .noise = 3, .tilt = 0.45, .turn_deg = 25 } },
    { "card, blurred", { .contrast = 0.8, .noise = 3, .blur_px = 1.5 } },
    { "card, noisy", { .contrast = 0.6, .noise = 18, .blur_px = 0.6 } },
    { "card, glare", { .contrast = 0.8, .noise = 3, .glare = 0.8, .blur_px = 0.6 } },
    { "phone, clear", { .phone = TRUE, .contrast = 1, .noise = 2 } },
    { "phone, tilted",
      { .phone = TRUE,
        .contrast = 0.8,
        .noise = 3,
        .tilt = 0.45,
        .turn_deg = 200,
        .blur_px = 0.6 } },
    { "phone, glare",
      { .phone = TRUE, .contrast = 0.6, .noise = 5, .glare = 0.5, .blur_px = 0.8 } },
    { "no code", { .empty = TRUE, .contrast = 1, .noise = 3 } },
  };
  g_print ("absent here: %s\n", BENCH_ABSENT);
  if (argc > 1 && bench_photographs (argv[1]) != 0)
    return 1;
  bench_rest ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    bench_scenes (cases[i].title, &cases[i].scene, sides_px, G_N_ELEMENTS (sides_px));
  return 0;
}
