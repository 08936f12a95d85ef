// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The contact rule, on spans of time that two people shared. Seconds since 1970 UTC, half-open:
// [from_s, to_s).

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ct_shared {
  int64_t from_s, to_s;
  uint32_t place; // the caller's number of a venue and zone
};

struct ct_contact_rule {
  int64_t window_s;      // within which it adds up: 86400
  int64_t min_overlap_s; // at least 1
};

// Sorts, and makes one of those that overlap or touch, so that a second is counted once; the place
// of the earlier one stays. Returns how many are left.
size_t ct_shared_unite (struct ct_shared *spans, size_t n_spans);

// How long they are together, once united.
int64_t ct_shared_measure (const struct ct_shared *spans, size_t n_spans);

// The earliest moment x for which the spans within [x - window_s, x) measure at least
// min_overlap_s: the exposure. @spans: united. False: there is none. @ret_index: the span that x
// lies in, or ends.
bool ct_exposure_find (const struct ct_contact_rule *rule,
                       const struct ct_shared *spans,
                       size_t n_spans,
                       int64_t *ret_exposed_s,
                       size_t *ret_index);
