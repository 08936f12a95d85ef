-- SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Makes an empty core's database the one that asks three shards: stays are divided by venue, and a second copy by subject. Each of
-- the two questions then goes to one shard. psql runs this with -v host1=… -v host2=… -v host3=… -v user=…; more shards are more of the
-- same lines.

\set ON_ERROR_STOP on
BEGIN;
CREATE EXTENSION postgres_fdw;
CREATE SERVER shard1 FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host :'host1', dbname 'shard', async_capable 'true', fetch_size '10000');
CREATE SERVER shard2 FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host :'host2', dbname 'shard', async_capable 'true', fetch_size '10000');
CREATE SERVER shard3 FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host :'host3', dbname 'shard', async_capable 'true', fetch_size '10000');
CREATE USER MAPPING FOR CURRENT_USER SERVER shard1 OPTIONS (user :'user');
CREATE USER MAPPING FOR CURRENT_USER SERVER shard2 OPTIONS (user :'user');
CREATE USER MAPPING FOR CURRENT_USER SERVER shard3 OPTIONS (user :'user');

DROP VIEW stay_by_subject;
DROP TABLE stay;
CREATE TABLE stay (arrived_s bigint NOT NULL, seq bigint NOT NULL, place integer NOT NULL, subject integer NOT NULL,
  source integer NOT NULL, length_s integer, part integer NOT NULL, slack_s integer NOT NULL, evidence smallint NOT NULL,
  doubts smallint NOT NULL) PARTITION BY HASH (place);
CREATE TABLE stay_by_subject (LIKE stay) PARTITION BY HASH (subject);
CREATE FOREIGN TABLE stay_at1 PARTITION OF stay FOR VALUES WITH (MODULUS 3, REMAINDER 0) SERVER shard1 OPTIONS (table_name 'stay_at');
CREATE FOREIGN TABLE stay_at2 PARTITION OF stay FOR VALUES WITH (MODULUS 3, REMAINDER 1) SERVER shard2 OPTIONS (table_name 'stay_at');
CREATE FOREIGN TABLE stay_at3 PARTITION OF stay FOR VALUES WITH (MODULUS 3, REMAINDER 2) SERVER shard3 OPTIONS (table_name 'stay_at');
CREATE FOREIGN TABLE stay_of1 PARTITION OF stay_by_subject FOR VALUES WITH (MODULUS 3, REMAINDER 0) SERVER shard1 OPTIONS (table_name 'stay_of');
CREATE FOREIGN TABLE stay_of2 PARTITION OF stay_by_subject FOR VALUES WITH (MODULUS 3, REMAINDER 1) SERVER shard2 OPTIONS (table_name 'stay_of');
CREATE FOREIGN TABLE stay_of3 PARTITION OF stay_by_subject FOR VALUES WITH (MODULUS 3, REMAINDER 2) SERVER shard3 OPTIONS (table_name 'stay_of');
COMMIT;
