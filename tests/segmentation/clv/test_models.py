"""The three models against published figures, against an independent library, and against their own definition."""

import warnings

import numpy as np
import pytest
from scipy import special

from segmentation.clv import bgnbd, gamma_gamma, holdout, pareto_nbd
from segmentation.clv.histories import cells_of, cells_of_frame, histories
from tests.segmentation.clv.sources import CALIBRATION_END, HOLDOUT_END, cdnow_order_days, made_order_days

MODELS = [bgnbd, pareto_nbd]
PUBLISHED = {
    "bg_nbd": ({"r": 0.24259, "alpha": 4.41360, "a": 0.79292, "b": 2.42591}, -9582.4292, 0.7855),
    "pareto_nbd": ({"r": 0.55328, "alpha": 10.57768, "s": 0.60624, "beta": 11.66873}, -9594.9762, 0.7545),
}
FREQUENCIES = [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359]


@pytest.fixture(scope="module")
def cdnow():
    days = cdnow_order_days()
    history = histories(days, CALIBRATION_END)
    return days, history, cells_of_frame(history)


@pytest.fixture(scope="module")
def made():
    days = made_order_days(accounts=600, days=420, seed=3)
    history = histories(days, days["day"].max().date())
    return history, cells_of_frame(history)


@pytest.mark.parametrize("model", MODELS)
def test_fit_finds_the_published_parameters_of_cdnow(cdnow, model):
    _days, history, cells = cdnow
    parameters, log_likelihood, _mae = PUBLISHED[model.MODEL]
    fit = model.fit(cells)
    assert len(history) == 2357
    assert fit.is_converged
    assert fit.parameters == pytest.approx(parameters, rel=1e-4)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=1e-3)


def test_holdout_of_cdnow_is_as_published(cdnow):
    days, history, cells = cdnow
    actual = holdout.orders_within(days, history.index, CALIBRATION_END, HOLDOUT_END)
    length = (HOLDOUT_END - CALIBRATION_END).days
    fits = {model.MODEL: model.fit(cells) for model in MODELS}
    judged = holdout.judge_models(fits, history, cells, actual, length)
    assert {name: judgement.actual_orders for name, judgement in judged.items()} == dict.fromkeys(PUBLISHED, 1882)
    for name, (_parameters, _log_likelihood, mae) in PUBLISHED.items():
        assert judged[name].mae == pytest.approx(mae, abs=5e-5)
        assert judged[name].by_frequency["actual"].tolist() == pytest.approx(FREQUENCIES, abs=5e-4)
    naive = holdout.judge(holdout.naive_orders(history, length), actual, history["x"])
    assert naive.mae == pytest.approx(1.0237, abs=5e-4)
    assert holdout.better(judged, fits) == "pareto_nbd"


def test_gamma_gamma_finds_the_published_parameters_of_cdnow(cdnow):
    _days, history, _cells = cdnow
    spenders = history[history["spend_days"] > 0]
    fit = gamma_gamma.fit(spenders["spend_days"], spenders["spend_mean"])
    assert fit.accounts == 946
    assert fit.parameters == pytest.approx({"p": 6.2496, "q": 3.7442, "v": 15.4435}, rel=1e-4)
    assert fit.log_likelihood == pytest.approx(-4055.9177, abs=1e-3)


def by_lifetimes(name: str, history):
    """The same histories fitted by the library `lifetimes`, which warns a lot."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifetimes

        fitter = getattr(lifetimes, name)()
        weeks = history[["t_x_days", "age_days"]] / 7
        fitter.fit(history["x"], weeks["t_x_days"], weeks["age_days"])
        expected = fitter.conditional_expected_number_of_purchases_up_to_time(
            26, history["x"], weeks["t_x_days"], weeks["age_days"]
        )
    return fitter.params_.to_dict(), np.asarray(expected)


@pytest.mark.parametrize(("model", "name"), [(bgnbd, "BetaGeoFitter"), (pareto_nbd, "ParetoNBDFitter")])
def test_fit_and_expectation_agree_with_lifetimes(made, model, name):
    history, cells = made
    parameters, expected = by_lifetimes(name, history)
    fit = model.fit(cells)
    assert fit.parameters == pytest.approx(parameters, rel=2e-3)
    with_theirs = np.array([parameters[key] for key in fit.parameters])
    ours = model.expected_orders(with_theirs, cells, 26)[cells.inverse]
    assert ours == pytest.approx(expected, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_gradient_is_that_of_the_likelihood(made, model):
    _history, cells = made
    point = model.fit(cells).values * np.array([1.3, 0.8, 1.2, 0.9])
    steps = np.eye(4) * point * 1e-6
    numeric = [
        (model.log_likelihood(point + step, cells)[0] - model.log_likelihood(point - step, cells)[0]) / (2 * step.sum())
        for step in steps
    ]
    assert model.log_likelihood(point, cells)[1] == pytest.approx(numeric, rel=1e-4, abs=1e-3)


@pytest.mark.parametrize("parameters", [(0.55, 10.6, 0.61, 11.7), (0.3, 2.0, 1.5, 40.0), (2.0, 30.0, 0.2, 3.0)])
def test_pareto_nbd_likelihood_is_that_of_the_closed_form(parameters):
    """The quadrature against the two hypergeometric functions of Fader and Hardie (2005)."""
    r, alpha, s, beta = parameters
    x, t_x, age = np.array([0, 1, 3, 12, 60, 150]), np.array([0, 14, 200, 30, 260, 300]), np.array([270] * 5 + [307])
    cells = cells_of(x, t_x, age)
    low, high, more = (alpha, beta, r + cells.x) if alpha < beta else (beta, alpha, np.full(len(x), s + 1))
    gap, power = high - low, r + s + cells.x

    def part(time):
        return special.hyp2f1(power, more, power + 1, gap / (high + time)) / (high + time) ** power

    kernel = (alpha + cells.age) ** -(r + cells.x) * (beta + cells.age) ** -s
    kernel += s / power * (part(cells.t_x) - part(cells.age))
    front = special.gammaln(r + cells.x) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    closed = (front + np.log(kernel)) @ cells.weight
    assert pareto_nbd.log_likelihood(np.array(parameters), cells)[0] == pytest.approx(closed, rel=1e-8)


@pytest.mark.parametrize("model", MODELS)
def test_silence_is_as_likely_as_among_simulated_accounts(made, model):
    """P(no order) and expected orders against draws from the account's own posterior."""
    from segmentation.clv import prediction

    history, cells = made
    fit = model.fit(cells)
    weeks, random = 26.0, np.random.default_rng(5)
    for account in history.sort_values("x").index[[0, 300, 450, -1]]:
        one = history.loc[account]
        drawn = np.concatenate([prediction._drawn_orders(fit, one, weeks, random) for _ in range(10)])
        position = cells.inverse[history.index.get_loc(account)]
        silent = model.no_order_probability(fit.values, cells, weeks)[position]
        assert (drawn == 0).mean() == pytest.approx(silent, abs=0.01)
        assert drawn.mean() == pytest.approx(model.expected_orders(fit.values, cells, weeks)[position], rel=0.05)


def test_alive_is_certain_for_one_time_buyers_but_silence_is_not():
    cells = cells_of(np.array([0, 0]), np.array([0, 0]), np.array([30, 900]))
    parameters = np.array([0.24, 4.4, 0.8, 2.4])
    assert bgnbd.alive_probability(parameters, cells).tolist() == [1, 1]
    fresh, stale = bgnbd.no_order_probability(parameters, cells, 26)
    assert fresh < stale < 1


@pytest.mark.parametrize("model", MODELS)
def test_expectation_stays_finite_for_accounts_that_order_every_day(model):
    cells = cells_of(np.array([1000]), np.array([1050]), np.array([1060]))
    for third in (0.3, 1.0, 2.5):
        expected = model.expected_orders(np.array([0.5, 3.0, third, 2.0]), cells, 52)
        assert 0 < expected[0] < 1000


def test_expectation_holds_when_everybody_leaves_with_the_same_chance():
    """With a and b beyond all bounds the chance to leave is a/(a+b): then the orders are those of that one chance."""
    cells, weeks, chance = cells_of(np.array([0, 4]), np.array([0, 60]), np.array([90, 90])), 20.0, 0.2
    r, alpha = 0.4, 4.0
    by_hand = (1 - (1 + chance * weeks / (alpha + cells.age)) ** -(r + cells.x)) / chance
    for size in (1e5, 1e7):
        parameters = np.array([r, alpha, chance * size, (1 - chance) * size])
        alive = bgnbd.alive_probability(parameters, cells)
        assert bgnbd.expected_orders(parameters, cells, weeks) == pytest.approx(by_hand * alive, rel=1e-3)


def test_integral_of_the_expectation_is_the_hypergeometric_function(made):
    _history, cells = made
    parameters = np.array([0.24, 4.4, 0.8, 2.4])
    by_integral = bgnbd._orders_if_alive(parameters, cells.x, cells.age, 26.0)
    alive = bgnbd.alive_probability(parameters, cells)
    assert bgnbd.expected_orders(parameters, cells, 26.0) == pytest.approx(by_integral * alive, rel=1e-3)


def test_expected_spend_draws_towards_the_mean_of_all():
    parameters = np.array([6.25, 3.74, 15.4])
    everybody, once, often = gamma_gamma.expected_spend(
        parameters, np.array([0.0, 1.0, 50.0]), np.array([np.nan, 100.0, 100.0])
    )
    assert everybody == pytest.approx(6.25 * 15.4 / 2.74)
    assert everybody < once < often < 100


@pytest.mark.parametrize("model", MODELS)
def test_nobody_to_fit_to_is_refused(model):
    nobody = np.array([], dtype="int64")
    with pytest.raises(ValueError, match="no account"):
        model.fit(cells_of(nobody, nobody, nobody))
