import pytest


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_health_answers_a_browser(request, size):
    page = request.getfixturevalue(size)
    response = page.goto("/healthz")
    assert response.status == 200
    assert response.json()["status"] == "ok"


def test_watch_notices_what_the_content_policy_refuses(desk, watch):
    desk.goto("/healthz")
    desk.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    assert any("Content Security Policy" in problem for problem in watch.problems)
    assert desk.evaluate("window.ran") is None
    watch.problems.clear()
