// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A level is a few statements over sets. First whoever shared enough in one go, which is nearly
// everybody, by a grouping of their exposures. Then pairs with a part that is too short alone: only
// parts that begin before what was found so far can make it earlier. Their parts are united (gaps
// and islands), and each exposure is the end of a window that begins with a whole part.

#include "sql.h"

static const guint32 longest_s[SQL_N_KINDS] = { 1200, 2700, 5400, 10800, 21600, 86400 };

guint
sql_kind_of (const ProvinceStay *stay)
{
  guint kind = 0;
  while (stay->left_s - stay->arrived_s > longest_s[kind])
    kind++;
  return kind;
}

guint32
sql_kind_longest_s (guint kind)
{
  return longest_s[kind];
}

static void
run (Sql *sql, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  sql->run (sql, text);
}

void
sql_make_tables (Sql *sql)
{
  run (sql, "CREATE TABLE kind (kind INTEGER PRIMARY KEY, longest INTEGER NOT NULL)");
  for (guint kind = 0; kind < SQL_N_KINDS; kind++)
    run (sql, "INSERT INTO kind VALUES (%u, %u)", kind, longest_s[kind]);
  run (sql, "CREATE TABLE known (subject INTEGER PRIMARY KEY, level INTEGER NOT NULL,"
            " exposed INTEGER NOT NULL)");
  run (sql, "CREATE TABLE member (subject INTEGER PRIMARY KEY, since INTEGER NOT NULL)");
  run (sql, "CREATE TABLE one (subject INTEGER PRIMARY KEY, exposed INTEGER NOT NULL)");
  run (sql, "CREATE TABLE part (a INTEGER NOT NULL, b INTEGER NOT NULL, f INTEGER NOT NULL,"
            " t INTEGER NOT NULL)");
  run (sql, "CREATE TABLE more (subject INTEGER NOT NULL, exposed INTEGER NOT NULL)");
}

// Members' stays, and who was there: m, own, k, s; $B where the overlap begins, $E where it ends.
static char *
with_names (const Sql *sql, const RivalQuestion *question, const char *text)
{
  g_autoptr (GString) all = g_string_new (text);
  g_autofree char *own_begin = g_strdup_printf ("%s (own.arrived, m.since)", sql->greatest);
  g_autofree char *own_end = g_strdup_printf ("%s (own.left_s, %u)", sql->least, question->to_s);
  g_autofree char *begin = g_strdup_printf ("%s (s.arrived, %s)", sql->greatest, own_begin);
  g_autofree char *end = g_strdup_printf ("%s (s.left_s, %s)", sql->least, own_end);
  g_autofree char *join = g_strdup_printf (
      "member m %s stay own ON own.subject = m.subject AND own.arrived < %u"
      " AND own.arrived > m.since - 86400 AND own.left_s > m.since CROSS JOIN kind k"
      " %s stay s ON s.place = own.place AND s.kind = k.kind AND s.arrived < %s"
      " AND s.arrived > %s - k.longest AND s.left_s > %s",
      sql->join, question->to_s, sql->join, own_end, own_begin, own_begin);
  g_string_replace (all, "$JOIN", join, 0);
  g_string_replace (all, "$B", begin, 0);
  g_string_replace (all, "$E", end, 0);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
find_level (Sql *sql, const RivalQuestion *question, guint level)
{
  g_autofree char *one = with_names (
      sql, question,
      "INSERT INTO one SELECT s.subject, min ($B) + %u FROM $JOIN WHERE $E - $B >= %u"
      " AND NOT EXISTS (SELECT 1 FROM known WHERE known.subject = s.subject) GROUP BY s.subject");
  g_autofree char *parts =
      with_names (sql, question,
                  "INSERT INTO part SELECT m.subject, s.subject, $B, $E FROM $JOIN"
                  " LEFT JOIN one ON one.subject = s.subject WHERE $B < coalesce (one.exposed, %u)"
                  " AND NOT EXISTS (SELECT 1 FROM known WHERE known.subject = s.subject)");
  run (sql, "%s one", sql->clear);
  run (sql, "%s part", sql->clear);
  run (sql, "%s more", sql->clear);
  run (sql, one, question->min_overlap_s, question->min_overlap_s);
  run (sql, "%s one", sql->analyze);
  run (sql, parts, question->to_s);
  run (sql, "%s part", sql->analyze);
  run (sql,
       "INSERT INTO more WITH pair AS (SELECT a, b FROM part GROUP BY a, b HAVING count (*) > 1"
       "  AND sum (t - f) >= %u AND min (t - f) < %u),"
       " reached AS (SELECT part.a, part.b, f, t, max (t) OVER (PARTITION BY part.a, part.b"
       "  ORDER BY f, t ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach"
       "  FROM part JOIN pair ON pair.a = part.a AND pair.b = part.b),"
       " island AS (SELECT a, b, f, t, sum (CASE WHEN reach IS NULL OR f > reach THEN 1 ELSE 0 END)"
       "  OVER (PARTITION BY a, b ORDER BY f, t ROWS UNBOUNDED PRECEDING) AS n FROM reached),"
       " united AS (SELECT a, b, min (f) AS f, max (t) AS t FROM island GROUP BY a, b, n),"
       " summed AS (SELECT a, b, f, t, sum (t - f) OVER (PARTITION BY a, b ORDER BY f"
       "  ROWS UNBOUNDED PRECEDING) - (t - f) AS before FROM united),"
       " tried AS (SELECT i.b, i.f AS f, i.t AS t, j.f AS whole,"
       "  i.f + %u - (i.before - j.before) AS x FROM summed i JOIN summed j"
       "  ON j.a = i.a AND j.b = i.b AND j.f <= i.f)"
       " SELECT b, min (x) FROM tried WHERE x > f AND x <= t AND x - %u <= whole GROUP BY b",
       question->min_overlap_s, question->min_overlap_s, question->min_overlap_s,
       question->window_s);
  run (sql,
       "INSERT INTO known SELECT subject, %u, min (exposed) FROM (SELECT subject, exposed FROM one"
       " UNION ALL SELECT subject, exposed FROM more) AS found GROUP BY subject",
       level);
}

void
sql_search (Sql *sql, const RivalQuestion *question, RivalAnswer *answer)
{
  run (sql, "%s known", sql->clear);
  run (sql, "%s member", sql->clear);
  run (sql, "INSERT INTO known VALUES (%u, 0, 0)", question->subject);
  run (sql, "INSERT INTO member VALUES (%u, %u)", question->subject, question->from_s);
  for (guint level = 1; level <= question->levels; level++) {
    double began_s = sql->now_s (sql);
    run (sql, "%s member", sql->analyze);
    run (sql, "%s known", sql->analyze);
    find_level (sql, question, level);
    run (sql, "%s member", sql->clear);
    run (sql,
         "INSERT INTO member SELECT subject, exposed FROM known WHERE level = %u"
         " AND NOT EXISTS (SELECT 1 FROM staff WHERE staff.subject = known.subject)",
         level);
    answer->took_s[level] = sql->now_s (sql) - began_s;
  }
  sql->read (sql, "SELECT subject, level, exposed FROM known WHERE level > 0", answer);
}

double
sql_get_bytes (Sql *sql)
{
  return sql->get_bytes (sql);
}

void
sql_free (Sql *sql)
{
  sql->free (sql);
}
