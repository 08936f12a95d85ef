// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The reader of tramxanh.conf. Which keys there are is in ct-config-keys.c.

#include "kiosk/core/ct-config.h"

#include <string.h>

#include "kiosk/core/ct-config-keys.h"
#include "kiosk/core/ct-text.h"

struct reading {
  struct ct_config config;
  struct ct_span section; // empty before the first
  uint64_t keys_seen;     // bit: index of the key
  uint64_t sections_seen; // bit: index of a key in the section
  const char *reason;     // why the line is wrong
  const char *accepts;    // NULL, or what its value may be
  struct ct_span key;     // of the line
};

static enum ct_status
fail (struct reading *reading, enum ct_status status, const char *reason)
{
  reading->reason = reason;
  return status;
}

// "section.key" starts with "section.".
static bool
key_is_in_section (const char *name, struct ct_span section)
{
  return strlen (name) > section.len && memcmp (name, section.at, section.len) == 0 &&
         name[section.len] == '.';
}

static enum ct_status
read_section (struct reading *reading, struct ct_span line)
{
  struct ct_span section = ct_span_trim ((struct ct_span){ line.at + 1, line.len - 2 });
  bool exists = false, seen = false;
  for (size_t i = 0; i < CT_CONFIG_N_KEYS; i++) {
    if (!key_is_in_section (CT_CONFIG_KEYS[i].name, section))
      continue;
    exists = true;
    seen = seen || (reading->sections_seen >> i & 1) != 0;
    reading->sections_seen |= UINT64_C (1) << i;
  }
  reading->section = section;
  if (!exists)
    return fail (reading, CT_ERR_MALFORMED, "unknown section");
  return seen ? fail (reading, CT_ERR_MALFORMED, "section given twice") : CT_OK;
}

static enum ct_status
read_pair (struct reading *reading, struct ct_span line)
{
  const char *equals = memchr (line.at, '=', line.len);
  if (equals == NULL)
    return fail (reading, CT_ERR_MALFORMED, "neither a section, a key with a value, nor a comment");
  size_t key_len = (size_t) (equals - line.at);
  struct ct_span value = ct_span_trim (ct_span_skip (line, key_len + 1));
  reading->key = ct_span_trim ((struct ct_span){ line.at, key_len });
  if (reading->section.len == 0)
    return fail (reading, CT_ERR_MALFORMED, "key before the first section");
  for (size_t i = 0; i < CT_CONFIG_N_KEYS; i++) {
    const char *name = CT_CONFIG_KEYS[i].name;
    if (!key_is_in_section (name, reading->section) ||
        !ct_span_equals (reading->key, name + reading->section.len + 1))
      continue;
    if ((reading->keys_seen >> i & 1) != 0)
      return fail (reading, CT_ERR_MALFORMED, "key given twice");
    reading->keys_seen |= UINT64_C (1) << i;
    const char *reason = ct_config_key_set (i, value, &reading->config);
    if (reason == NULL)
      return CT_OK;
    reading->accepts = CT_CONFIG_KEYS[i].accepts;
    return fail (reading, CT_ERR_MALFORMED, reason);
  }
  return fail (reading, CT_ERR_MALFORMED, "unknown key");
}

static enum ct_status
read_line (struct reading *reading, struct ct_span line)
{
  reading->key.len = 0;
  if (line.len > CT_CONFIG_LINE_MAX)
    return fail (reading, CT_ERR_TOO_LONG, "line too long");
  if (line.len > 0 && line.at[line.len - 1] == '\r')
    line.len--;
  if (!ct_utf8_is_valid (line))
    return fail (reading, CT_ERR_ENCODING, "not UTF-8");
  struct ct_span rest = line;
  for (uint32_t cp; ct_utf8_next (&rest, &cp);)
    if (ct_text_is_forbidden (cp) && cp != '\t')
      return fail (reading, CT_ERR_MALFORMED, "control character");
  line = ct_span_trim (line);
  if (line.len == 0 || line.at[0] == '#' || line.at[0] == ';')
    return CT_OK;
  if (line.at[0] == '[' && line.at[line.len - 1] == ']')
    return read_section (reading, line);
  return read_pair (reading, line);
}

static void
append (char *text, size_t size, struct ct_span part)
{
  size_t at = strlen (text);
  size_t len = part.len < size - 1 - at ? part.len : size - 1 - at;
  memcpy (text + at, part.at, len);
  text[at + len] = '\0';
}

static struct ct_config_error
error_at (const struct reading *reading, size_t line_number)
{
  struct ct_config_error error = { .line = line_number,
                                   .reason = reading->reason,
                                   .accepts = reading->accepts };
  append (error.key, sizeof error.key, reading->section);
  if (reading->section.len > 0 && reading->key.len > 0)
    append (error.key, sizeof error.key, ct_span_of ("."));
  append (error.key, sizeof error.key, reading->key);
  return error;
}

enum ct_status
ct_config_read (const char *text,
                size_t len,
                struct ct_config *ret_config,
                struct ct_config_error *ret_error)
{
  struct reading reading = { .section = ct_span_of (""), .key = ct_span_of ("") };
  struct ct_span rest = { text, len };
  enum ct_status status = CT_OK;
  size_t line_number = 0;
  for (size_t i = 0; i < CT_CONFIG_N_KEYS; i++)
    (void) ct_config_key_set (i, ct_span_of (CT_CONFIG_KEYS[i].default_value), &reading.config);
  if (len > CT_CONFIG_LEN_MAX)
    status = fail (&reading, CT_ERR_TOO_LONG, "file too long");
  else if (ct_span_starts_with (rest, "\xEF\xBB\xBF"))
    rest = ct_span_skip (rest, 3);

  while (status == CT_OK && rest.len > 0) {
    const char *end = memchr (rest.at, '\n', rest.len);
    struct ct_span line = { rest.at, end == NULL ? rest.len : (size_t) (end - rest.at) };
    line_number++;
    status = read_line (&reading, line);
    if (status == CT_OK && end == NULL)
      status = fail (&reading, CT_ERR_MALFORMED, "last line without its end");
    rest = ct_span_skip (rest, line.len + (end == NULL ? 0 : 1));
  }
  if (status == CT_OK)
    *ret_config = reading.config;
  else
    *ret_error = error_at (&reading, line_number);
  return status;
}
