-- SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Loads a province's stays into a nation, by their names: each has numbers of its own. A stay comes when it has ended, or after two
-- days; what is there already changes nothing, so that the same may be loaded again, and has to be when a shard was lost meanwhile.
-- psql runs this in the nation's database with -v host=… -v dbname=… -v user=… (of the province) -v since=… (seconds since 1970).

\set ON_ERROR_STOP on
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE SERVER province FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host :'host', dbname :'dbname', fetch_size '10000');
CREATE USER MAPPING FOR CURRENT_USER SERVER province OPTIONS (user :'user');
CREATE SCHEMA province;
IMPORT FOREIGN SCHEMA public LIMIT TO (place, source, subject, bound, stay) FROM SERVER province INTO province;

-- Everybody who loads adds names in this order, and waits for nobody who waits for them.
LOCK TABLE place IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO place (venue, zone) SELECT venue, zone FROM province.place ORDER BY id ON CONFLICT DO NOTHING;
INSERT INTO source (name) SELECT name FROM province.source ORDER BY id ON CONFLICT DO NOTHING;
INSERT INTO subject (key) SELECT key FROM province.subject ORDER BY id ON CONFLICT DO NOTHING;
UPDATE subject SET is_staff = 1 FROM province.subject s WHERE s.key = subject.key AND s.is_staff = 1 AND subject.is_staff = 0;
UPDATE bound SET longest_s = greatest (bound.longest_s, b.longest_s), slack_s = greatest (bound.slack_s, b.slack_s) FROM province.bound b;

CREATE TEMPORARY TABLE arriving ON COMMIT DROP AS
  SELECT s.arrived_s, s.seq, place.id AS place, subject.id AS subject, coalesce (source.id, 0) AS source, s.length_s, s.part, s.slack_s,
    s.evidence, s.doubts
  FROM province.stay s
  JOIN province.place p ON p.id = s.place JOIN place ON place.venue = p.venue AND place.zone = p.zone
  JOIN province.subject u ON u.id = s.subject JOIN subject ON subject.key = u.key
  LEFT JOIN province.source o ON o.id = s.source LEFT JOIN source ON source.name = o.name
  WHERE s.arrived_s >= :since AND (s.length_s IS NOT NULL OR s.arrived_s < extract (epoch FROM now ()) - 2 * 86400);
INSERT INTO stay SELECT * FROM arriving ON CONFLICT DO NOTHING;
INSERT INTO stay_by_subject SELECT * FROM arriving ON CONFLICT DO NOTHING;

DROP SCHEMA province CASCADE;
DROP SERVER province CASCADE;
COMMIT;
