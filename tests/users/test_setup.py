import environ
import pytest
from django.core.management import CommandError, call_command

from tests import factories
from users.models import User

ANSWERS = {
    "company": "Nine Rivers 九川 #1",
    "zone": "Asia/Shanghai",
    "currency": "CNY",
    "username": "boss",
    "name": "Li Ming",
    "email": "boss@example.com",
    "password": "a-long-first-password",
}


def run(tmp_path, **changes):
    call_command("setup", env_file=str(tmp_path / ".env"), **(ANSWERS | changes))


def test_setup_creates_the_admin_and_keeps_the_settings(db, tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("SECRET_KEY=kept\nBASE_CURRENCY=USD\n")
    run(tmp_path)
    user = User.objects.get()
    assert (user.username, user.role, user.check_password(ANSWERS["password"])) == ("boss", "admin", True)
    for name in ("SECRET_KEY", "BASE_CURRENCY", "COMPANY_NAME", "BUSINESS_TIME_ZONE"):
        monkeypatch.delenv(name, raising=False)
    environ.Env.read_env(tmp_path / ".env")
    names = ("SECRET_KEY", "BASE_CURRENCY", "COMPANY_NAME", "BUSINESS_TIME_ZONE")
    read = [environ.Env()(name) for name in names]
    assert read == ["kept", "CNY", ANSWERS["company"], "Asia/Shanghai"]


def test_setup_asks_for_what_was_not_given(db, tmp_path, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda question: "Asked Company" if "Company" in question else "x")
    run(tmp_path, company=None)
    assert "Asked Company" in (tmp_path / ".env").read_text()


def test_setup_refuses_when_users_exist(db, tmp_path):
    factories.UserFactory()
    with pytest.raises(CommandError, match="has users already"):
        run(tmp_path)
    assert not (tmp_path / ".env").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("zone", "Moon/Base"), ("currency", "yuan"), ("email", "none"), ("password", "short"), ("username", "a b")],
)
def test_setup_refuses_what_cannot_work(db, tmp_path, field, value):
    with pytest.raises(CommandError):
        run(tmp_path, **{field: value})
    assert not User.objects.exists()


def test_setup_prints_the_lines_when_the_file_cannot_be_written(db, tmp_path, capsys):
    call_command("setup", env_file=str(tmp_path / "missing" / ".env"), **ANSWERS)
    assert "BASE_CURRENCY=CNY" in capsys.readouterr().out
