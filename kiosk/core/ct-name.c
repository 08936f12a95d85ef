// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A person's name: composed, trimmed, bounded, and judged for letters that pretend to be others.
// Also its mask for the screen.

#include <string.h>

#include "kiosk/core/ct-compose.h"
#include "kiosk/core/ct-text.h"

#define LETTERS_MAX          64 // as a reader counts them: marks belong to their letter
#define MARKS_PER_LETTER_MAX 4  // Vietnamese needs 2; stacks of them cover what is drawn nearby

static bool
is_space (uint32_t cp)
{
  return cp == ' ' || cp == 0x00A0 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F ||
         cp == 0x205F || cp == 0x3000;
}

static bool
is_latin (uint32_t cp)
{
  return (cp < 0x80 && ct_is_letter ((char) cp)) || (cp >= 0x00C0 && cp <= 0x024F) ||
         (cp >= 0x1E00 && cp <= 0x1EFF);
}

// Scripts with letters that look like Latin ones: harmless in a name of that script, not among
// Latin letters.
static bool
is_lookalike_script (uint32_t cp)
{
  return (cp >= 0x0370 && cp <= 0x058F) || (cp >= 0x13A0 && cp <= 0x13FF) ||
         (cp >= 0x1F00 && cp <= 0x1FFF) || (cp >= 0xA4D0 && cp <= 0xA4FF);
}

// Drawn like D with stroke, or Latin letters in disguise (full-width, mathematical).
static bool
is_disguise (uint32_t cp)
{
  return cp == 0x00D0 || cp == 0x00F0 || cp == 0x0189 || cp == 0x0256 ||
         (cp >= 0xFF21 && cp <= 0xFF5A) || (cp >= 0x1D400 && cp <= 0x1D7FF);
}

static bool
is_confusable (struct ct_span name)
{
  bool latin = false, lookalike = false;
  uint32_t cp;
  while (ct_utf8_next (&name, &cp)) {
    if (is_disguise (cp))
      return true;
    latin = latin || is_latin (cp);
    lookalike = lookalike || is_lookalike_script (cp);
  }
  return latin && lookalike;
}

// One letter with its marks off the front of `rest`, composed. 0 when there are too many marks.
static size_t
take_letter (struct ct_span *rest, uint32_t letters[CT_CLUSTER_MAX])
{
  size_t n = 0;
  uint32_t cp;
  struct ct_span after = *rest;
  while (ct_utf8_next (&after, &cp) && (n == 0 || ct_is_mark (cp))) {
    if (n > MARKS_PER_LETTER_MAX)
      return 0;
    letters[n++] = cp;
    *rest = after;
  }
  return ct_compose (letters, n, CT_CLUSTER_MAX);
}

struct name_builder {
  char bytes[CT_NAME_MAX + 1];
  size_t len;
  size_t n_letters;
};

static bool
builder_add (struct name_builder *builder, const uint32_t *letters, size_t n)
{
  if (++builder->n_letters > LETTERS_MAX)
    return false;
  for (size_t i = 0; i < n; i++) {
    char bytes[4];
    size_t len = ct_utf8_put (letters[i], bytes);
    if (builder->len + len > CT_NAME_MAX)
      return false;
    memcpy (builder->bytes + builder->len, bytes, len);
    builder->len += len;
  }
  return true;
}

enum ct_refusal
ct_name_read (struct ct_span text, char ret_name[CT_NAME_MAX + 1], unsigned *doubts)
{
  struct name_builder builder = { .len = 0 };
  bool space = false;
  struct ct_span unclean = text;
  for (uint32_t cp; ct_utf8_next (&unclean, &cp);)
    if (ct_text_is_forbidden (cp))
      return CT_REFUSAL_CONTROL;

  while (text.len > 0) {
    uint32_t letters[CT_CLUSTER_MAX];
    size_t n = take_letter (&text, letters);
    if (n == 0)
      return CT_REFUSAL_TOO_LONG;
    if (n == 1 && is_space (letters[0])) {
      space = builder.len > 0;
      continue;
    }
    const uint32_t blank = ' ';
    if ((space && !builder_add (&builder, &blank, 1)) || !builder_add (&builder, letters, n))
      return CT_REFUSAL_TOO_LONG;
    space = false;
  }
  if (is_confusable ((struct ct_span){ builder.bytes, builder.len }))
    *doubts |= CT_DOUBT_CONFUSABLE;
  memcpy (ret_name, builder.bytes, builder.len);
  ret_name[builder.len] = '\0';
  return CT_REFUSAL_NONE;
}

// Appends when it fits with a terminator; what does not fit is left out whole.
static void
mask_append (char *masked, size_t size, size_t *len, struct ct_span bytes)
{
  if (*len + bytes.len + 1 > size)
    return;
  memcpy (masked + *len, bytes.at, bytes.len);
  *len += bytes.len;
}

static struct ct_span
first_letter (struct ct_span word)
{
  struct ct_span rest = word;
  uint32_t cp;
  if (ct_utf8_next (&rest, &cp))
    for (struct ct_span after = rest; ct_utf8_next (&after, &cp) && ct_is_mark (cp);)
      rest = after;
  return (struct ct_span){ word.at, word.len - rest.len };
}

static struct ct_span
take_word (struct ct_span *rest)
{
  struct ct_span word = { rest->at, 0 };
  while (word.len < rest->len && word.at[word.len] != ' ')
    word.len++;
  *rest = ct_span_trim (ct_span_skip (*rest, word.len));
  return word;
}

void
ct_name_mask (const char *name, char *ret_masked, size_t size)
{
  struct ct_span rest = ct_span_trim (ct_span_of (name));
  size_t len = 0;
  if (size == 0)
    return;
  for (bool first = true; rest.len > 0; first = false) {
    struct ct_span word = take_word (&rest);
    if (!first)
      mask_append (ret_masked, size, &len, ct_span_of (" "));
    if (rest.len == 0 && !first) {
      mask_append (ret_masked, size, &len, word);
    } else {
      mask_append (ret_masked, size, &len, first_letter (word));
      mask_append (ret_masked, size, &len, ct_span_of ("."));
    }
  }
  ret_masked[len] = '\0';
}
