-- SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What one shard of a nation keeps: stays at its venues, and stays of its subjects. psql runs this on each.

CREATE TABLE stay_at (arrived_s bigint NOT NULL, seq bigint NOT NULL, place integer NOT NULL, subject integer NOT NULL,
  source integer NOT NULL, length_s integer, part integer NOT NULL, slack_s integer NOT NULL, evidence smallint NOT NULL,
  doubts smallint NOT NULL, PRIMARY KEY (place, arrived_s, subject, source, seq, part));
CREATE TABLE stay_of (LIKE stay_at);
ALTER TABLE stay_of ADD PRIMARY KEY (subject, arrived_s, place, source, seq, part);
