"""What version 2 of the review file changes, as SQL."""

VERSION_2 = """
ALTER TABLE plan ADD COLUMN correction TEXT NOT NULL DEFAULT 'holm';
ALTER TABLE plan ADD COLUMN at_results TEXT;  -- JSON, the plan under which results were first seen; NULL: unchanged

DROP VIEW verdict;
DROP TABLE test_result;
DELETE FROM comparison;  -- computed numbers, which come again
DELETE FROM metric;

ALTER TABLE comparison ADD COLUMN plan_digest TEXT NOT NULL DEFAULT '';  -- what the primary metric's numbers rest on
ALTER TABLE comparison ADD COLUMN robustness TEXT;  -- a sentence

CREATE TABLE test_result (
  comparison_id INTEGER NOT NULL REFERENCES comparison ON DELETE CASCADE,
  metric TEXT NOT NULL,
  choice TEXT NOT NULL,  -- 'as_planned', or a choice of the analysis that was switched
  position INTEGER NOT NULL,
  n_examples INTEGER NOT NULL,
  n_different INTEGER,
  a REAL,
  b REAL,
  difference REAL,
  standard_error REAL,
  ci_low REAL,
  ci_high REAL,
  ci_level REAL NOT NULL,
  whisker_low REAL,
  whisker_high REAL,
  degrees_of_freedom REAL,
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
  verdict TEXT,  -- of the primary metric under this choice
  not_defined TEXT,  -- why something is missing
  marks TEXT NOT NULL,
  PRIMARY KEY (comparison_id, metric, choice)
) STRICT, WITHOUT ROWID;

CREATE TABLE derived (
  name TEXT PRIMARY KEY,
  comparison_id INTEGER REFERENCES comparison ON DELETE CASCADE,
  input_digest TEXT NOT NULL,
  document TEXT NOT NULL  -- JSON
) STRICT;
CREATE INDEX derived_comparison ON derived (comparison_id);

CREATE VIEW verdict AS
SELECT comparison.comparison_id AS comparison_id, dataset.name AS dataset, team_a.name AS team_a, team_b.name AS team_b,
  a.version AS version_a, b.version AS version_b, comparison.planned AS planned,
  comparison.primary_metric AS metric, test_result.a AS a, test_result.b AS b, test_result.difference AS difference,
  test_result.ci_low AS ci_low, test_result.ci_high AS ci_high, test_result.p_value AS p_value,
  test_result.p_adjusted AS p_adjusted, comparison.verdict AS verdict, comparison.reason AS reason,
  comparison.sentence AS sentence, comparison.robustness AS robustness
FROM comparison
JOIN dataset USING (dataset_id)
JOIN submission AS a ON a.submission_id = comparison.submission_a_id
JOIN submission AS b ON b.submission_id = comparison.submission_b_id
JOIN team AS team_a ON team_a.team_id = a.team_id
JOIN team AS team_b ON team_b.team_id = b.team_id
JOIN test_result ON test_result.comparison_id = comparison.comparison_id
  AND test_result.metric = comparison.primary_metric AND test_result.choice = 'as_planned'
WHERE comparison.verdict IS NOT NULL;
"""
"""What version 2 changes: other choices beside the plan's, the correction, and what is derived from comparisons."""
