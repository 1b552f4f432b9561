-- Copies of one real run (`bench.run`) in every table that the list of runs reads: `bench.count` of them, a minute apart.
CREATE TEMP TABLE copies AS
SELECT gen_random_uuid() AS id, now() - number * interval '1 minute' AS submitted_at
FROM generate_series(1, current_setting('bench.count')::integer) number;

INSERT INTO read.task_list SELECT (jsonb_populate_record(one, jsonb_build_object(
    'id', copies.id, 'submitted_at', submitted_at, 'ended_at', submitted_at + interval '5 seconds', 'latency_p50_s', random()))).*
FROM copies, (SELECT one FROM read.task_list one WHERE id = current_setting('bench.run')::uuid) kept (one);

INSERT INTO read.task_detail SELECT (jsonb_populate_record(one, jsonb_build_object('id', copies.id, 'submitted_at', submitted_at))).*
FROM copies, (SELECT one FROM read.task_detail one WHERE id = current_setting('bench.run')::uuid) kept (one);

INSERT INTO read.profile_summary SELECT (jsonb_populate_record(one, jsonb_build_object('id', copies.id))).*
FROM copies, (SELECT one FROM read.profile_summary one WHERE id = current_setting('bench.run')::uuid) kept (one);

INSERT INTO api.task_labels SELECT (jsonb_populate_record(one, jsonb_build_object(
    'task_id', copies.id, 'command_id', gen_random_uuid(), 'name', 'run of ' || submitted_at::date))).*
FROM copies, (SELECT one FROM api.task_labels one WHERE task_id = current_setting('bench.run')::uuid) kept (one);

ANALYZE;
