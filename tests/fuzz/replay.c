// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Replays a corpus folder through a fuzz target, so that every compiler and sanitizer runs what a
// fuzzer once found.

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static int
replay_file (const char *folder, const char *name)
{
  char path[4096];
  (void) snprintf (path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen (path, "rb");
  if (file == NULL)
    return -1;
  uint8_t *data = malloc (1 << 20);
  size_t size = fread (data, 1, 1 << 20, file);
  (void) fclose (file); // read only
  // An exact-size copy, so that a sanitizer sees a read past the end.
  uint8_t *exact = malloc (size > 0 ? size : 1);
  memcpy (exact, data, size);
  (void) LLVMFuzzerTestOneInput (exact, size);
  free (exact);
  free (data);
  return 0;
}

int
main (int argc, char **argv)
{
  int n_replayed = 0;
  for (int i = 1; i < argc; i++) {
    DIR *folder = opendir (argv[i]);
    if (folder == NULL) {
      (void) fprintf (stderr, "%s: no corpus\n", argv[i]);
      return 1;
    }
    for (struct dirent *entry = readdir (folder); entry != NULL; entry = readdir (folder))
      if (entry->d_name[0] != '.' && replay_file (argv[i], entry->d_name) == 0)
        n_replayed++;
    (void) closedir (folder);
  }
  (void) printf ("%d inputs replayed\n", n_replayed);
  return n_replayed > 0 ? 0 : 1;
}
