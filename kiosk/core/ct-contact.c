// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window's end x moves through the shared spans; what it gains there it may lose at its other
// end, x - window_s, which moves through the same spans.

#include "kiosk/core/ct-contact.h"

#include <stdlib.h>

static int
compare (const void *a, const void *b)
{
  const struct ct_shared *one = a, *other = b;
  if (one->from_s != other->from_s)
    return one->from_s < other->from_s ? -1 : 1;
  return (one->place > other->place) - (one->place < other->place);
}

static bool
is_sorted (const struct ct_shared *spans, size_t n_spans)
{
  size_t i = 1;
  while (i < n_spans && compare (&spans[i - 1], &spans[i]) <= 0)
    i++;
  return i >= n_spans;
}

size_t
ct_shared_unite (struct ct_shared *spans, size_t n_spans)
{
  size_t n = 0;
  if (!is_sorted (spans, n_spans)) // most are, as they were found by arrival
    qsort (spans, n_spans, sizeof *spans, compare);
  for (size_t i = 0; i < n_spans; i++) {
    if (n > 0 && spans[i].from_s <= spans[n - 1].to_s) {
      if (spans[i].to_s > spans[n - 1].to_s)
        spans[n - 1].to_s = spans[i].to_s;
    } else {
      spans[n++] = spans[i];
    }
  }
  return n;
}

int64_t
ct_shared_measure (const struct ct_shared *spans, size_t n_spans)
{
  int64_t sum_s = 0;
  for (size_t i = 0; i < n_spans; i++)
    sum_s += spans[i].to_s - spans[i].from_s;
  return sum_s;
}

// What of the spans before number @end lies after @from_s.
static int64_t
measure_from (const struct ct_shared *spans, size_t end, int64_t from_s)
{
  int64_t sum_s = 0;
  for (size_t i = end; i > 0 && spans[i - 1].to_s > from_s; i--)
    sum_s += spans[i - 1].to_s - (spans[i - 1].from_s > from_s ? spans[i - 1].from_s : from_s);
  return sum_s;
}

bool
ct_exposure_find (const struct ct_contact_rule *rule,
                  const struct ct_shared *spans,
                  size_t n_spans,
                  int64_t *ret_exposed_s,
                  size_t *ret_index)
{
  size_t tail = 0; // the first span that the window's other end has not passed
  for (size_t i = 0; i < n_spans; i++) {
    int64_t x = spans[i].from_s;
    int64_t sum_s = measure_from (spans, i, x - rule->window_s);
    while (x < spans[i].to_s) {
      while (spans[tail].to_s <= x - rule->window_s)
        tail++;
      bool loses = spans[tail].from_s <= x - rule->window_s;
      int64_t turn_s = (loses ? spans[tail].to_s : spans[tail].from_s) + rule->window_s;
      int64_t next_s = turn_s < spans[i].to_s ? turn_s : spans[i].to_s;
      if (!loses && sum_s + next_s - x >= rule->min_overlap_s) {
        *ret_exposed_s = x + rule->min_overlap_s - sum_s;
        *ret_index = i;
        return true;
      }
      sum_s += loses ? 0 : next_s - x;
      x = next_s;
    }
  }
  return false;
}
