"""Six scores from 0 to 100: capped, renormalised where something is missing, never a total."""

import numpy as np
import pytest

from talent.portraits.features import INPUTS, FloatArray
from talent.portraits.parameters import shipped_settings
from talent.portraits.scores import DIMENSIONS, LinearScale, ScoreScale
from talent.portraits.start import linear_scores

SETTINGS = shipped_settings()
RESEARCH = DIMENSIONS.index("research")


def test_scores_lie_between_0_and_100_and_someone_reaches_both(inputs: FloatArray) -> None:
    scores = ScoreScale.of(inputs, SETTINGS).scores(inputs, SETTINGS)
    assert scores.shape == (len(inputs), len(DIMENSIONS))
    assert np.nanmin(scores) == 0
    assert np.nanmax(scores, axis=0).tolist() == [100.0] * len(DIMENSIONS)


def test_no_activity_is_0_and_nothing_collected_is_no_score(inputs: FloatArray) -> None:
    scale = ScoreScale.of(inputs, SETTINGS)
    nothing, unknown = np.zeros((1, len(INPUTS))), np.full((1, len(INPUTS)), np.nan)
    assert scale.scores(nothing, SETTINGS).tolist() == [[0.0] * len(DIMENSIONS)]
    assert np.isnan(scale.scores(unknown, SETTINGS)).all()


def test_the_95th_percentile_of_the_active_is_worth_100() -> None:
    inputs = np.zeros((1000, len(INPUTS)))
    contest = INPUTS.index("contest_points")
    inputs[500:, contest] = np.arange(1, 501)
    scores = ScoreScale.of(inputs, SETTINGS).scores(inputs, SETTINGS)[:, DIMENSIONS.index("contest")]
    full = np.quantile(np.arange(1, 501), 0.95)
    assert scores[499 + 100] == pytest.approx(100 * 100 / full)
    assert (scores == 100).sum() == (inputs[:, contest] >= full).sum()


def test_a_missing_input_gives_its_weight_to_the_others(inputs: FloatArray) -> None:
    scale = ScoreScale.of(inputs, SETTINGS)
    person = np.zeros((2, len(INPUTS)))
    person[:, INPUTS.index("papers")] = 1
    person[1, INPUTS.index("project_points")] = np.nan
    known, partly = scale.scores(person, SETTINGS)[:, RESEARCH]
    assert partly == pytest.approx(min(100.0, known * 1.5))


def test_a_fixed_scale_does_not_move_with_the_peers(inputs: FloatArray) -> None:
    scale = ScoreScale.of(inputs, SETTINGS)
    alone = scale.scores(inputs[:1], SETTINGS)
    among = scale.scores(inputs, SETTINGS)[:1]
    np.testing.assert_array_equal(alone, among)


def test_linear_points_are_capped_at_the_99th_percentile_of_the_nonzero() -> None:
    inputs = np.zeros((300, len(INPUTS)))
    inputs[:100, 1] = np.arange(1, 101)
    inputs[0, 1] = 10_000
    assert LinearScale.of(inputs, SETTINGS).caps[1] < 200


def test_start_scores_are_clipped_and_know_no_missing(inputs: FloatArray) -> None:
    scores = linear_scores(inputs, SETTINGS)
    assert scores.shape == (len(inputs), len(DIMENSIONS))
    assert not np.isnan(scores).any()
    assert scores.min() >= -3.0
    assert scores.max() <= 3.5
