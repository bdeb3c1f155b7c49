"""The tables of a review file, as SQL.

What a person writes or cites is plain rows; what there are millions of is columns, compressed in chunks
(`reviewer_app.store.columns`). Every table is STRICT, because SQLite would otherwise keep a numpy integer as a BLOB.
"""

from __future__ import annotations

APPLICATION_ID = 0x52565731
"""Written into the file's header ("RVW1"), so that a review is recognised whatever its name is."""

SCHEMA_VERSION = 2
"""SQLite's ``user_version`` of a file that this program writes."""

_INPUTS = """
CREATE TABLE review (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  uuid TEXT NOT NULL,
  title TEXT NOT NULL,
  created_at TEXT NOT NULL,
  app_version TEXT NOT NULL,
  results_seen_at TEXT  -- when a number was first computed: a plan locked later was locked after results
) STRICT;

CREATE TABLE team (
  team_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE dataset (
  dataset_id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: readers hold on to it
  name TEXT NOT NULL UNIQUE,
  task TEXT NOT NULL,
  spec TEXT NOT NULL,     -- JSON, the keys of dataset.json
  options TEXT NOT NULL,  -- JSON, what the user said when adding it
  path TEXT NOT NULL,
  folder TEXT,
  digest TEXT NOT NULL,
  home_team_id INTEGER REFERENCES team ON DELETE SET NULL,
  home_decided INTEGER NOT NULL CHECK (home_decided IN (0, 1)),  -- 0: nobody said, a submission may propose
  added_at TEXT NOT NULL
) STRICT;

CREATE TABLE split (
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name IN ('train', 'validation', 'test')),
  n_examples INTEGER NOT NULL,
  digest TEXT NOT NULL,
  class_counts TEXT NOT NULL,  -- JSON, label to number of examples
  PRIMARY KEY (dataset_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE shared_examples (
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
  other_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
  n_examples INTEGER NOT NULL,  -- test examples of the one that stand in the other's test split too
  PRIMARY KEY (dataset_id, other_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX shared_examples_other ON shared_examples (other_id);

CREATE TABLE class (
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
  code INTEGER NOT NULL CHECK (code BETWEEN 0 AND 65534),  -- 65535 means "no prediction"
  label TEXT NOT NULL,
  in_spec INTEGER NOT NULL CHECK (in_spec IN (0, 1)),      -- 0: met only in predictions, wrong for every example
  PRIMARY KEY (dataset_id, code),
  UNIQUE (dataset_id, label)
) STRICT, WITHOUT ROWID;

CREATE TABLE image (
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
  path TEXT NOT NULL,
  original_bytes INTEGER NOT NULL,
  reduced INTEGER NOT NULL CHECK (reduced IN (0, 1)),  -- 1: re-encoded, because the original was large
  data BLOB NOT NULL,
  PRIMARY KEY (dataset_id, path)
) STRICT;

CREATE TABLE submission (
  submission_id INTEGER PRIMARY KEY AUTOINCREMENT,
  team_id INTEGER NOT NULL REFERENCES team,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('predictions', 'model', 'algorithm')),
  builtin TEXT,
  manifest TEXT NOT NULL,  -- JSON, what submission.toml says
  options TEXT NOT NULL,   -- JSON, what the user said when adding it
  path TEXT NOT NULL,
  digest TEXT NOT NULL,
  precedence INTEGER NOT NULL,  -- of a team's submissions for a dataset the one with the highest stands for it
  added_at TEXT NOT NULL
) STRICT;
CREATE INDEX submission_team ON submission (team_id);

CREATE TABLE consent (
  submission_digest TEXT PRIMARY KEY,
  given_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE model_fact (
  submission_digest TEXT PRIMARY KEY,
  fitted INTEGER NOT NULL CHECK (fitted IN (0, 1)),
  columns TEXT,  -- JSON; NULL where the model does not say
  labels TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE fix (
  fix_id INTEGER PRIMARY KEY,
  dataset_id INTEGER REFERENCES dataset ON DELETE CASCADE,
  submission_id INTEGER REFERENCES submission ON DELETE CASCADE,
  option TEXT NOT NULL,
  value TEXT NOT NULL,
  accepted_at TEXT NOT NULL
) STRICT;
CREATE INDEX fix_dataset ON fix (dataset_id);
CREATE INDEX fix_submission ON fix (submission_id);

CREATE TABLE run (
  run_id INTEGER PRIMARY KEY AUTOINCREMENT,
  submission_id INTEGER NOT NULL REFERENCES submission ON DELETE CASCADE,
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
  seed INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('done', 'failed', 'cancelled', 'timed_out')),
  reason TEXT,
  missing TEXT NOT NULL CHECK (missing IN ('wrong', 'drop', 'negative')),
  n_missing INTEGER NOT NULL,
  sandbox TEXT,
  fit_seconds REAL,
  predict_seconds REAL,
  cpu_seconds REAL,
  peak_memory_mb REAL,
  exit_code INTEGER,
  versions TEXT NOT NULL,  -- JSON, Python and packages
  log TEXT NOT NULL,
  submission_digest TEXT NOT NULL,
  dataset_digest TEXT NOT NULL,
  result_digest TEXT,      -- over the predictions; NULL where there are none
  finished_at TEXT NOT NULL,
  UNIQUE (submission_id, dataset_id, seed)
) STRICT;
CREATE INDEX run_dataset ON run (dataset_id);

CREATE TABLE finding (
  finding_id INTEGER PRIMARY KEY,
  dataset_id INTEGER REFERENCES dataset ON DELETE CASCADE,
  submission_id INTEGER REFERENCES submission ON DELETE CASCADE,
  run_id INTEGER REFERENCES run ON DELETE CASCADE,
  severity TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  count INTEGER NOT NULL,
  file TEXT NOT NULL,
  first TEXT NOT NULL,    -- JSON
  remedies TEXT NOT NULL  -- JSON
) STRICT;
CREATE INDEX finding_dataset ON finding (dataset_id);
CREATE INDEX finding_submission ON finding (submission_id);
CREATE INDEX finding_run ON finding (run_id);
"""

_COLUMNS = """
CREATE TABLE column_set (
  set_id INTEGER PRIMARY KEY,
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
  run_id INTEGER REFERENCES run ON DELETE CASCADE,  -- NULL: a column of the dataset itself
  split TEXT NOT NULL,
  name TEXT NOT NULL,
  dtype TEXT NOT NULL,  -- numpy's, little-endian; 'utf8' for texts
  n_rows INTEGER NOT NULL,
  n_cols INTEGER,       -- NULL: one value a row
  rows_per_chunk INTEGER NOT NULL CHECK (rows_per_chunk > 0),
  codec TEXT NOT NULL,
  sha256 TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX column_set_name ON column_set (dataset_id, coalesce(run_id, 0), split, name);
CREATE INDEX column_set_run ON column_set (run_id);

CREATE TABLE column_chunk (
  set_id INTEGER NOT NULL REFERENCES column_set ON DELETE CASCADE,
  chunk_no INTEGER NOT NULL,
  n_rows INTEGER NOT NULL,
  raw_bytes INTEGER NOT NULL,
  crc32 INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (set_id, chunk_no)
) STRICT;
"""

_RESULTS = """
CREATE TABLE plan (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  state TEXT NOT NULL CHECK (state IN ('open', 'locked_before_results', 'locked_after')),
  changed_at TEXT NOT NULL,
  metric TEXT,
  margin REAL,
  alpha REAL NOT NULL,
  comparisons TEXT,  -- JSON, pairs of teams; NULL: the one pair of two teams, every pair of more
  n_resamples INTEGER NOT NULL,
  seed INTEGER
) STRICT;

CREATE TABLE metric (
  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  metric TEXT NOT NULL,
  value REAL,
  reason TEXT,  -- why there is no value
  note TEXT NOT NULL,
  input_digest TEXT NOT NULL,
  code_version TEXT NOT NULL,
  PRIMARY KEY (run_id, metric),
  CHECK ((value IS NULL) <> (reason IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE comparison (
  comparison_id INTEGER PRIMARY KEY,
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
  split TEXT NOT NULL,
  submission_a_id INTEGER NOT NULL REFERENCES submission ON DELETE CASCADE,
  submission_b_id INTEGER NOT NULL REFERENCES submission ON DELETE CASCADE,
  planned INTEGER NOT NULL CHECK (planned IN (0, 1)),  -- in the plan, and in the plan's order
  primary_metric TEXT NOT NULL,
  unit TEXT NOT NULL,
  n_units INTEGER NOT NULL,
  n_examples INTEGER NOT NULL,
  n_evaluated INTEGER NOT NULL,
  n_missing_a INTEGER NOT NULL,
  n_missing_b INTEGER NOT NULL,
  n_different INTEGER NOT NULL,
  seeds INTEGER NOT NULL,
  mcnemar_seed INTEGER,
  mcnemar_only_a INTEGER,
  mcnemar_only_b INTEGER,
  mcnemar_p_exact REAL,
  mcnemar_p_mid REAL,
  verdict TEXT,  -- this and what follows is NULL until the plan's family has decided
  reason TEXT,
  within_margin INTEGER CHECK (within_margin IN (0, 1)),
  sentence TEXT,
  warnings TEXT,
  parameters TEXT NOT NULL,  -- JSON: alpha, family size, resamples, seed, numpy's version
  input_digest TEXT NOT NULL,
  code_version TEXT NOT NULL,
  computed_at TEXT NOT NULL,
  UNIQUE (dataset_id, split, submission_a_id, submission_b_id)
) STRICT;
CREATE INDEX comparison_a ON comparison (submission_a_id);
CREATE INDEX comparison_b ON comparison (submission_b_id);

CREATE TABLE outcome_count (
  comparison_id INTEGER NOT NULL REFERENCES comparison ON DELETE CASCADE,
  outcome TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (comparison_id, outcome)
) STRICT, WITHOUT ROWID;

CREATE TABLE test_result (
  comparison_id INTEGER NOT NULL REFERENCES comparison ON DELETE CASCADE,
  metric TEXT NOT NULL,
  missing TEXT NOT NULL CHECK (missing IN ('as_given', 'otherwise')),  -- how missing predictions count
  position INTEGER NOT NULL,
  a REAL,
  b REAL,
  difference REAL,
  standard_error REAL,
  ci_low REAL,
  ci_high REAL,
  ci_level REAL NOT NULL,
  p_value REAL,
  p_adjusted REAL,
  margin REAL,
  margin_is_default INTEGER CHECK (margin_is_default IN (0, 1)),
  p_equivalence REAL,
  p_equivalence_adjusted REAL,
  n_resamples INTEGER,
  monte_carlo_error REAL,
  interval_method TEXT,
  test_method TEXT,
  minimum_detectable_difference REAL,
  not_defined TEXT,  -- why something is missing
  marks TEXT NOT NULL,
  PRIMARY KEY (comparison_id, metric, missing)
) STRICT, WITHOUT ROWID;
"""

_FOR_SQL_READERS = """
CREATE TABLE outcome (
  comparison_id INTEGER NOT NULL REFERENCES comparison ON DELETE CASCADE,
  example_no INTEGER NOT NULL,
  example_id TEXT NOT NULL,
  gold TEXT NOT NULL,
  a_label TEXT,
  b_label TEXT,
  a_confidence REAL,
  b_confidence REAL,
  outcome TEXT NOT NULL,
  PRIMARY KEY (comparison_id, example_no)
) STRICT, WITHOUT ROWID;

CREATE VIEW metric_table AS
SELECT dataset.name AS dataset, team.name AS team, submission.name AS submission, submission.version AS version,
  run.seed AS seed, metric.metric AS metric, metric.value AS value, metric.reason AS not_defined, metric.note AS note
FROM metric
JOIN run USING (run_id)
JOIN submission USING (submission_id)
JOIN team USING (team_id)
JOIN dataset USING (dataset_id);

CREATE VIEW verdict AS
SELECT comparison.comparison_id AS comparison_id, dataset.name AS dataset, team_a.name AS team_a, team_b.name AS team_b,
  a.version AS version_a, b.version AS version_b, comparison.planned AS planned,
  comparison.primary_metric AS metric, test_result.a AS a, test_result.b AS b, test_result.difference AS difference,
  test_result.ci_low AS ci_low, test_result.ci_high AS ci_high, test_result.p_value AS p_value,
  test_result.p_adjusted AS p_adjusted, comparison.verdict AS verdict, comparison.reason AS reason,
  comparison.sentence AS sentence
FROM comparison
JOIN dataset USING (dataset_id)
JOIN submission AS a ON a.submission_id = comparison.submission_a_id
JOIN submission AS b ON b.submission_id = comparison.submission_b_id
JOIN team AS team_a ON team_a.team_id = a.team_id
JOIN team AS team_b ON team_b.team_id = b.team_id
JOIN test_result ON test_result.comparison_id = comparison.comparison_id
  AND test_result.metric = comparison.primary_metric AND test_result.missing = 'as_given'
WHERE comparison.verdict IS NOT NULL;

CREATE VIEW disagreement AS
SELECT dataset.name AS dataset, team_a.name AS team_a, team_b.name AS team_b, outcome.example_no AS example_no,
  outcome.example_id AS example_id, outcome.gold AS gold, outcome.a_label AS a_label, outcome.b_label AS b_label,
  outcome.a_confidence AS a_confidence, outcome.b_confidence AS b_confidence, outcome.outcome AS outcome
FROM outcome
JOIN comparison USING (comparison_id)
JOIN dataset USING (dataset_id)
JOIN submission AS a ON a.submission_id = comparison.submission_a_id
JOIN submission AS b ON b.submission_id = comparison.submission_b_id
JOIN team AS team_a ON team_a.team_id = a.team_id
JOIN team AS team_b ON team_b.team_id = b.team_id
WHERE outcome.a_label IS NOT outcome.b_label;
"""

_AUDIT = """
CREATE TABLE audit (
  audit_id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  operation TEXT NOT NULL,
  describes TEXT NOT NULL,
  arguments TEXT NOT NULL,  -- JSON
  undoes INTEGER REFERENCES audit,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END;

CREATE TRIGGER audit_keeps_values BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END;
"""

VERSION_1 = _INPUTS + _COLUMNS + _RESULTS + _FOR_SQL_READERS + _AUDIT
"""Everything that a file of version 1 holds."""
